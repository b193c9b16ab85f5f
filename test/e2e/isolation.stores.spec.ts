import { AsyncLocalStorage } from 'node:async_hooks';
import { ClsPluginTransactional, TransactionHost } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { ClsModule, ClsService } from 'nestjs-cls';
import { clsFork } from 'nestjs-studies/cls';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import type { ContextFork, RunMode } from '../../lib/index.js';
import { anApp, type RunningApp } from '../support/app.js';
import { heldDatabases } from '../support/held.databases.js';

@Entity('held_store_note')
class Note {
  @PrimaryColumn({ type: 'int' }) id!: number;
  @Column({ type: 'varchar', length: 50 }) text!: string;
}

const MODES: readonly RunMode[] = ['shadow', 'parallel', 'serial'];
const { databases, remove } = await heldDatabases();
afterAll(remove);

describe.each(MODES)('in %s mode, what a candidate does to a store', (mode) => {
  it('with enterWith is seen by nobody else', async () => {
    const app = await anApp().testing().start();
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const control = async () => {
      seen.push(storage.getStore());
      await nextTurn();
      seen.push(storage.getStore());
      return 1;
    };
    const candidate = async () => {
      storage.enterWith('candidate');
      await nextTurn();
      storage.enterWith('candidate, later');
      return 1;
    };
    for (const order of ['controlFirst', 'controlLast'] as const) {
      await storage.run('caller', async () => {
        await app.experiments.run({ name: 'entering', control, candidates: { candidate, other: control }, mode, order });
        seen.push(storage.getStore());
        await app.whenIdle();
        seen.push(storage.getStore());
      });
    }
    expect(new Set(seen)).toEqual(new Set(['caller']));
  });

  it.each([{ studies: { fork: [clsFork()] } }, { studies: {} }])(
    'of nestjs-cls stays in the candidate, whether a fork is named or not ($studies)',
    async ({ studies }) => {
      const app = await anApp()
        .testing(studies)
        .imports(ClsModule.forRoot({ global: true }))
        .start();
      const cls = app.provider(ClsService);
      const seen: unknown[] = [];
      const tenant = (): unknown[] => [cls.get('tenant'), cls.get('user.name'), cls.get<unknown[]>('roles').length];
      const candidate = async () => {
        const before = tenant();
        cls.set('tenant', 'of the candidate');
        cls.set('user.name', 'of the candidate');
        cls.get<unknown[]>('roles').push('of the candidate');
        await nextTurn();
        cls.set('later', 1);
        return before;
      };
      await cls.run(async () => {
        cls.set('tenant', 'mine');
        cls.set('user', { name: 'me' });
        cls.set('roles', []);
        await app.experiments.run({ name: 'tenant', control: async () => tenant(), candidate, mode, order: 'controlLast' });
        await app.whenIdle();
        seen.push(...tenant(), cls.get('later'));
      });
      expect(seen).toEqual(['mine', 'me', 0, undefined]);
      expect(app.results.results('tenant').map(({ matched }) => matched)).toEqual([true]);
    },
  );
});

