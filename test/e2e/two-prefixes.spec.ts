import { Injectable } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { databasesFor, emptied, removed } from '../contract/databases.js';
import { anApp, type RunningApp } from '../support/app.js';
import { databaseFile } from '../support/files.js';

@Injectable()
class Search {
  @Experiment({ name: 'search', candidate: 'searchV2', percentEnabled: 100 })
  search(): number {
    return 1;
  }

  searchV2(): number {
    return 2;
  }
}

const databases = (await databasesFor('twice_')).filter(({ options }) => options !== undefined);

describe.each(databases)('two applications with prefixes of their own in one database, on $name', ({ name, options }) => {
  /** Starts both, and runs the experiment of the second twice as often. */
  async function start(migrationsTableName: (prefix: string) => string): Promise<[RunningApp, RunningApp]> {
    const shared = name === 'SQLite' ? { ...options, database: await databaseFile() } : options;
    const startWith = async (entityPrefix: string, runs: number) => {
      const given = { ...shared, entityPrefix, migrationsTableName: migrationsTableName(entityPrefix) } as DataSourceOptions;
      await (await emptied(given)).destroy();
      onTestFinished(async () => removed(await emptied(given)));
      const source = TypeOrmModule.forRoot({ ...given, migrationsRun: true, retryAttempts: 0 });
      const app = await anApp().databases(source).providers(Search).start();
      for (let run = 0; run < runs; run += 1) app.provider(Search).search();
      await app.whenIdle();
      return app;
    };
    return [await startWith('twice_shop_', 2), await startWith('twice_blog_', 4)];
  }

  it('keep apart what they record', async () => {
    const [shop, blog] = await start((prefix) => `${prefix}migrations`);
    expect([shop.failures, blog.failures]).toEqual([[], []]);
    expect((await shop.experiments.summary('search')).runs).toBe(2);
    expect((await blog.experiments.summary('search')).runs).toBe(4);
  });

  it('that share the table of migrations learn what to change', async () => {
    const [shop, blog] = await start(() => 'twice_shop_migrations');
    expect(shop.failures).toEqual([]);
    expect(blog.failures).toHaveLength(1);
    expect((blog.failures[0]?.error as Error).message).toMatch(
      /^The table "twice_blog_studies_experiment" is not in the database.* another "entityPrefix".* give each data source a "migrationsTableName"/,
    );
  });
});
