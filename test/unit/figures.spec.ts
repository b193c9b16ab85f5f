import { keyHash } from '../../lib/recording/evidence/keyed-hash.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sumTallies } from '../../lib/recording/tallies/sum-tallies.js';
import { ExperimentEpochs } from '../../lib/reports/experiment-epochs.js';
import { ExperimentFigures } from '../../lib/reports/experiment-figures.js';
import { makeFigures, lastHourFrom, summariseLastHour, countResults } from '../../lib/reports/figures.js';
import { identifyResults, type EpochRow } from '../../lib/recording/epoch.js';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { summarise } from '../../lib/reports/summarise.js';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { MINUTE } from '../../lib/recording/tallies/period-tier.js';
import { ExperimentCatalog } from '../../lib/operations/experiment-catalog.js';
import type { ExperimentRow } from '../../lib/storage/experiment-row.js';
import { MemoryStorage } from '../../lib/storage/memory.storage.js';
import { experimentRow } from '../support/recording.js';
import { EXPERIMENT_ITSELF } from '../../lib/recording/tallies/tally-row.js';

const NOW = Date.UTC(2026, 10, 24, 12, 34, 56);
const THIS_MINUTE = NOW - (NOW % MINUTE);

/** Tallies of runs of the candidate "v2", of which some differ. */
function ran(runs: number, differing = 0): Map<string, Tally> {
  const [itself, candidate] = [new Tally(), new Tally()];
  for (let run = 0; run < runs; run += 1) {
    itself.ran(NOW);
    candidate.ran(NOW);
    candidate.counts[run < differing ? 'mismatched' : 'matched'] += 1;
    candidate.speedup.add(2);
    const finding = run < differing ? 'differs' : 'same';
    candidate.evidence.observe({ startedAt: NOW, finding, input: keyHash(run, 1), subject: undefined, isForAll: true });
    if (run < differing) candidate.differed([{ path: '$.city', kind: 'value', control: 1, candidate: 2 }], true);
  }
  return new Map([
    [EXPERIMENT_ITSELF, itself],
    ['v2', candidate],
  ]);
}

describe('the figures of an experiment', () => {
  const noHour = summariseLastHour([], NOW);

  it('are those of its summary', () => {
    const [row, tallies] = [experimentRow({ targetRate: 0.01 }), ran(500, 20)];
    const [candidate] = summarise(row, tallies).candidates;
    expect(makeFigures(row, countResults(row, tallies), noHour, NOW)).toEqual({
      name: 'search',
      running: false,
      runs: 500,
      candidates: [
        {
          name: 'v2',
          runs: 500,
          mismatchRate: candidate?.mismatchRate,
          speedup: 2,
          speedupOver: 'firstCall',
          readiness: candidate?.readiness,
        },
      ],
      lastHour: noHour,
    });
    expect(candidate?.readiness.reason).toContain('most often in $.city');
  });

  it('are empty where nothing ran', () => {
    expect(countResults(experimentRow(), new Map())).toEqual({ runs: 0, candidates: [] });
    const [candidate] = countResults(experimentRow(), new Map([['v2', new Tally()]])).candidates;
    expect(candidate).toMatchObject({ runs: 0, mismatchRate: null, speedup: null, readiness: { state: 'collecting' } });
  });

  it.each([
    ['never seen', null, false],
    ['seen right now', 0, true],
    ['seen three minutes ago', 180_000, true],
    ['seen longer ago', 180_001, false],
    ['seen by a clock that is ahead', -5_000, true],
  ])('say whether a running process has it: %s', (_, age, running) => {
    const row = experimentRow({ seenAt: age === null ? null : new Date(NOW - age) });
    expect(makeFigures(row, { runs: 0, candidates: [] }, noHour, NOW).running).toBe(running);
  });
});

