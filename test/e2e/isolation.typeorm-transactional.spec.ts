import { TypeOrmModule } from '@nestjs/typeorm';
import { typeormTransactionalFork } from 'nestjs-studies/typeorm-transactional';
import { Column, DataSource, Entity, PrimaryColumn, type DataSourceOptions } from 'typeorm';
import {
  addTransactionalDataSource,
  deleteDataSourceByName,
  initializeTransactionalContext,
  Propagation,
  runInTransaction,
  runOnTransactionCommit,
  StorageDriver,
} from 'typeorm-transactional';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunMode } from '../../lib/index.js';
import { anApp, type RunningApp } from '../support/app.js';
import { heldDatabases } from '../support/held.databases.js';

@Entity('held_transactional_note')
class Note {
  @PrimaryColumn({ type: 'int' }) id!: number;
  @Column({ type: 'varchar', length: 50 }) text!: string;
}

const MODES: readonly RunMode[] = ['shadow', 'parallel', 'serial'];
const { databases, remove } = await heldDatabases();
afterAll(remove);
initializeTransactionalContext({ storageDriver: StorageDriver.ASYNC_LOCAL_STORAGE });

describe.each(databases.filter(({ connectionId }) => connectionId !== undefined))(
  'on $name, with typeorm-transactional',
  (database) => {
    const start = async (studies: object): Promise<RunningApp> => {
      const app = await anApp()
        .testing({ defaults: { record: true }, ...studies })
        .databases(
          TypeOrmModule.forRootAsync({
            useFactory: () => ({ ...database.options, entities: [Note], synchronize: true }),
            dataSourceFactory: async (options) => {
              deleteDataSourceByName('default');
              return addTransactionalDataSource(new DataSource(options as DataSourceOptions));
            },
          }),
        )
        .start();
      await app.dataSource().getRepository(Note).clear();
      return app;
    };

    const given = MODES.flatMap((mode) => [
      { mode, studies: {} },
      { mode, studies: { fork: [typeormTransactionalFork()] } },
    ]);

    it.each(given)('a candidate is never in its caller’s transaction ($mode, $studies)', async ({ mode, studies }) => {
      const app = await start(studies);
      const source = app.dataSource();
      const notes = source.getRepository(Note);
      const committed: string[] = [];
      const candidates: Record<string, () => Promise<unknown>> = {
        counting: () => notes.count(),
        raw: () => source.query('SELECT COUNT(*) FROM held_transactional_note'),
        within: () => runInTransaction(() => notes.insert({ id: 900, text: 'candidate' })),
        listening: async () => {
          runOnTransactionCommit(() => committed.push('candidate'));
          return notes.count();
        },
      };
      for (const inTransaction of ['skip', 'detached'] as const) {
        await runInTransaction(async () => {
          runOnTransactionCommit(() => committed.push('caller'));
          await notes.insert({ id: 1, text: 'caller' });
          for (const [name, candidate] of Object.entries(candidates)) {
            await app.experiments.run({
              name: `${name} ${inTransaction}`,
              control: (): Promise<unknown> => notes.count(),
              candidate,
              mode,
              inTransaction,
              writes: 'allow',
              order: 'controlFirst',
            });
          }
          await notes.update({ id: 1 }, { text: 'caller, to the end' });
        });
        await app.whenIdle();
        const rows = await notes.find({ order: { id: 'ASC' } });
        expect(rows.map(({ text }) => text)).toEqual([
          'caller, to the end',
          ...(inTransaction === 'detached' ? ['candidate'] : []),
        ]);
        expect(app.results.runs(`listening ${inTransaction}`)).toBe(inTransaction === 'detached' ? 1 : 0);
        await notes.clear();
      }
      expect(committed).toEqual(['caller', 'caller']);
      await app.close();
    });

    it.each(given)('a candidate’s own transaction doesn’t become its caller’s ($mode, $studies)', async ({ mode, studies }) => {
      const app = await start(studies);
      const notes = app.dataSource().getRepository(Note);
      await runInTransaction(
        async () => {
          const candidate = () =>
            runInTransaction(async () => {
              await notes.insert({ id: 900, text: 'candidate' });
              await new Promise((resolve) => setTimeout(resolve, 50));
              throw new Error('rolled back');
            });
          const run = app.experiments.run({
            name: 'within',
            control: async (): Promise<unknown> => 1,
            candidate,
            mode,
            writes: 'allow',
          });
          for (let id = 1; id <= 20; id += 1) {
            await notes.insert({ id, text: 'caller' });
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
          await run;
        },
        { propagation: Propagation.SUPPORTS },
      );
      await app.whenIdle();
      expect(app.results.runs('within')).toBe(1);
      expect((await notes.find()).map(({ text }) => text)).toEqual(Array.from({ length: 20 }, () => 'caller'));
      await app.close();
    });
  },
);
