import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { StudiesError } from '../base/errors.js';
import { jitter } from '../base/jitter.js';
import { settlesWithin } from '../base/settles-within.js';

/** Longest wait at the end for an attempt to open that is under way, in ms. */
const END = 1_000;

/** Wait before migrations are tried a second time, in ms. Other processes that start at the same time may run them. */
const AGAIN = 500;

/** Data source that the library makes for itself. It is opened when it is first needed, and again after each failure. */
export class OwnDataSource {
  private opening: Promise<void> | undefined;
  private isMigrated = false;
  private isClosed = false;

  /** @param migrates true to create the tables when it is opened */
  constructor(
    readonly source: DataSource,
    private readonly migrates: boolean,
  ) {}

  /**
   * Opens the data source, unless it is open.
   *
   * @throws StudiesError `DATABASE_UNAVAILABLE` or `MIGRATION_FAILED`. The next call tries again
   */
  async open(): Promise<void> {
    if (this.isClosed) {
      throw new StudiesError('DATA_SOURCE_CLOSED', 'The database of StudiesModule is closed, because the application has ended.');
    }
    this.opening ??= this.tryToOpen();
    const { opening } = this;
    try {
      await opening;
    } catch (error) {
      if (this.opening === opening) this.opening = undefined;
      throw error;
    }
  }

  /** Closes all connections, and opens none any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    const opened = Promise.resolve(this.opening).catch(() => undefined);
    if (await settlesWithin(END, opened)) await this.destroy();
    // A server that doesn't answer keeps nobody waiting.
    else void opened.then(() => this.destroy()).catch(() => undefined);
  }

  private async destroy(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }

  private async tryToOpen(): Promise<void> {
    if (!this.source.isInitialized) await this.source.initialize().catch(failToOpen);
    if (this.isMigrated || !this.migrates || this.isClosed) return;
    try {
      await this.migrate();
    } catch {
      await pause(jitter(AGAIN), undefined, { ref: false });
      await this.migrate().catch(failToMigrate);
    }
    this.isMigrated = true;
  }

  private async migrate(): Promise<void> {
    const runner = this.source.createQueryRunner('master');
    try {
      const { schema } = this.source.options as { readonly schema?: string }; // where the database has any
      // Asking needs fewer permissions than `IF NOT EXISTS`.
      if (schema !== undefined && !(await runner.hasSchema(schema))) await runner.createSchema(schema, true);
    } finally {
      await runner.release();
    }
    await this.source.runMigrations();
  }
}

function failToOpen(cause: unknown): never {
  throw new StudiesError(
    'DATABASE_UNAVAILABLE',
    `The database of StudiesModule can’t be opened: ${explain(cause)}. Experiments are off until it can, which is tried again and again. ` +
      'Check the option "database", and that the server answers.',
    {},
    { cause },
  );
}

function failToMigrate(cause: unknown): never {
  throw new StudiesError(
    'MIGRATION_FAILED',
    `The tables of StudiesModule can’t be created in its database: ${explain(cause)}. Experiments are off until they can. Allow the user to ` +
      'create them, or run STUDIES_MIGRATIONS as another one and set "database: { migrationsRun: false }".',
    {},
    { cause },
  );
}

/** Explains a failure. Node names those of several addresses in a list only. */
function explain(error: unknown): string {
  const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  return first instanceof Error ? first.message : String(first);
}
