import { purgeAll } from '../../lib/recording/storage/purge.js';
import type { EpochRow } from '../../lib/recording/epoch.js';
import { Tally } from '../../lib/recording/tallies/tally.js';
import type { RecordStorage } from '../../lib/recording/storage/record.storage.js';
import type { ExperimentSettings } from '../../lib/storage/experiment-row.js';
import type { ExperimentStorage } from '../../lib/storage/experiment.storage.js';
import type { HistoryStorage } from '../../lib/operations/history/history.storage.js';
import type { TallyRow } from '../../lib/recording/tallies/tally-row.js';

/** Where the experiments of an application are kept, with all that is known of them. */
export interface Storages {
  readonly experiments: ExperimentStorage;
  readonly records: RecordStorage;
  readonly history: HistoryStorage;
}

const T = Date.UTC(2026, 4, 1, 10);
const LARGE = Number.MAX_SAFE_INTEGER;
const SETTINGS: ExperimentSettings = {
  percentEnabled: 33.33,
  startsAt: new Date(T),
  endsAt: new Date(T + 1),
  subjects: ['ann', `o'hara`],
  targetRate: 0.000001,
  confidence: 0.999999,
  minSpan: 0,
  ignorePaths: ['$.a'],
  guardrails: { errorRate: 0.25 },
  haltedAt: new Date(T + 2),
  haltReason: 'why',
};

/**
 * Does with storages all that can be done with them.
 *
 * @returns what they gave, the same wherever they keep it
 */
