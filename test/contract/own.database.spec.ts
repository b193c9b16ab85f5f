import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { TypeOrmRecordStorage } from '../../lib/recording/storage/typeorm/typeorm-record.storage.js';
import { TypeOrmHistoryStorage } from '../../lib/operations/history/typeorm-history.storage.js';
import { OwnDatabase } from '../../lib/database/own-database.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { databasesFor, emptied, removed } from './databases.js';
import { pause } from '../support/failing.js';
import { lifeIn } from './life.js';

const databases = await databasesFor('own_');

/** All that has been told to subscribers. */
const heard: string[] = [];

/** Subscribes to everything that there is. */
function everything(): object {
  const events = ['Insert', 'Update', 'Remove', 'SoftRemove', 'Recover', 'Query', 'TransactionStart', 'TransactionCommit'];
  const names = ['afterLoad', ...events.flatMap((event) => [`before${event}`, `after${event}`])];
  return Object.fromEntries(names.map((name) => [name, () => void heard.push(name)]));
}

/** Databases without our tables, in place of a replica: what is asked there fails. */
const ELSEWHERE: Record<string, string> = { PostgreSQL: 'postgres', MariaDB: 'mysql' };

function replicated({ url = '' }: { url?: string }, elsewhere = ''): object {
  const slaves = [{ url: url.replace(/\/\w+$/, `/${elsewhere}`) }];
  return { replication: { master: { url }, slaves, defaultMode: 'slave' } };
}

function lifeOn(source: DataSource) {
  const database = new OwnDatabase(source);
  return lifeIn({
    experiments: new TypeOrmStorage(database),
    records: new TypeOrmRecordStorage(database),
    history: new TypeOrmHistoryStorage(database),
  });
}

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`statements of our own on ${name}`, () => {
    const given = options as DataSourceOptions; // runIf has looked
    let source: DataSource;
    afterEach(() => removed(source));

    const begun = async (more: object = {}) => {
      source = await emptied({ ...given, ...more }); // with options of the same database
      await source.runMigrations();
      heard.length = 0;
      return source;
    };

    it('are heard by no subscriber of the application, which hears its own', async () => {
      const at = await begun();
      at.subscribers.push(everything());
      await lifeOn(at);
      expect(heard).toEqual([]);
      await at.query('SELECT 1');
      expect(heard).toContain('beforeQuery');
    });

    it.runIf(name in ELSEWHERE)('go to the primary, where the application reads from a replica', async () => {
      const at = await begun(replicated(given as { url?: string }, ELSEWHERE[name]));
      await lifeOn(at);
      await expect(at.createQueryBuilder('ExperimentEntity', 'experiment').getMany()).rejects.toThrow();
    });

    it('leave nothing in the cache of queries', async () => {
      const cache = { alwaysEnabled: true, duration: 3_600_000, tableName: 'own_cache' };
      source = await emptied({ ...given, cache }); // with options of the same database
      await source.query('DROP TABLE IF EXISTS own_cache');
      await source.queryResultCache?.synchronize();
      await source.runMigrations();
      await source.query('DELETE FROM own_cache');
      await lifeOn(source);
      expect(await source.query('SELECT * FROM own_cache')).toEqual([]);
      await source.query('DROP TABLE own_cache');
    });

    it('give their connections back, whether they succeed or fail', async () => {
      const at = await begun({ poolSize: name === 'SQLite' ? undefined : 1 });
      const database = new OwnDatabase(at);
      for (let time = 0; time < 5; time += 1) {
        await expect(database.use((statements) => statements.query('SELECT * FROM nothing_like_that'))).rejects.toThrow();
        await new TypeOrmStorage(database).load();
      }
      await at.query('SELECT 1');
    });

    it.each(['begun by a query runner', 'begun by SQL'])(
      'are not undone with a transaction of the application %s',
      async (how) => {
        const at = await begun();
        const storage = new TypeOrmStorage(new OwnDatabase(at));
        const runner = at.createQueryRunner();
        const send = (word: string) => runner.query(word);
        const [begin, undo] = how.endsWith('SQL')
          ? [() => send('BEGIN'), () => send('ROLLBACK')]
          : [() => runner.startTransaction(), () => runner.rollbackTransaction()];
        await begin();
        const created = storage.create([{ name: 'during', percentEnabled: 0 }]);
        await pause(50);
        await undo();
        await created;
        // One that begins with a statement of ours comes after it.
        await Promise.all([storage.create([{ name: 'beside', percentEnabled: 0 }]), begin()]);
        await undo();
        await runner.release();
        expect((await storage.load()).map((row) => row.name).sort()).toEqual(['beside', 'during']);
      },
    );

    it('leave a transaction of the application as it is', async () => {
      const at = await begun();
      at.subscribers.push(everything());
      const storage = new TypeOrmStorage(new OwnDatabase(at));
      await storage.create([{ name: 'search', percentEnabled: 0 }]);
      const runner = at.createQueryRunner();
      await runner.startTransaction();
      await storage.find('search');
      await expect(
        new OwnDatabase(at).use((statements) => statements.query('SELECT * FROM nothing_like_that')),
      ).rejects.toThrow();
      expect([runner.isTransactionActive, runner.isReleased]).toEqual([true, false]);
      heard.length = 0;
      await runner.query('SELECT 1');
      await runner.commitTransaction();
      expect(heard).toContain('beforeQuery');
      await runner.release();
    });
  });
}