describe('a fork', () => {
  const storage = new AsyncLocalStorage<{ tenant: string }>();

  it('is what a candidate runs within', async () => {
    const fork: ContextFork = (next) => storage.run({ ...(storage.getStore() as { tenant: string }) }, next);
    const app = await anApp()
      .testing({ fork: [fork] })
      .start();
    const store = { tenant: 'mine' };
    const candidate = () => {
      const current = storage.getStore();
      const { tenant } = current as { tenant: string };
      (current as { tenant: string }).tenant = 'of the candidate';
      return tenant;
    };
    storage.run(store, () => app.experiments.run({ name: 'forked', control: () => storage.getStore()?.tenant, candidate }));
    await app.whenIdle();
    expect(store.tenant).toBe('mine');
    expect(app.results.results('forked')[0]?.matched).toBe(true);
  });

  it('that fails, or calls nothing, keeps the candidate from being run, which is told', async () => {
    const failing: ContextFork = () => {
      throw new Error('no store');
    };
    const later: ContextFork = (next) => setImmediate(next) as never;
    for (const fork of [failing, later]) {
      let runs = 0;
      const app = await anApp()
        .testing({ fork: [fork], defaults: { record: true } })
        .start();
      const given = app.experiments.run({ name: 'unforked', control: () => 'mine', candidate: () => String((runs += 1)) });
      await app.whenIdle();
      await nextTurn();
      expect([given, runs, app.results.runs()]).toEqual(['mine', 0, 0]);
      expect(app.failures.map(({ operation }) => operation)).toContain('fork');
      expect((await app.experiments.summary('unforked')).skipped).toMatchObject({ fork: 1 });
      await app.close();
    }
  });

  it('doesn’t see what a candidate throws, and changes nothing of what it gives', async () => {
    const meddling: ContextFork = (next) => {
      next();
      next();
      return 'of the fork' as never;
    };
    const app = await anApp()
      .testing({ fork: [meddling] })
      .start();
    let runs = 0;
    const error = new Error('of the candidate');
    const candidates = {
      gives: () => (runs += 1),
      throws: () => {
        throw error;
      },
    };
    app.experiments.run({ name: 'meddled', control: () => 1, candidates });
    await app.whenIdle();
    const [gives, throws] = app.results.results('meddled')[0]?.candidates ?? [];
    expect([gives, throws, runs]).toMatchObject([{ value: 1 }, { error }, 1]);
    expect(app.failures).toEqual([]);
  });
});

describe.each(databases.filter(({ connectionId }) => connectionId !== undefined))(
  'on $name, with the transactions of @nestjs-cls/transactional',
  (database) => {
    const start = async (studies: object): Promise<RunningApp> => {
      const source = TypeOrmModule.forRoot({ ...database.options, entities: [Note], synchronize: true });
      const plugin = new ClsPluginTransactional({
        imports: [source],
        adapter: new TransactionalAdapterTypeOrm({ dataSourceToken: getDataSourceToken() }),
        enableTransactionProxy: true,
      });
      const app = await anApp()
        .testing({ defaults: { record: true }, ...studies })
        .databases(source)
        .imports(ClsModule.forRoot({ global: true, plugins: [plugin] }))
        .start();
      await app.dataSource().getRepository(Note).clear();
      return app;
    };

    it.each(
      MODES.flatMap((mode) => [
        { mode, studies: {} },
        { mode, studies: { fork: [clsFork()] } },
      ]),
    )('a candidate is never in its caller’s ($mode, $studies)', async ({ mode, studies }) => {
      const app = await start(studies);
      const host = app.provider<TransactionHost<TransactionalAdapterTypeOrm>>(TransactionHost);
      const notes = () => host.tx.getRepository(Note);
      const destroy = async () => {
        await notes().delete({ id: 1 });
        return host.tx.query<unknown>('SELECT no_such_column FROM held_store_note');
      };
      for (const inTransaction of ['skip', 'detached'] as const) {
        const run = (candidate: () => Promise<unknown>, name: string) =>
          app.experiments.run({
            name: `${name} ${inTransaction}`,
            control: (): Promise<unknown> => notes().count(),
            candidate,
            mode,
            inTransaction,
            writes: 'allow',
            timeout: 500,
            order: 'controlFirst',
          });
        await host.withTransaction(async () => {
          await notes().insert({ id: 1, text: 'caller' });
          if (inTransaction === 'skip') await run(destroy, 'destroying');
          await run(() => host.withTransaction(() => notes().insert({ id: 900, text: 'candidate' })), 'within');
          await run(() => notes().count(), 'counting');
          await notes().update({ id: 1 }, { text: 'caller, to the end' });
        });
        await app.whenIdle();
        const rows = await app
          .dataSource()
          .getRepository(Note)
          .find({ order: { id: 'ASC' } });
        const theirs = inTransaction === 'detached' ? ['candidate'] : [];
        expect(rows.map(({ text }) => text)).toEqual(['caller, to the end', ...theirs]);
        expect(app.results.runs(`counting ${inTransaction}`)).toBe(inTransaction === 'detached' ? 1 : 0);
        await app.dataSource().getRepository(Note).clear();
      }
      await app.close();
    });
  },
);

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
