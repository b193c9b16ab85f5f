import knex from 'knex';
import mongoose from 'mongoose';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { ExperimentOptions } from '../../lib/experiment/experiment.options.js';
import { Laboratory } from '../unit/harness.js';

const database = knex({ client: 'pg', connection: 'postgres://postgres@127.0.0.1:5432/test', pool: { min: 0, max: 1 } });
const connection = mongoose.createConnection();
const Model = connection.model('Thing', new mongoose.Schema({ name: String }));

afterAll(async () => {
  await database.destroy();
  await connection.destroy();
});

/** A query, and a spy on what starts it. */
type Query = () => { query: object; starts: () => number };

const QUERIES: [string, Query][] = [
  [
    'a Mongoose query',
    () => {
      const query = Model.find({ name: 'a' });
      const exec = vi.spyOn(query, 'exec');
      return { query, starts: () => exec.mock.calls.length };
    },
  ],
  [
    'a Knex builder',
    () => {
      const query = database('pg_class').select('relname');
      let starts = 0;
      query.on('start', () => (starts += 1));
      return { query, starts: () => starts };
    },
  ],
  [
    'a lazy promise of the kind of Prisma and Drizzle',
    () => {
      const then = vi.fn();
      return { query: { then, select: () => 1 }, starts: () => then.mock.calls.length };
    },
  ],
];

const MODES: ExperimentOptions[] = (['shadow', 'parallel', 'serial'] as const).flatMap((mode) =>
  [false, true].map((raiseOnMismatch) => ({ mode, raiseOnMismatch })),
);

describe.each(QUERIES)('%s that a control gives', (_, make) => {
  it.each(MODES)('is handed on itself, not started and not compared, which is told once: %j', async (options) => {
    const laboratory = new Laboratory();
    const control = make();
    for (let call = 0; call < 3; call += 1) {
      const given = laboratory.call({ control: () => control.query, candidate: () => 1, ...options });
      expect(given).toBe(control.query);
      expect(given).toHaveProperty('select');
    }
    await laboratory.settled();
    expect(control.starts()).toBe(0);
    expect(laboratory.results).toEqual([]);
    expect(laboratory.skipped.get('notComparable')).toBe(3);
    expect(laboratory.failures.map(({ error }) => error)).toEqual([expect.objectContaining({ code: 'NOT_COMPARABLE' })]);
  });
});

it('a Knex builder is still a query for its caller', async () => {
  const laboratory = new Laboratory();
  const build = () => database.select(database.raw('1 as one'));
  const given = laboratory.call({ control: build, candidate: () => 1 }) as ReturnType<typeof build>;
  expect(await given.clone()).toEqual([{ one: 1 }]);
  await laboratory.settled();
});
