import pg from 'pg';

export const SQLITE = { type: 'better-sqlite3', database: ':memory:' };

/**
 * A database for one run: a schema of its own in PostgreSQL, where `DATABASE_URL` or the usual local address leads to one, and
 * otherwise SQLite in memory.
 *
 * @returns its `name`, TypeORM's `options` for it, and `drop`, which leaves nothing behind
 */
export async function openDatabase() {
  const url = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';
  const client = await connected(url);
  if (client === undefined) return { name: 'SQLite in memory', options: SQLITE, drop: async () => undefined };

  const schema = `studies_bench_${process.pid}`;
  await client.query(`CREATE SCHEMA ${schema}`);
  return {
    name: 'PostgreSQL',
    options: { type: 'postgres', url, schema },
    drop: async () => {
      await client.query(`DROP SCHEMA ${schema} CASCADE`);
      await client.end();
    },
  };
}

async function connected(url) {
  if (!url.startsWith('postgres')) return undefined;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
    return client;
  } catch {
    return undefined;
  }
}
