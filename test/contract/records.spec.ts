import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { orphansContract, recordStorageContract } from '../../lib/testing/index.js';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { TypeOrmRecordStorage } from '../../lib/recording/storage/typeorm/typeorm-record.storage.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { OwnDatabase } from '../../lib/database/own-database.js';
import { databasesFor, emptied, removed } from './databases.js';

const framework = { describe, it, beforeEach, expect };
const databases = await databasesFor('records_');

describe('records in memory', () => {
  let shared: MemoryRecordStorage;
  recordStorageContract(framework, {
    storage: () => shared,
    clear: () => (shared = new MemoryRecordStorage()),
  });
});

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`records on ${name}`, () => {
    let source: DataSource | undefined;
    const table = (of: string) => `${options?.entityPrefix ?? ''}studies_${of}`;
    beforeAll(async () => {
      if (options === undefined) return;
      source = await emptied(options);
      await source.runMigrations();
    });
    afterAll(() => removed(source));

    const at = () => source as DataSource; // made before the tests
    const clear = async () => {
      for (const of of ['experiment', 'tally', 'sample', 'epoch', 'writer']) await at().query(`DELETE FROM ${table(of)}`);
    };
    recordStorageContract(framework, { storage: () => new TypeOrmRecordStorage(new OwnDatabase(at())), clear });

    describe('what belongs to nothing', () => {
      const storage = () => ({
        experiments: new TypeOrmStorage(new OwnDatabase(at())),
        records: new TypeOrmRecordStorage(new OwnDatabase(at())),
      });
      orphansContract(framework, { storage, clear });
    });

    it('begin their beats anew before they are too large for the column', async () => {
      const storage = new TypeOrmRecordStorage(new OwnDatabase(at()));
      await clear();
      const id = await storage.writers.claim('a');
      await at().query(`UPDATE ${table('writer')} SET beat = 2000000001`);
      expect(await storage.writers.beat(id, 'a')).toBe(true);
      expect((await storage.writers.owned())[0]?.beat).toBe(0);
    });
  });
}
