import { DataSource } from 'typeorm';
import { settings } from '../src/settings';
import { until } from './wait';

type Row = { readonly [column: string]: unknown };

/** Reads what the application has stored. */
export class Database {
  private constructor(private readonly source: DataSource) {}

  static async open(): Promise<Database> {
    return new Database(await new DataSource({ ...settings.database }).initialize());
  }

  close(): Promise<void> {
    return this.source.destroy();
  }

  /** All rows of the application's own tables, in an order of their own. */
  async rows(): Promise<{ [table: string]: Row[] }> {
    const tables = (await this.tables()).filter((table) => !table.startsWith('studies_') && table !== 'migrations').sort();
    const all: { [table: string]: Row[] } = {};
    for (const table of tables) all[table] = await this.rowsOf(table);
    return all;
  }

  /** Entries of the application's notes of one kind, in an order of their own: several are written at the same time. */
  async notes(kind: string): Promise<Row[]> {
    return (await this.rowsOf('audit_entry')).filter((row) => row['kind'] === kind);
  }

  /** Waits for so many notes of a kind. */
  async awaitNotes(kind: string, count: number): Promise<Row[]> {
    await until(`${count} notes of ${kind}`, async () => (await this.notes(kind)).length >= count);
    return this.notes(kind);
  }

  private async rowsOf(table: string): Promise<Row[]> {
    const quote = settings.database.type === 'postgres' ? '"' : '`';
    const rows = (await this.source.query(`SELECT * FROM ${quote}${table}${quote}`)) as Row[];
    const shown = table === 'audit_entry' ? rows.map(({ id: _, ...row }) => row) : rows;
    return shown.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }

  private async tables(): Promise<string[]> {
    const own = settings.database.type === 'postgres' ? 'current_schema()' : 'database()';
    const sql = `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${own}`;
    return ((await this.source.query(sql)) as { name: string }[]).map(({ name }) => name);
  }
}
