import pg from 'pg';

export const SQLITE = { type: 'better-sqlite3', database: ':memory:' };

const USUAL = 'postgres://postgres@127.0.0.1:5432/test';

/**
 * Lends a database: a schema of its own in PostgreSQL, where `DATABASE_URL` or the usual local address leads to one. Leaves nothing
 * behind.
 *
 * @param use takes TypeORM's options for it, and a client of it whose unqualified names are in the schema
 * @returns what `use` gives
 * @throws Error when there is no PostgreSQL
 */
export async function withPostgres(use) {
  const url = process.env.DATABASE_URL ?? USUAL;
  const client = await connected(url);
  const schema = `studies_bench_${process.pid}`;
  try {
    await client.query(`CREATE SCHEMA ${schema}`);
    await client.query(`SET search_path TO ${schema}`);
    return await use({ type: 'postgres', url, schema }, client);
  } finally {
    await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await client.end();
  }
}

async function connected(url) {
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    await client.connect();
    return client;
  } catch (cause) {
    const place = process.env.DATABASE_URL === undefined ? USUAL : 'DATABASE_URL';
    throw new Error(`${place} leads to no PostgreSQL. Start one there, or name another with DATABASE_URL.`, { cause });
  }
}
