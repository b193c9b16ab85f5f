import { DataSource } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { OwnDatabase } from '../../lib/database/own-database.js';
import { databasesFor, emptied, removed } from './databases.js';

const databases = await databasesFor('migrations_');

for (const { name, options } of databases) {
  describe.runIf(options !== undefined)(`the migrations on ${name}`, () => {
    let source: DataSource | undefined;
    afterEach(() => removed(source));
    const begun = async () => (source = await emptied(options as NonNullable<typeof options>)); // runIf has looked

    it('make what the entities describe, so that nothing is left to synchronise', async () => {
      const at = await begun();
      await at.runMigrations();
      const { upQueries } = await at.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    });

    it('can be taken back', async () => {
      const at = await begun();
      await at.runMigrations();
      for (const _ of at.migrations) await at.undoLastMigration();
      await expect(at.query('SELECT * FROM migrations_studies_experiment')).rejects.toThrow();
    });

    it('are not needed where a data source synchronises: names are as exact there', async () => {
      const at = await begun();
      await at.synchronize();
      const storage = new TypeOrmStorage(new OwnDatabase(at));
      await storage.create(['search', 'Search', '🙂', '🙃'].map((experiment) => ({ name: experiment, percentEnabled: 0 })));
      expect((await storage.load()).length).toBe(4);
    });
  });
}

describe('the migrations in a schema of PostgreSQL', () => {
  const postgres = databases.find(({ name }) => name === 'PostgreSQL')?.options;

  it.runIf(postgres !== undefined)('follow the schema that the data source gives to its entities', async () => {
    const plain = await new DataSource({ ...postgres, entities: [], migrations: [] } as never).initialize();
    await plain.query('DROP SCHEMA IF EXISTS studies_contract CASCADE');
    await plain.query('CREATE SCHEMA studies_contract');
    const source = await new DataSource({ ...postgres, schema: 'studies_contract' } as never).initialize();
    try {
      await source.runMigrations();
      const storage = new TypeOrmStorage(new OwnDatabase(source));
      await storage.create([{ name: 'search', percentEnabled: 1 }]);
      await storage.ran([{ name: 'search', first: 1, last: 1 }]);
      const rows: unknown = await plain.query('SELECT name FROM studies_contract.migrations_studies_experiment');
      expect(rows).toEqual([{ name: 'search' }]);
    } finally {
      await source.destroy();
      await plain.query('DROP SCHEMA studies_contract CASCADE');
      await plain.destroy();
    }
  });
});
