import { beforeEach, describe, expect, it, vi } from 'vitest';
import { digestWhole } from '../../lib/comparing/input-digest.js';
import type { OrderedRun } from '../../lib/experiment/ordered-run.js';
import { SaltedHash } from '../../lib/recording/evidence/keyed-hash.js';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { accountFor } from '../../lib/reports/run-account.js';
import { RecordingProcess, rowsOf } from '../support/recording.js';

const NOW = Date.UTC(2026, 10, 30);

/** A run for a subject that asks something. */
const run = (input: number, subject?: string): OrderedRun => ({
  startedAt: NOW,
  input,
  subject: subject === undefined ? undefined : digestWhole(subject),
  isForAll: true,
  findings: [{ candidate: 'v2', finding: 'same' }],
});

/** Records runs of a process, as if they had a result too. */
function prove(process: RecordingProcess, ...runs: readonly OrderedRun[]): void {
  for (const one of runs) {
    process.run();
    process.recorder.proved('search', one, []);
  }
}

/** The tally of the candidate in all processes. */
function tallyIn(storage: MemoryRecordStorage): Tally {
  const tally = new Tally();
  for (const { content } of rowsOf(storage, 'total')) tally.addContent(content);
  return tally;
}

/** Hashes of a coverage's sample. */
const hashesIn = (sample: readonly number[] | undefined) => sample?.filter((_, index) => index % 4 === 0) ?? [];

let storage: MemoryRecordStorage;
beforeEach(() => {
  storage = new MemoryRecordStorage();
});

describe('stored hashes', () => {
  it('don’t tell who took part: what anybody can compute of names is not among them', async () => {
    const process = new RecordingProcess({ storage });
    const names = Array.from({ length: 100 }, (_, index) => `user${index}`);
    prove(process, ...names.map((name, index) => run(index, name)));
    await process.recorder.flush();
    const content = tallyIn(storage).evidence.toContent();
    const [inputs, subjects] = [hashesIn(content?.inputs?.sample), hashesIn(content?.subjects?.sample)];
    expect([inputs.length, subjects.length]).toEqual([100, 100]);
    const [epoch] = storage.epochs.of([1]);
    const without = new SaltedHash('');
    for (const name of names) {
      expect(subjects).not.toContain(digestWhole(name) >>> 0);
      expect(subjects).not.toContain(without.of(digestWhole(name)));
      expect(subjects).toContain(new SaltedHash(epoch?.salt ?? '').of(digestWhole(name)));
    }
  });

  it('are other ones in another epoch', async () => {
    for (const release of ['1', '2']) {
      const process = new RecordingProcess({ storage, settings: { release } });
      prove(process, run(1), run(2));
      await process.recorder.flush();
    }
    const [first, second] = [1, 2].map((epoch) => {
      const rows = storage.tallies.periods({ experimentId: 1, epoch, tier: 'total', candidate: 'v2' }, 0, 1);
      return hashesIn(rows[0]?.content.evidence?.inputs?.sample);
    });
    expect(first).toHaveLength(2);
    expect(second).toHaveLength(2);
    expect(first?.filter((hash) => second?.includes(hash))).toEqual([]);
  });

  it('are the same in all processes, also in those that start together', async () => {
    const processes = Array.from({ length: 4 }, () => new RecordingProcess({ storage }));
    for (const process of processes) prove(process, run(1, 'ann'), run(2, 'bob'));
    await Promise.all(processes.map(({ recorder }) => recorder.flush()));
    for (const process of processes) prove(process, run(3, 'ann'));
    await Promise.all(processes.map(({ recorder }) => recorder.flush()));
    const { evidence } = tallyIn(storage);
    expect([evidence.runs, evidence.inputCoverage.distinct, evidence.subjectCoverage?.distinct]).toEqual([12, 3, 2]);
  });

  it('stay the same when an epoch that nobody used was removed, and comes again', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    try {
      const [process, other] = [new RecordingProcess({ storage }), new RecordingProcess({ storage })];
      for (const one of [process, other]) {
        prove(one, run(1));
        await one.recorder.flush();
      }
      const [before] = storage.epochs.of([1]);
      storage.epochs.remove([before?.number ?? 0]);
      vi.setSystemTime(NOW + 3_600_000);
      for (const one of [process, other]) {
        prove(one, run(1));
        await one.recorder.flush();
      }
      const [after] = storage.epochs.of([1]);
      expect(after?.number).not.toBe(before?.number);
      expect(after?.salt).toBe(before?.salt);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('runs before the salt is known', () => {
  it('wait for it, and are counted with it', async () => {
    const process = new RecordingProcess({ storage });
    process.storage.fault = (operation) => (operation === 'enter' ? 'before' : undefined);
    prove(process, run(1), run(2));
    await process.recorder.flush();
    expect(rowsOf(storage, 'total')).toEqual([]);
    process.storage.fault = () => undefined;
    prove(process, run(2));
    await process.recorder.flush();
    const { evidence } = tallyIn(storage);
    expect([evidence.runs, evidence.inputCoverage.distinct]).toEqual([3, 2]);
  });

  it('are 16,384 at the most, over all experiments; others are no evidence, which is told', async () => {
    const process = new RecordingProcess({ storage });
    prove(process, ...Array.from({ length: 16_400 }, (_, index) => run(index)));
    await process.recorder.flush();
    const account = accountFor(tallyIn(storage));
    expect(account).toMatchObject({ compared: 16_384, early: 16, waiting: 0 });
    // What is forgotten makes room for others.
    const next = new RecordingProcess({ storage });
    prove(next, ...Array.from({ length: 16_384 }, (_, index) => run(index)));
    next.recorder.forget('search');
    prove(next, run(1));
    await next.recorder.flush();
    expect(accountFor(tallyIn(storage))).toMatchObject({ compared: 16_385, early: 16 });
  });
});
