import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { expect, it, vi } from 'vitest';
import { STUDIES_MIGRATIONS } from '../../lib/index.js';
import { anApp } from '../support/app.js';

it('a data source that the application initialises itself, later, is used from then on', async () => {
  const database = TypeOrmModule.forRoot({
    type: 'better-sqlite3',
    database: ':memory:',
    autoLoadEntities: true,
    manualInitialization: true,
    migrations: [...STUDIES_MIGRATIONS],
    migrationsRun: true,
  });
  const app = await anApp().studies({ refreshInterval: 20, flushInterval: 20 }).databases(database).start();
  const call = () => app.experiments.run({ name: 'search', percentEnabled: 100, control: () => 1, candidate: () => 1 });

  expect(call()).toBe(1);
  await app.provider<DataSource>(getDataSourceToken() as string).initialize();
  await vi.waitFor(
    async () => {
      expect(call()).toBe(1);
      await app.whenIdle();
      expect((await app.experiments.summary('search')).runs).toBeGreaterThan(0);
    },
    { timeout: 10_000, interval: 50 },
  );
});
