import { DataSource } from 'typeorm';

const POSTGRES = process.env['STUDIES_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/test';

/** A database on PostgreSQL, of one application alone. */
export class OwnDatabase {
  private constructor(
    private readonly name: string,
    /** Its address. */
    readonly url: string,
  ) {}

  /** @throws Error when there is no PostgreSQL */
  static async create(name: string): Promise<OwnDatabase> {
    const url = new URL(POSTGRES);
    url.pathname = name;
    const database = new OwnDatabase(name, url.href);
    await database.drop();
    await administer(`CREATE DATABASE "${name}"`);
    return database;
  }

  /** Sends SQL to it. */
  query<Row>(sql: string): Promise<Row[]> {
    return send(this.url, sql);
  }

  async drop(): Promise<void> {
    await administer(`DROP DATABASE IF EXISTS "${this.name}" WITH (FORCE)`);
  }
}

async function administer(statement: string): Promise<void> {
  await send(POSTGRES, statement);
}

async function send<Row>(url: string, sql: string): Promise<Row[]> {
  const source = await new DataSource({ type: 'postgres', url, applicationName: 'test' }).initialize();
  try {
    return await source.query<Row[]>(sql);
  } finally {
    await source.destroy();
  }
}
