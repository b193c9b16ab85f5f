import type { JsonValue } from '../../values/json-value.js';
import type { ValueDifference } from '../../recording/differences/differences.js';
import { purgeAll } from '../../recording/storage/purge.js';
import type { RecordStorage } from '../../recording/storage/record.storage.js';
import type { RecordedResultRow } from '../../recording/storage/recorded-result.storage.js';
import { SEARCH, OTHER, HOSTILE, NAMES, sample, ids } from './record-fixtures.js';
import { largestResults } from './largest-records.js';
import type { ContractFramework } from './contract-framework.js';

/** Tests that single results are kept exactly, are found, and are removed. */
export function recordedResultsContract({ it, expect }: ContractFramework, storage: () => RecordStorage): void {
  const all = { limit: 100 };

  it('have all that was kept', async () => {
    const { experimentId, epoch, ...kept } = { ...sample('a'), diff: { of: ['my own', null, 1] } };
    await storage().results.keep([{ experimentId, epoch, ...kept }], 10);
    expect(await storage().results.find(SEARCH, all)).toEqual([kept]);
    expect(await storage().results.find({ ...SEARCH, epoch: 1 }, all)).toEqual([]);
    expect(await storage().results.get(experimentId, kept.id)).toEqual({ experimentId, epoch, ...kept });
    expect(await storage().results.get(OTHER.experimentId, kept.id)).toBeUndefined();
    expect(await storage().results.get(experimentId, 'b'.repeat(16))).toBeUndefined();
  });

  it('leave one that is there already as it is', async () => {
    await storage().results.keep([sample('a')], 10);
    await storage().results.keep([{ ...sample('a'), outcome: 'errored' }, sample('b')], 10);
    const found = await storage().results.find(SEARCH, all);
    expect(found.map(({ outcome }) => outcome)).toEqual(['mismatched', 'mismatched']);
  });

  it('are so many of each experiment: the oldest go first, of whatever epoch', async () => {
    await storage().results.keep([sample('b'), sample('a'), sample('a', OTHER)].slice(0, 2), 3);
    await storage().results.keep([sample('x', OTHER)], 3);
    const later = { ...SEARCH, epoch: 1 };
    await storage().results.keep([sample('e', later), sample('c', later), sample('d', later)], 3);
    expect(ids(await storage().results.find(later, all))).toEqual(['e', 'd', 'c']);
    expect(await storage().results.find(SEARCH, all)).toEqual([]);
    expect(ids(await storage().results.find(OTHER, all))).toEqual(['x']);
    await storage().results.keep([sample('f', later)], 1);
    expect(ids(await storage().results.find(later, all))).toEqual(['f']);
    await storage().results.keep([], 1);
  });

  it('are found by outcome and candidate, the newest first, and page by page', async () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((id, index) => ({
      ...sample(id),
      outcome: index % 2 === 0 ? ('errored' as const) : ('timedOut' as const),
      candidate: index < 3 ? 'v2' : 'V2',
    }));
    await storage().results.keep(rows, 10);
    const found = async (selection: object) => ids(await storage().results.find(SEARCH, { ...all, ...selection }));
    expect(await found({})).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(await found({ outcome: 'errored' })).toEqual(['e', 'c', 'a']);
    expect(await found({ candidate: 'v2' })).toEqual(['c', 'b', 'a']);
    expect(await found({ candidate: 'V2', outcome: 'timedOut' })).toEqual(['d']);
    expect(await found({ limit: 2 })).toEqual(['e', 'd']);
    expect(await found({ limit: 2, before: sample('d').id })).toEqual(['c', 'b']);
    expect(await found({ before: sample('a').id })).toEqual([]);
    expect(await found({ outcome: 'matched' })).toEqual([]);
  });

  it('are forgotten of one epoch, and leave those of others', async () => {
    const epochs = [0, 1, 2].map((epoch) => ({ ...SEARCH, epoch }));
    await storage().results.keep(
      [...epochs, OTHER].map((of, index) => sample(String(index + 1), of)),
      10,
    );
    const kept = async () => Promise.all([...epochs, OTHER].map(async (of) => (await storage().results.find(of, all)).length));
    expect(await storage().results.forgettable(SEARCH.experimentId, [0, 2])).toBe(1);
    await purgeAll(() => storage().results.forgetSome({ ...SEARCH, epoch: 1 }));
    expect(await storage().results.forgettable(SEARCH.experimentId, [0, 2])).toBe(0);
    expect(await kept()).toEqual([1, 0, 1, 1]);
    expect(await storage().results.forgettable(SEARCH.experimentId, [])).toBe(2);
    await purgeAll(() => storage().results.forgetSome(SEARCH));
    expect(await storage().results.forgetSome(SEARCH)).toBe(false);
    expect(await kept()).toEqual([0, 0, 1, 1]);
  });

  it('are forgotten by the hundreds, part by part', async () => {
    const rows = Array.from({ length: 250 }, (_, index) => sample(String(index + 1_000)));
    await storage().results.keep([...rows, sample('x', { ...SEARCH, epoch: 1 })], 1_000);
    await purgeAll(() => storage().results.forgetSome(SEARCH));
    expect(await storage().results.forgettable(SEARCH.experimentId, [])).toBe(1);
  });

  it('give back as text whatever an attacker has put into values, contexts and names', async () => {
    const hostile = JSON.parse(`{"__proto__":{"polluted":true},"constructor":{"prototype":1}}`) as { [key: string]: JsonValue };
    for (const text of HOSTILE) hostile[text] = text;
    const rows = NAMES.map((candidate, index) => ({
      ...sample(`a${index}z`),
      candidate,
      control: hostile,
      observed: [hostile],
      context: hostile,
      differences: HOSTILE.map((text): ValueDifference => ({
        path: `$[${text}]`,
        kind: 'value',
        control: text,
        candidate: hostile,
      })),
      diff: HOSTILE,
    }));
    await storage().results.keep(rows, 100);
    for (const row of rows) {
      const kept = await storage().results.get(row.experimentId, row.id);
      expect(kept).toEqual(row);
      expect(Object.keys(kept?.context ?? {})).toEqual(Object.keys(hostile));
      expect(ids(await storage().results.find(SEARCH, { ...all, candidate: row.candidate }))).toEqual(ids([row]));
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('can be as large as they get, and as many as one writing has', async () => {
    const largest = largestResults();
    const rows = Array.from({ length: 120 }, (_, index): RecordedResultRow => {
      const id = `${index}`.padStart(16, '0');
      return { ...SEARCH, ...(largest[index % largest.length] ?? sample(id)), id };
    });
    await storage().results.keep(rows, 1_000);
    for (const row of rows.slice(0, largest.length)) {
      expect(await storage().results.get(row.experimentId, row.id)).toEqual(row);
    }
    expect(await storage().results.find(SEARCH, { limit: 200 })).toHaveLength(120);
  }, 60_000);
}
