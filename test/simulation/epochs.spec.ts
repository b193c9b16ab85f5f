import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseCurrent, identifyResults, type EpochRow } from '../../lib/recording/epoch.js';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { makeFingerprint } from '../../lib/recording/writing/entry.js';
import { MINUTE } from '../../lib/recording/tallies/period-tier.js';
import { experimentRow, RecordingProcess, type Operation } from '../support/recording.js';

const NOW = Date.UTC(2026, 10, 24, 12);
const RELEASES = ['1.0.0', '1.0.1', '2.0.0'] as const;
const PATHS = [[], ['$.a'], ['$.a', '$.b']] as const satisfies readonly (readonly string[])[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

type Step =
  | { readonly do: 'call' | 'flush' | 'fail' | 'kill' | 'announce' | 'endLate'; readonly by: 0 | 1 }
  | { readonly do: 'deploy'; readonly by: 0 | 1; readonly release: (typeof RELEASES)[number] }
  | { readonly do: 'ignore'; readonly paths: (typeof PATHS)[number] }
  | { readonly do: 'purge' }
  | { readonly do: 'pass'; readonly ms: number };

/** A process of a deployment, and what it has counted and not written, by epoch. */
interface Running {
  readonly process: RecordingProcess;
  readonly release: string;
  unwritten: Map<string, number>;
  /** Fields that the comparisons of its calls under way leave out. */
  underWay: readonly string[][];
}

/** A deployment of two processes with code of several releases, and what must be counted. */
class Deployment {
  readonly storage = new MemoryRecordStorage();
  private row = experimentRow();
  /** What must be stored, by epoch. */
  private written = new Map<string, number>();
  /** When each epoch began and was last seen, by the rule. */
  private readonly processes: [Running, Running] = [this.begun('1.0.0'), this.begun('1.0.0')];

  async take(step: Step): Promise<void> {
    if (step.do === 'pass') vi.setSystemTime(Date.now() + step.ms);
    else if (step.do === 'ignore') this.row = { ...this.row, ignorePaths: step.paths, version: this.row.version + 1 };
    else if (step.do === 'purge') this.purge();
    else if (step.do === 'deploy') {
      await this.flush(this.processes[step.by]);
      this.processes[step.by] = this.begun(step.release);
    } else {
      const of = this.processes[step.by];
      if (step.do === 'call') this.call(of);
      else if (step.do === 'endLate') this.end(of);
      else if (step.do === 'flush') await this.flush(of);
      else if (step.do === 'fail') await this.fail(of);
      else if (step.do === 'announce') this.storage.epochs.seen(of.process.recorder.epochs, new Date());
      else this.processes[step.by] = this.begun(of.release);
    }
    this.check();
  }

  async finish(): Promise<void> {
    for (const of of this.processes) await this.flush(of);
    this.check();
    for (const { process } of this.processes) expect(process.failures).toEqual([]);
  }

  private begun(release: string): Running {
    const { storage } = this;
    const settings = { flushInterval: 3_600_000, release };
    const process = new RecordingProcess({ storage, settings, find: () => this.row });
    return { process, release, unwritten: new Map(), underWay: [] };
  }

  /** A call whose result comes at once, or after what happens next. */
  private call(of: Running): void {
    of.underWay = [...of.underWay, [...this.row.ignorePaths]];
    if (of.underWay.length % 2 === 1) this.end(of);
  }

  private end(of: Running): void {
    const [paths, ...others] = of.underWay;
    of.underWay = others;
    if (paths === undefined) return;
    of.process.run({}, undefined, paths);
    const key = this.keyOf(of.release, paths);
    of.unwritten.set(key, (of.unwritten.get(key) ?? 0) + 1);
  }

  private async flush(of: Running): Promise<void> {
    await of.process.recorder.flush();
    for (const [key, count] of of.unwritten) this.written.set(key, (this.written.get(key) ?? 0) + count);
    of.unwritten = new Map();
  }

  /** A write that fails at its first step, or at its last. */
  private async fail(of: Running): Promise<void> {
    const failing: Operation = of.unwritten.size % 2 === 0 ? 'enter' : 'write';
    of.process.storage.fault = (operation) => (operation === failing ? 'before' : undefined);
    await of.process.recorder.flush();
    of.process.storage.fault = () => undefined;
    // Without anything to enter, it has not failed.
    if (failing === 'enter') await this.flush(of);
  }

  private purge(): void {
    this.row = { ...this.row, purges: this.row.purges + 1 };
    this.written = new Map();
    for (const of of this.processes) of.unwritten = new Map();
  }

  private keyOf(release: string, paths: readonly string[]): string {
    return JSON.stringify([this.row.purges, release, makeFingerprint('code', paths)]);
  }

  /** Each epoch has exactly the runs of its code, and the current one is the rule's. */
  private check(): void {
    const epochs = this.storage.epochs.of([1]).filter(({ purges }) => purges === this.row.purges);
    const found = epochs.map((epoch) => {
      const rows = this.storage.tallies.totals([identifyResults(epoch)]).filter(({ candidate }) => candidate === 'v2');
      const runs = rows.reduce((sum, { content }) => sum + content.runs, 0);
      return [JSON.stringify([epoch.purges, epoch.release, epoch.fingerprint]), runs] as const;
    });
    expect(new Set(found.map(([key]) => key)).size).toBe(found.length);
    expect(new Map(found.filter(([, runs]) => runs > 0))).toEqual(this.written);
    expect(chooseCurrent(epochs)).toEqual(currentByRule(epochs));
  }
}

/** The rule in other words: no other epoch that was seen with it, or later, began later. */
function currentByRule(epochs: readonly EpochRow[]): EpochRow | undefined {
  const latest = epochs.reduce((time, { seenAt }) => Math.max(time, seenAt.getTime()), 0);
  let current: EpochRow | undefined;
  for (const epoch of epochs) {
    if (epoch.seenAt.getTime() < latest - 2 * MINUTE) continue;
    if (current === undefined || epoch.number > current.number) current = epoch;
  }
  return current;
}

const by = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('call' as const), by }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('endLate' as const), by }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('flush' as const), by }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('kill' as const, 'fail' as const), by }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('announce' as const), by }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('deploy' as const), by, release: fc.constantFrom(...RELEASES) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ignore' as const), paths: fc.constantFrom(...PATHS) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'purge' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1_000, MINUTE, 11 * MINUTE) }) },
);