describe('the last hour', () => {
  it('has sixty minutes, the present one last', () => {
    const startsAt = lastHourFrom(NOW);
    expect(startsAt).toBe(THIS_MINUTE - 59 * MINUTE);
    const hour = summariseLastHour(
      [
        { startsAt, runs: 1, differing: 0 },
        { startsAt: THIS_MINUTE, runs: 5, differing: 2 },
        { startsAt: startsAt - MINUTE, runs: 9, differing: 9 },
        { startsAt: THIS_MINUTE + MINUTE, runs: 9, differing: 9 },
      ],
      NOW,
    );
    const none = Array.from({ length: 58 }, () => 0);
    expect(hour).toEqual({
      startsAt: new Date(startsAt),
      step: MINUTE,
      runs: [1, ...none, 5],
      differing: [0, ...none, 2],
    });
  });
});

/** The identity of the results of the only epoch. */
const identify = ([row]: readonly EpochRow[]) => identifyResults(row as EpochRow); // it was entered

describe('the figures of many experiments', () => {
  beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  /** Some experiments, with what was recorded of them, and what was asked of that. */
  function start(count = 3) {
    const experiments = new MemoryStorage();
    const names = Array.from({ length: count }, (_, index) => `e${index}`);
    experiments.create(names.map((name) => ({ name, percentEnabled: 0 })));
    const records = new MemoryRecordStorage();
    const catalog = new ExperimentCatalog(experiments, {} as never, {} as never, {} as never); // it only reads
    const flush = vi.fn(async () => undefined);
    const known = new Map<string, string[]>();
    const candidatesOf = (name: string) => known.get(name) ?? [];
    const epochs = new ExperimentEpochs(catalog, records, { flush } as never); // nothing else is asked of the recorder
    const figures = new ExperimentFigures(catalog, records, epochs, { candidatesOf, ignoredPathsOf: () => [] });
    const read = vi.spyOn(records.tallies, 'totals');
    const idOf = (name: string) => (experiments.find(name) as ExperimentRow).id; // it was created
    /** Writes what a writer has counted in all, in the present minute. */
    const write = (name: string, tallies: ReadonlyMap<string, Tally>, writer = 1, release = '1') => {
      const key = {
        experimentId: idOf(name),
        purges: experiments.find(name)?.purges ?? 0,
        release,
        fingerprint: 'code',
        salt: 'salt',
      };
      const of = { ...identify(records.epochs.enter([key], new Date())), writer };
      for (const [candidate, tally] of tallies) {
        const content = tally.toContent();
        records.tallies.write([
          { ...of, tier: 'total', startsAt: 0, candidate, content },
          { ...of, tier: 'minute', startsAt: THIS_MINUTE, candidate, content },
        ]);
      }
    };
    const later = () => vi.advanceTimersByTime(2_001);
    return { epochs, experiments, names, figures, flush, read, write, later, idOf, known };
  }

  it('are in the order of the names, each once, without names that there are not', async () => {
    const { figures } = start();
    const found = await figures.of(['e2', 'none', 'e0', 'e2', '', ' e1', '\0', 'x'.repeat(101)]);
    expect(found.map(({ name }) => name)).toEqual(['e2', 'e0']);
    expect(await figures.of([])).toEqual([]);
  });

  it('list candidates as soon as they are known, before they are observed', async () => {
    const { figures, known, later } = start();
    const names = async () => (await figures.of(['e0']))[0]?.candidates.map(({ name, runs }) => [name, runs]);
    expect(await names()).toEqual([]);
    known.set('e0', ['v2']);
    later();
    expect(await names()).toEqual([['v2', 0]]);
  });

  it('are of all writers together', async () => {
    const { figures, write } = start();
    write('e1', ran(10, 1));
    write('e1', ran(20, 2), 2);
    const [one, other] = await figures.of(['e1', 'e0']);
    expect(one).toMatchObject({ runs: 30, candidates: [{ name: 'v2', runs: 30, mismatchRate: { estimate: 0.1 }, speedup: 2 }] });
    expect([one?.lastHour.runs.at(-1), one?.lastHour.differing.at(-1)]).toEqual([30, 3]);
    expect(other).toMatchObject({ runs: 0, candidates: [] });
  });

  it('are readiness and reason of the summary, to the last word', async () => {
    const { figures, epochs, write, experiments, idOf } = start();
    write('e0', ran(4_000, 500));
    write('e0', ran(10, 5), 2);
    const row = experiments.find('e0') as ExperimentRow; // it was created
    const content = [...ran(4_000, 500), ...ran(10, 5)].map(([candidate, tally]) => ({ candidate, content: tally.toContent() }));
    const [epoch = null] = await epochs.list('e0');
    const [summary] = summarise(row, await sumTallies(content), epoch).candidates;
    const [found] = await figures.of(['e0']);
    expect(found?.candidates[0]).toMatchObject({ readiness: summary?.readiness, mismatchRate: summary?.mismatchRate });
    expect(idOf('e0')).toBe(row.id);
  });

  it('count what this process has not written yet', async () => {
    const { figures, flush } = start();
    await figures.of(['e0']);
    expect(flush).toHaveBeenCalledOnce();
  });

  it('are good for two seconds, for all who ask', async () => {
    const { figures, write, later, flush } = start();
    write('e0', ran(1));
    await Promise.all(Array.from({ length: 20 }, () => figures.of(['e0', 'e1'])));
    write('e0', ran(2));
    expect((await figures.of(['e0']))[0]?.runs).toBe(1);
    expect(flush).toHaveBeenCalledOnce();
    later();
    expect((await figures.of(['e0']))[0]?.runs).toBe(2);
  });

  it('are others at once after a change and after a purge', async () => {
    const { figures, write, experiments } = start();
    write('e0', ran(100));
    expect((await figures.of(['e0']))[0]?.candidates[0]?.readiness.state).toBe('collecting');
    const before = experiments.find('e0') as ExperimentRow; // it was created
    experiments.update('e0', 1, { ...before, targetRate: 0.1, minSpan: 0 }, new Date());
    expect((await figures.of(['e0']))[0]?.candidates[0]?.readiness.state).toBe('ready');
    experiments.countPurge('e0', 0);
    expect((await figures.of(['e0']))[0]).toMatchObject({ runs: 0, candidates: [] });
  });

  it('say at once that a process has it again', async () => {
    const { figures, experiments } = start();
    expect((await figures.of(['e0']))[0]?.running).toBe(false);
    experiments.seen(['e0'], new Date());
    expect((await figures.of(['e0']))[0]?.running).toBe(true);
  });

  it('are read with what was measured only where more was counted', async () => {
    const { figures, names, write, read, later, idOf } = start();
    for (const name of names) write(name, ran(10, 1));
    const before = await figures.of(names);
    later();
    read.mockClear();
    expect(await figures.of(names)).toEqual(before);
    expect(read).not.toHaveBeenCalled();
    later();
    write('e1', ran(11, 1));
    expect((await figures.of(names)).map(({ runs }) => runs)).toEqual([10, 11, 10]);
    expect(read.mock.calls).toEqual([[[{ experimentId: idOf('e1'), epoch: 2 }], ['speedup', 'differences', 'evidence']]]);
  });

  it('are read in parts that are not too large, however many writers there were', async () => {
    const { figures, names, write, read } = start(10);
    for (const name of names.slice(0, 9)) for (let writer = 1; writer <= 30; writer += 1) write(name, ran(1), writer);
    for (let writer = 1; writer <= 150; writer += 1) write('e9', ran(1), writer);
    const found = await figures.of(names);
    expect(found.map(({ runs }) => runs)).toEqual([...Array.from({ length: 9 }, () => 30), 150]);
    // 60 rows each, and 300.
    expect(read.mock.calls.map(([of]) => of.length)).toEqual([3, 3, 3, 1]);
  });

  it('fail for who asks when the storage does, and not for who asks next', async () => {
    const { figures, read, write } = start();
    write('e0', ran(1));
    read.mockImplementationOnce(() => {
      throw new Error('away');
    });
    await expect(figures.of(['e0'])).rejects.toThrow('away');
    expect((await figures.of(['e0']))[0]?.runs).toBe(1);
  });
});
