import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { historyStorageContract } from '../../lib/testing/index.js';
import { MemoryHistoryStorage } from '../../lib/operations/history/history.storage.js';
import { TypeOrmHistoryStorage } from '../../lib/operations/history/typeorm-history.storage.js';
import { OwnDatabase } from '../../lib/database/own-database.js';
import { databasesFor, emptied, removed } from './databases.js';

const framework = { describe, it, beforeEach, expect };
const databases = await databasesFor('history_');

describe('a history in memory', () => {
  let shared: MemoryHistoryStorage;
  historyStorageContract(framework, {
    storage: () => shared,
    clear: () => (shared = new MemoryHistoryStorage()),
  });
});

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`a history on ${name}`, () => {
    let source: DataSource | undefined;
    beforeAll(async () => {
      if (options === undefined) return;
      source = await emptied(options);
      await source.runMigrations();
    });
    afterAll(() => removed(source));

    const at = () => source as DataSource; // made before the tests
    historyStorageContract(framework, {
      storage: () => new TypeOrmHistoryStorage(new OwnDatabase(at())),
      clear: () => at().query(`DELETE FROM ${options?.entityPrefix ?? ''}studies_change`),
    });
  });
}
