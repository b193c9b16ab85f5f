import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { experimentStorageContract } from '../../lib/testing/index.js';
import { MemoryStorage } from '../../lib/storage/memory.storage.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { OwnDatabase } from '../../lib/database/own-database.js';
import { databasesFor, emptied, removed } from './databases.js';

const framework = { describe, it, beforeEach, expect };
const databases = await databasesFor('contract_');

describe('a storage in memory', () => {
  let shared: MemoryStorage;
  experimentStorageContract(framework, {
    storage: () => shared,
    clear: () => (shared = new MemoryStorage()),
  });
});

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`a storage on ${name}`, () => {
    let source: DataSource | undefined;
    beforeAll(async () => {
      if (options === undefined) return;
      source = await emptied(options);
      await source.runMigrations();
    });
    afterAll(() => removed(source));

    const at = () => source as DataSource; // made before the tests
    experimentStorageContract(framework, {
      storage: () => new TypeOrmStorage(new OwnDatabase(at())),
      clear: () => at().query(`DELETE FROM ${options?.entityPrefix ?? ''}studies_experiment`),
    });
  });
}