describe('a rolling deployment', () => {
  it('never mixes counts of different code, whoever is killed, deployed or rolled back', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        vi.setSystemTime(NOW);
        const deployment = new Deployment();
        for (const one of steps) await deployment.take(one);
        await deployment.finish();
      }),
      { numRuns: 1_000 },
    );
  });

  it('makes the new release current at once, and the old one two minutes after a rollback', async () => {
    const storage = new MemoryRecordStorage();
    const process = (release: string) => new RecordingProcess({ storage, settings: { release } });
    const [old, next] = [process('1'), process('2')];
    const current = () => chooseCurrent(storage.epochs.of([1]))?.release;
    const announce = (one: RecordingProcess) => storage.epochs.seen(one.recorder.epochs, new Date());
    const passed = (ms: number) => vi.setSystemTime(Date.now() + ms);
    old.run();
    await old.recorder.flush();
    expect(current()).toBe('1');
    next.run();
    await next.recorder.flush();
    expect(current()).toBe('2');
    for (let minute = 0; minute < 10; minute += 1) {
      passed(MINUTE);
      for (const one of [old, next]) announce(one);
      expect(current()).toBe('2');
    }
    for (let minute = 0; minute < 2; minute += 1) {
      passed(MINUTE);
      announce(old);
      expect(current()).toBe('2');
    }
    passed(MINUTE);
    announce(old);
    expect(current()).toBe('1');
    const restarted = process('1');
    restarted.run();
    await restarted.recorder.flush();
    expect(storage.epochs.of([1])).toHaveLength(2);
    expect(current()).toBe('1');
  });

  it('leaves at most 20 epochs, and those that run, of a hundred releases', async () => {
    const storage = new MemoryRecordStorage();
    for (let release = 1; release <= 100; release += 1) {
      const process = new RecordingProcess({ storage, settings: { release: `${release}` } });
      process.run({ candidates: { v2: { outcome: 'mismatched', value: 2 } } });
      await process.recorder.stop();
      vi.setSystemTime(Date.now() + 90 * MINUTE);
      if (release % 10 === 0) await process.tidier.tidy(undefined, Date.now());
    }
    const last = new RecordingProcess({ storage, settings: { release: '101' } });
    last.run();
    await last.recorder.flush();
    await last.tidier.tidy(last.place.current, Date.now());
    const epochs = storage.epochs.of([1]);
    expect(epochs.map(({ release }) => Number(release))).toEqual(Array.from({ length: 20 }, (_, index) => index + 82));
    expect(
      storage.tallies.forgettable(
        1,
        epochs.map(({ number }) => number),
      ),
    ).toBe(0);
    expect(
      storage.results.forgettable(
        1,
        epochs.map(({ number }) => number),
      ),
    ).toBe(0);
    for (const epoch of epochs) expect(storage.tallies.totals([identifyResults(epoch)]).length).toBeGreaterThan(0);
  });
});
