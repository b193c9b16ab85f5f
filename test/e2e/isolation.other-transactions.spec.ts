import { Module } from '@nestjs/common';
import { ClsPluginTransactional, TransactionHost } from '@nestjs-cls/transactional';
import { ClsModule, ClsService } from 'nestjs-cls';
import { describe, expect, it } from 'vitest';
import type { RunMode } from '../../lib/index.js';
import { anApp } from '../support/app.js';

const MODES: readonly RunMode[] = ['shadow', 'parallel', 'serial'];

/** A client that is no data source of TypeORM's, such as Prisma's. */
const client = { name: 'client' };
const OTHER_CLIENT = {
  connectionToken: 'client',
  optionsFactory: () => ({
    wrapWithTransaction: (_: unknown, act: () => Promise<unknown>, enter: (transaction: unknown) => void) => {
      enter({ name: 'transaction' });
      return act();
    },
    getFallbackInstance: () => client,
  }),
};

describe.each(MODES)('in %s mode, with transactions of @nestjs-cls/transactional that are not TypeORM’s', (mode) => {
  @Module({ providers: [{ provide: 'client', useValue: client }], exports: ['client'] })
  class ClientModule {}

  async function start() {
    const plugin = new ClsPluginTransactional({ imports: [ClientModule], adapter: OTHER_CLIENT });
    const app = await anApp()
      .testing()
      .imports(ClsModule.forRoot({ global: true, plugins: [plugin] }))
      .start();
    const host = app.provider<TransactionHost>(TransactionHost);
    const seen: string[] = [];
    const current = () => (host.tx as { name: string }).name;
    const run = (inTransaction: 'skip' | 'detached') =>
      host.withTransaction(async () => {
        const candidate = () => Promise.resolve(seen.push(current()));
        await app.experiments.run({ name: inTransaction, mode, inTransaction, control: () => Promise.resolve(1), candidate });
        await app.whenIdle();
        return current();
      });
    return { app, seen, run, host };
  }

  it('no candidate runs in its caller’s', async () => {
    const { app, seen, run } = await start();
    expect(await run('skip')).toBe('transaction');
    expect(seen).toEqual([]);
    expect(app.failures.map(({ error }) => error)).toMatchObject([{ code: 'CALLERS_TRANSACTION' }]);
  });

  it('a detached one runs outside of it', async () => {
    const { seen, run } = await start();
    expect(await run('detached')).toBe('transaction');
    expect(seen).toEqual(['client']);
  });

  it('candidates run where there is none', async () => {
    const { run, host, app, seen } = await start();
    await run('skip');
    const candidate = () => seen.push('candidate');
    await app.provider(ClsService).run(() =>
      host.withoutTransaction(() =>
        app.experiments.run({
          name: 'free',
          mode,
          control: () => Promise.resolve(1),
          candidate: () => Promise.resolve(candidate()),
        }),
      ),
    );
    await app.whenIdle();
    expect(seen).toEqual(['candidate']);
  });
});
