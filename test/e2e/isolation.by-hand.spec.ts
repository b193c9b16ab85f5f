import { DataSource } from 'typeorm';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { anApp } from '../support/app.js';
import { heldDatabases } from '../support/held.databases.js';

const { databases, remove } = await heldDatabases();
afterAll(remove);

describe.each(databases)('on $name, a data source that the application has made by hand', ({ options }) => {
  /** Calls an experiment in a transaction. Tells whether its candidate was run. */
  async function ranInTransaction(guards: boolean): Promise<{ ran: boolean; codes: unknown[] }> {
    const app = await anApp().testing().start();
    const source = new DataSource(options);
    if (guards) app.experiments.guard(source);
    await source.initialize();
    onTestFinished(() => source.destroy());
    let ran = false;
    await source.transaction(async (manager) => {
      const control = () => manager.query('SELECT 1 AS n');
      const candidate = () => {
        ran = true;
        return manager.query('SELECT 1 AS n');
      };
      expect(await app.experiments.run({ name: 'search', control, candidate })).toHaveLength(1);
      await app.whenIdle();
    });
    return { ran, codes: app.failures.map(({ error }) => (error as { code?: unknown }).code) };
  }

  it('is guarded from candidates once the library is shown it', async () => {
    expect(await ranInTransaction(true)).toEqual({ ran: false, codes: ['CALLERS_TRANSACTION'] });
  });

  it('is not guarded before', async () => {
    expect(await ranInTransaction(false)).toEqual({ ran: true, codes: [] });
  });

  it('is guarded, too, when it is closed and opened again', async () => {
    const app = await anApp().testing().start();
    const source = new DataSource(options);
    app.experiments.guard(source);
    await source.initialize();
    await source.destroy();
    await source.initialize();
    onTestFinished(() => source.destroy());
    let ran = false;
    await source.transaction(async (manager) => {
      const candidate = () => Promise.resolve((ran = true));
      await app.experiments.run({ name: 'again', control: () => manager.query('SELECT 1 AS n'), candidate });
      await app.whenIdle();
    });
    expect(ran).toBe(false);
  });
});
