import { describe, expect, it } from 'vitest';
import { TypeOrmHistoryStorage } from '../../lib/operations/history/typeorm-history.storage.js';
import { TypeOrmRecordedResultStorage } from '../../lib/recording/storage/typeorm/typeorm-recorded-result.storage.js';
import { TypeOrmTallyStorage } from '../../lib/recording/storage/typeorm/typeorm-tally.storage.js';
import { TypeOrmWriterStorage } from '../../lib/recording/storage/typeorm/typeorm-writer.storage.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import {
  experimentStorageContract,
  historyStorageContract,
  MemoryStudiesStorage,
  orphansContract,
  recordStorageContract,
} from '../../lib/testing/index.js';
import { failuresOf } from '../support/contract-runner.js';

type Break = (storage: MemoryStudiesStorage) => unknown;

/** Runs the suites, or those of their tests that are in a group, on a storage in memory with a fault. Stops at the first failure. */
function failures(breakIt: Break, group = ''): Promise<string[]> {
  let storage: MemoryStudiesStorage;
  const clear = () => {
    storage = new MemoryStudiesStorage();
    breakIt(storage);
  };
  return failuresOf((framework) => {
    const { describe: grouped } = framework;
    grouped('experiments', () => experimentStorageContract(framework, { storage: () => storage.experiments, clear }));
    grouped('records', () => recordStorageContract(framework, { storage: () => storage.records, clear }));
    grouped('history', () => historyStorageContract(framework, { storage: () => storage.history, clear }));
  }, group);
}

const PARTS = [
  { group: 'experiments', get: (it: MemoryStudiesStorage): object => it.experiments, other: TypeOrmStorage },
  { group: 'records: tallies', get: (it: MemoryStudiesStorage): object => it.records.tallies, other: TypeOrmTallyStorage },
  {
    group: 'records: samples',
    get: (it: MemoryStudiesStorage): object => it.records.results,
    other: TypeOrmRecordedResultStorage,
  },
  { group: 'records: writers', get: (it: MemoryStudiesStorage): object => it.records.writers, other: TypeOrmWriterStorage },
  { group: 'history', get: (it: MemoryStudiesStorage): object => it.history, other: TypeOrmHistoryStorage },
];

/** Every method of every part: what two classes that keep the same have both. `orphans` has a suite of its own. */
const METHODS = PARTS.flatMap(({ group, get, other }) => {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(get(new MemoryStudiesStorage())));
  const shared = names.filter((name) => Object.hasOwn(other.prototype, name) && !['constructor', 'orphans'].includes(name));
  return shared.map((method) => ({ group, get, method }));
});