export async function lifeIn({ experiments, records, history }: Storages): Promise<Record<string, unknown>> {
  const seen: Record<string, unknown> = {};
  await experiments.create([
    { name: 'a', percentEnabled: 0.29 },
    { name: 'b', percentEnabled: 100 },
  ]);
  const [a, b] = [(await experiments.find('a'))?.id ?? 0, (await experiments.find('b'))?.id ?? 0];
  const experimentOf = (id: number) => ({ [a]: 'a', [b]: 'b' })[id] ?? id;
  const firstDigest = await experiments.digest();
  seen['updated'] = [
    await experiments.update('a', 1, SETTINGS, new Date(T + 3)),
    await experiments.update('a', 1, SETTINGS, new Date(T + 3)),
  ];
  seen['advanced'] = [await experiments.countPurge('b', 0), await experiments.countPurge('b', 0)];
  seen['digests differ'] = firstDigest !== (await experiments.digest());
  await experiments.ran([{ name: 'a', first: T + 4, last: T + 5 }]);
  await experiments.ran([{ name: 'a', first: T + 3, last: T + 6 }]);
  await experiments.seen(['a', 'b'], new Date(T + 7));
  await experiments.seen(['a', 'b'], new Date(T + 8));
  const rows = [...(await experiments.load()), ...(await experiments.loadSome([a, b])), ...(await experiments.findSome(['b']))];
  // When it was created is another time each time.
  seen['rows'] = rows
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ id, createdAt: _, updatedAt, ...row }) => ({
      ...row,
      id: experimentOf(id),
      updatedAt: row.name === 'a' ? updatedAt : undefined,
    }));
  seen['stamps'] = (await experiments.stamps()).map(({ id, stamp }) => [experimentOf(id), stamp]).sort(byText);

  const { tallies, results: samples, epochs, writers } = records;
  const tally = (tier: 'total' | 'minute', startsAt: number, candidate: string): TallyRow => ({
    experimentId: a,
    epoch: 0,
    tier,
    startsAt,
    candidate,
    writer: 1,
    content: {
      ...new Tally().toContent(),
      runs: 7,
      firstAt: T,
      lastAt: T + 1,
      skipped: { runIf: 1 },
      counts: { matched: LARGE, mismatched: 2, ignored: 3, errored: 4, timedOut: 5 },
    },
  });
  await tallies.write([tally('total', 0, ''), tally('total', 0, 'v2'), tally('minute', T, ''), tally('minute', T, 'v2')]);
  await tallies.write([tally('minute', T, 'v2')]);
  const of = { experimentId: a, epoch: 0 };
  const named = <Row extends { experimentId: number }>(found: readonly Row[]) =>
    found.map((row) => ({ ...row, experimentId: experimentOf(row.experimentId) })).sort(byText);
  seen['totals'] = named(await tallies.totals([of]));
  seen['some totals'] = named(await tallies.totals([of], ['control']));
  seen['of writer'] = named(await tallies.ofWriter(1, [of], T));
  seen['counted'] = named(await tallies.counted([of], 'minute', { from: T, length: 3_600_000 }));
  seen['ran'] = named(await tallies.ran([of], 'minute', T));
  seen['skipped'] = named(await tallies.skipped([of], 'minute', { from: T }));
  const series = await tallies.seriesBefore('minute', T + 1);
  seen['series'] = named(series);
  for (const one of series) seen[`periods of "${one.candidate}"`] = named(await tallies.periods(one, T, T + 1));
  seen['forgettable'] = [await tallies.forgettable(a, []), await samples.forgettable(a, [])];

  const sample = (id: number) => ({
    ...of,
    id: String(id).padStart(16, '0'),
    candidate: 'v2',
    outcome: 'mismatched' as const,
    ranAt: new Date(T + id),
    control: { value: id },
    observed: { value: 1.5 },
    context: {},
    differences: [],
    diff: null,
  });
  await samples.keep([sample(1), sample(2), sample(3)], 2);
  seen['samples'] = await samples.find(of, { limit: 5 });
  seen['sample'] = named([await samples.get(a, sample(3).id)].flatMap((found) => found ?? []));
  const claimed = await writers.claim('one');
  seen['writers'] = [
    (await writers.claim('one')) === claimed,
    await writers.beat(claimed, 'one'),
    await writers.beat(claimed, 'two'),
    (await writers.owned()).map(({ id, owner, beat }) => [id === claimed, owner, typeof beat]),
  ];
  await writers.release(claimed, 'one');
  seen['claimed again'] = (await writers.claim('two')) === claimed;
  const change = (id: number) => ({
    id: String(id).padStart(16, '0'),
    experiment: 'a',
    at: new Date(T + id),
    kind: 'changed' as const,
    actor: 'ann',
    before: { percentEnabled: 0 },
    after: { percentEnabled: 100 },
    reason: null,
  });
  await history.keep([change(1), change(2), change(3)], 2);
  seen['history'] = await history.find('a', 9);
  seen['older'] = await history.find('a', 9, change(3).id);

  for (const kept of [tallies, samples]) await purgeAll(() => kept.forgetSome(of));
  seen['left'] = [await tallies.forgettable(a, []), await samples.forgettable(a, [])];
  const key = { experimentId: a, purges: 0, release: '1', fingerprint: 'f', salt: 's' };
  const [epoch] = await epochs.enter([key], new Date(T));
  const isSame = (other: EpochRow | undefined) => other?.number === epoch?.number;
  seen['epochs'] = [
    isSame((await epochs.enter([key], new Date(T + 1)))[0]),
    (await epochs.of([a])).map(isSame),
    (await epochs.enter([{ ...key, release: '2' }], new Date(T))).map(({ number }) => number > (epoch?.number ?? 0)),
    [(await epochs.crowded(1)).map(experimentOf), await epochs.crowded(2)],
  ];
  await epochs.seen([epoch?.number ?? 0], new Date(T + 60_000));
  await epochs.remove([epoch?.number ?? 0]);
  seen['epochs left'] = (await epochs.of([a])).map(({ release, seenAt }) => [release, seenAt]);
  seen['removed'] = [await experiments.remove('a', 1), await experiments.remove('a', 2), await experiments.find('a')];
  return seen;
}

function byText(one: object, other: object): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
