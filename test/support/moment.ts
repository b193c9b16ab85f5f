import { setTimeout } from 'node:timers/promises';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity, PrimaryColumn, type Repository } from 'typeorm';
import type { ReadTime } from '../../lib/index.js';
import { anApp, type RunningApp } from './app.js';
import type { HeldDatabase } from './held.databases.js';

/** Row that changes between two reads. */
@Entity('moment_item')
export class Item {
  @PrimaryColumn({ type: 'int' }) id!: number;
  @Column({ type: 'int' }) n!: number;
}

/** Counts the transactions that candidates have left open. */
const OPEN: Record<string, string> = {
  PostgreSQL: `SELECT COUNT(*) AS n FROM pg_stat_activity WHERE application_name = 'moment candidates' AND xact_start IS NOT NULL`,
  MariaDB: 'SELECT COUNT(*) AS n FROM information_schema.innodb_trx WHERE trx_is_read_only = 1',
};

/** Names of what a test file has for itself, since files run at the same time. */
interface Own {
  readonly entityPrefix: string;
  readonly applicationName: string;
}

const USUAL: Own = { entityPrefix: '', applicationName: 'moment' };

/** Starts an application with one row, whose candidates have four connections unless it is given otherwise. */
export async function startMoment(
  database: HeldDatabase,
  studies: object = {},
  own: Own = USUAL,
): Promise<{ app: RunningApp; items: Repository<Item> }> {
  const given = { ...database.options, entities: [Item], synchronize: true, ...own };
  const app = await anApp()
    .testing({ defaults: { record: true }, candidatePool: { max: 4 }, ...studies })
    .databases(TypeOrmModule.forRoot(given))
    .start();
  const items = app.dataSource().getRepository(Item);
  await items.clear();
  await items.insert({ id: 1, n: 0 });
  return { app, items };
}

/** Opens connections of candidates, so that some are free. */
export async function warm(app: RunningApp, items: Repository<Item>, connections = 2): Promise<void> {
  const read = () => items.query('SELECT 1');
  const control = () => Promise.resolve<unknown>(1);
  const candidate = () => Promise.all(Array.from({ length: connections }, read));
  await app.experiments.run({ name: 'warm', control, candidate });
  await app.whenIdle();
}

/** Returns how many transactions of candidates are open. */
export async function openTransactions(items: Repository<Item>, database: HeldDatabase): Promise<number> {
  const [row] = await items.query<{ n: unknown }[]>(OPEN[database.name] as string);
  return Number(row?.n);
}

/** Waits until so many transactions are open, and returns how many are. Gives up after two seconds. */
async function opened(items: Repository<Item>, database: HeldDatabase, wanted: number): Promise<number> {
  // MariaDB shows the same for 100 ms.
  for (let attempt = 0; attempt < 15 && (await openTransactions(items, database)) !== wanted; attempt += 1) await setTimeout(120);
  return openTransactions(items, database);
}

/** Waits until no transaction of candidates is open, and returns how many are. */
export const allEnded = (items: Repository<Item>, database: HeldDatabase) => opened(items, database, 0);

/** Runs until a snapshot was taken in time, which a machine that is busy may miss. */
export async function inTime(app: RunningApp, run: (name: string) => unknown): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const name = `attempt ${attempt} of ${Math.random()}`;
    await run(name);
    await app.whenIdle();
    const times = readsOf(app, name);
    if (times.length > 0 && times.every((time) => time === 'sameMoment')) return name;
  }
  throw new Error('No snapshot was taken in time.');
}

/** Returns when candidates have read, in the order of the runs. */
export const readsOf = (app: RunningApp, name: string): (ReadTime | undefined)[] =>
  app.results.results(name).flatMap(({ candidates }) => candidates.map(({ reads }) => reads));

/** Reads the row. */
export const read = async (items: Repository<Item>) => (await items.findOneByOrFail({ id: 1 })).n;

/** A control that reads, and during which the row then changes. */
export const changing = (items: Repository<Item>) => async () => {
  const n = await read(items);
  await setTimeout(30);
  await items.increment({ id: 1 }, 'n', 1);
  return n;
};