/** One fault each, such as somebody makes who writes a storage. */
const FAULTS: Readonly<Record<string, Break>> = {
  'a change ignores the version': ({ experiments }) => {
    const update = experiments.update.bind(experiments);
    experiments.update = async (name, _version, settings, at) =>
      update(name, (await experiments.find(name))?.version ?? 0, settings, at);
  },
  'names are found in any case': ({ experiments }) => {
    experiments.find = async (name) => (await experiments.load()).find((row) => row.name.toLowerCase() === name.toLowerCase());
  },
  'an experiment that exists is created again': ({ experiments }) => {
    const create = experiments.create.bind(experiments);
    experiments.create = async (rows) => {
      for (const { name } of rows) await experiments.remove(name, (await experiments.find(name))?.version ?? 0);
      await create(rows);
    };
  },
  'the digest leaves out purges': ({ experiments }) => {
    experiments.digest = async () => (await experiments.load()).map(({ id, version }) => `${id}.${version}`).join();
  },
  'totals forget a writer': ({ records: { tallies } }) => {
    const totals = tallies.totals.bind(tallies);
    tallies.totals = async (...asked) => (await totals(...asked)).filter(({ writer }) => writer !== 2);
  },
  'a repeated write adds up': ({ records: { tallies } }) => {
    const write = tallies.write.bind(tallies);
    const known = new Set<string>();
    tallies.write = (rows) =>
      write(
        rows.map((row) => {
          const key = JSON.stringify([row.experimentId, row.epoch, row.tier, row.startsAt, row.candidate, row.writer]);
          const times = known.has(key) ? 2 : 1;
          known.add(key);
          return { ...row, content: { ...row.content, runs: row.content.runs * times } };
        }),
      );
  },
  'distributions lose digits': ({ records: { tallies } }) => {
    const write = tallies.write.bind(tallies);
    tallies.write = (rows) =>
      write(
        rows.map(({ content, ...row }) => {
          const { control } = content;
          return { ...row, content: { ...content, control: control && { ...control, min: Math.fround(control.min) } } };
        }),
      );
  },
  'longer stretches are not added up': ({ records: { tallies } }) => {
    const counted = tallies.counted.bind(tallies);
    tallies.counted = (of, tier, { length: _, ...periods }) => counted(of, tier, periods);
  },
  'guardrails get a writer’s own counts back': ({ records: { tallies } }) => {
    const others = tallies.others.bind(tallies);
    tallies.others = (queries) => others(queries, -1);
  },
  'a purge forgets other epochs too': ({ records: { tallies } }) => {
    const forgetSome = tallies.forgetSome.bind(tallies);
    tallies.forgetSome = async ({ experimentId }) =>
      (await Promise.all([0, 1, 2].map(async (epoch) => forgetSome({ experimentId, epoch })))).some(Boolean);
  },
  'two processes add an epoch twice': ({ records: { epochs } }) => {
    const enter = epochs.enter.bind(epochs);
    let entered = 0;
    epochs.enter = async (keys, at) => {
      const rows = await enter(
        keys.map((key) => ({ ...key, fingerprint: `${key.fingerprint}${(entered += 1)}` })),
        at,
      );
      return rows.map((row, index) => ({ ...row, ...keys[index] }));
    };
  },
  'epochs of different releases are one': ({ records: { epochs } }) => {
    const enter = epochs.enter.bind(epochs);
    epochs.enter = async (keys, at) => {
      const rows = await enter(
        keys.map((key) => ({ ...key, release: '' })),
        at,
      );
      return rows.map((row, index) => ({ ...row, ...keys[index] }));
    };
  },
  'a running epoch looks as if it was not': ({ records: { epochs } }) => {
    epochs.seen = () => undefined;
  },
  'results are not limited': ({ records: { results } }) => {
    const keep = results.keep.bind(results);
    results.keep = (rows) => keep(rows, Infinity);
  },
  'results of every epoch are found': ({ records: { results } }) => {
    const find = results.find.bind(results);
    results.find = async ({ experimentId }, selection) =>
      (await Promise.all([0, 1].map(async (epoch) => find({ experimentId, epoch }, selection)))).flat();
  },
  'results come with the oldest first': ({ records: { results } }) => {
    const find = results.find.bind(results);
    results.find = async (...asked) => (await find(...asked)).toReversed();
  },
  'each claim gives a new number': ({ records: { writers } }) => {
    const claim = writers.claim.bind(writers);
    let claims = 0;
    writers.claim = (owner) => claim(`${owner} ${(claims += 1)}`);
  },
  'anybody is the owner of a number': ({ records: { writers } }) => {
    writers.beat = () => true;
  },
  'a number is taken from one who writes': ({ records: { writers } }) => {
    const release = writers.release.bind(writers);
    writers.release = (id, owner) => release(id, owner);
  },
  'the history is not limited': ({ history }) => {
    const keep = history.keep.bind(history);
    history.keep = (records) => keep(records, Infinity);
  },
  'the next page of the history is the first again': ({ history }) => {
    const find = history.find.bind(history);
    history.find = (experiment, limit) => find(experiment, limit);
  },
};

describe('the contract suites', () => {
  it('pass with the storage in memory', async () => {
    expect(await failures(() => undefined)).toEqual([]);
  });

  it.each(METHODS)('find a storage of $group whose $method does nothing', async ({ group, get, method }) => {
    const found = await failures((storage) => Object.defineProperty(get(storage), method, { value: () => undefined }), group);
    expect(found).toHaveLength(1);
  });

  it.each(Object.entries(FAULTS))('find that %s', async (_, breakIt) => {
    expect(await failures(breakIt)).toHaveLength(1);
  });

  it('find that rows of removed experiments are not named', async () => {
    let storage = new MemoryStudiesStorage();
    const clear = () => (storage = new MemoryStudiesStorage());
    const found = await failuresOf((framework) => orphansContract(framework, { storage: () => storage, clear }));
    expect(found).toHaveLength(1);
  });

  it('try every method', () => {
    expect(METHODS.length).toBeGreaterThan(30);
  });
});
