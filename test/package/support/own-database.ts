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

  async drop(): Promise<void> {
    await administer(`DROP DATABASE IF EXISTS "${this.name}" WITH (FORCE)`);
  }
}

async function administer(statement: string): Promise<void> {
  const source = await new DataSource({ type: 'postgres', url: POSTGRES }).initialize();
  try {
    await source.query(statement);
  } finally {
    await source.destroy();
  }
}
