import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { EXPERIMENT_ITSELF } from '../../lib/recording/tallies/tally-row.js';
import { accountFor, type RunAccount } from '../../lib/reports/run-account.js';
import { summarise } from '../../lib/reports/summarise.js';
import { RecordingProcess, experimentRow, rowsOf } from '../support/recording.js';
import { Laboratory, type Given } from './harness.js';

const down = () => {
  throw new Error('down');
};

/** Ways in which a call and its candidate may end. */
const WAYS = {
  match: { control: () => ({ id: 1 }), candidate: () => ({ id: 1 }) },
  difference: { control: () => ({ id: 1 }), candidate: () => ({ id: 2 }) },
  nothingLeft: { control: () => ({ at: 1 }), candidate: () => ({ at: 2 }) },
  bothThrew: { control: down, candidate: down },
  error: { control: () => 1, candidate: down },
  ignored: { control: () => 1, candidate: () => 'ignored' },
  slow: { control: () => 1, candidate: () => new Promise((resolve) => setTimeout(() => resolve(1), 2)) },
  hanging: { control: () => 1, candidate: () => new Promise(() => undefined) },
  notComparable: { control: () => [1].values(), candidate: () => [1].values() },
} as const satisfies Record<string, Given>;

const way = fc.constantFrom(...(Object.keys(WAYS) as (keyof typeof WAYS)[]));

/** What happens in turn: a call, a pause, or an operator who leaves other fields out. */
const happening = fc.oneof(
  { weight: 9, arbitrary: way },
  { weight: 1, arbitrary: fc.constant('pause' as const) },
  { weight: 1, arbitrary: fc.constantFrom<readonly string[]>([], ['$.id'], ['$.other']) },
);

/** An experiment that is recorded as in an application. */
class Recorded {
  readonly process = new RecordingProcess();
  readonly laboratory: Laboratory;
  calls = 0;
  private ignorePaths: readonly string[] = [];

  constructor(ignoresMatches = false) {
    this.laboratory = new Laboratory({ recorder: this.process.recorder, ignoresMatches });
  }

  call(given: Given): void {
    this.calls += 1;
    const ignore = (_: unknown, candidate: unknown) => candidate === 'ignored';
    try {
      this.laboratory.call({ ignorePaths: ['$.at'], ignore, timeout: 20, maxConcurrent: 2_000, ...given });
    } catch {
      // What the control throws is its caller's.
    }
  }

  leaveOut(paths: readonly string[]): void {
    this.ignorePaths = paths;
    this.laboratory.set({ ignorePaths: this.ignorePaths });
  }

  /** What was written, added up over all epochs. */
  async written(): Promise<{ itself: Tally; candidate: Tally }> {
    await this.laboratory.settled();
    await this.process.recorder.flush();
    const [itself, candidate] = [EXPERIMENT_ITSELF, 'candidate'].map((name) => {
      const tally = new Tally();
      for (let epoch = 1; epoch < 9; epoch += 1)
        for (const { content } of this.process.inner.tallies.periods(
          { experimentId: 1, epoch, tier: 'total', candidate: name },
          0,
          1,
        ))
          tally.addContent(content);
      return tally;
    });
    if (itself === undefined || candidate === undefined) throw new Error('There are two.');
    return { itself, candidate };
  }
}

const sum = (counts: Iterable<number>) => [...counts].reduce((all, count) => all + count, 0);
const total = (account: RunAccount) => sum(Object.values(account) as number[]);

afterEach(() => vi.restoreAllMocks());

describe('the account of a candidate’s runs', () => {
  it('adds up to its runs, and with what was skipped to the calls, whatever happens', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { maxLength: 60 }),
        fc.constantFrom(0, 50),
        fc.boolean(),
        async (all, noise, ignores) => {
          const recorded = new Recorded(ignores);
          for (const one of all) {
            if (one === 'pause') await new Promise((resolve) => setTimeout(resolve, 5));
            else if (typeof one === 'string') recorded.call({ ...WAYS[one], noise });
            else recorded.leaveOut(one);
          }
          const { itself, candidate } = await recorded.written();
          const account = accountFor(candidate);
          expect(sum(Object.values(candidate.counts))).toBe(candidate.runs);
          expect(itself.runs).toBe(candidate.runs);
          expect(itself.runs + sum(itself.skipped.values())).toBe(recorded.calls);
          expect(total(account)).toBe(candidate.runs);
          expect(account.waiting).toBe(0);
          const { runs, differing, excused } = candidate.evidence;
          expect(runs).toBeGreaterThanOrEqual(differing + excused);
          for (const [part, count] of Object.entries(account)) if (count > 0) seen.add(part);
        },
      ),
      { numRuns: 60 },
    );
    const expected = ['compared', 'ignored', 'bothThrew', 'nothingLeft', 'learning', 'changed'];
    expect([...seen]).toEqual(expect.arrayContaining(expected));
  });

  it('names runs that begin while too many wait, and those that settle after others were counted', async () => {
    const recorded = new Recorded();
    let end: (value: number) => void = () => undefined;
    recorded.call({ control: () => new Promise<number>((resolve) => (end = resolve)), candidate: () => 1 });
    for (let call = 0; call < 1_030; call += 1) {
      recorded.call(WAYS.match);
      if (call % 100 === 0) await recorded.laboratory.settled();
    }
    await recorded.laboratory.settled();
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + 100_000);
    recorded.call(WAYS.match);
    end(1);
    const { candidate } = await recorded.written();
    const account = accountFor(candidate);
    expect(account).toMatchObject({ crowded: 7, late: 1, waiting: 0 });
    expect(total(account)).toBe(1_032);
  });

  it('says what waits for an earlier run', async () => {
    const recorded = new Recorded();
    recorded.call({ control: () => new Promise(() => undefined), candidate: () => 1 });
    for (let call = 0; call < 3; call += 1) recorded.call(WAYS.match);
    await recorded.laboratory.settled();
    await recorded.process.recorder.flush();
    const [row] = rowsOf(recorded.process.inner, 'total', 'candidate');
    expect(accountFor(new Tally(row?.content))).toMatchObject({ compared: 0, waiting: 3 });
  });

  it('ends in no "ready" where all that is compared is left out, however many calls there are', async () => {
    const recorded = new Recorded(true);
    const equal = { control: () => ({ at: 1 }), candidate: () => ({ at: 1 }) };
    for (let call = 0; call < 4_000; call += 1) {
      recorded.call({ ...(call % 2 === 0 ? WAYS.nothingLeft : equal), timeout: 10_000 });
      if (call % 50 === 0) await recorded.laboratory.settled();
    }
    const { itself, candidate } = await recorded.written();
    const tallies = new Map([
      [EXPERIMENT_ITSELF, itself],
      ['candidate', candidate],
    ]);
    const { candidates } = summarise(experimentRow({ minSpan: 0 }), tallies, null, [], ['$.at']);
    const { runs } = candidate;
    expect(runs).toBeGreaterThan(3_300);
    expect(candidates[0]).toMatchObject({ counts: { matched: runs }, account: { compared: 0, nothingLeft: runs } });
    expect(candidates[0]?.readiness).toMatchObject({
      state: 'collecting',
      // On a busy machine, some calls are skipped too.
      reason: expect.stringMatching(
        / % of calls were not compared \(nothing to compare.*\): what is left out \(\$\.at\) is all there is\.$/,
      ),
    });
  });
});
