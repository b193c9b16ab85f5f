import type { DataSource, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import { StudiesError } from '../base/errors.js';
import { OwnContext } from '../base/own-context.js';
import { OwnStatements } from './own-statements.js';
import { requireUsable } from './require-usable.js';
import { wrapRunner } from './shared-runner.js';
import { silentBroadcaster } from './silent-broadcaster.js';

/** Properties of TypeORM's SQLite drivers beyond their common interface: the only query runner, and its connection. */
interface SharedDriver {
  readonly queryRunner?: QueryRunner | undefined;
  readonly databaseConnection?: { readonly inTransaction?: boolean };
}

/**
 * The library's own access to a data source of the application, or to one of its own. Its statements
 * - run in the library's own async context, on a query runner of their own: they never join a transaction of a caller;
 * - go to the primary, never to a replica, and never come from a query cache;
 * - are invisible to subscribers of the application.
 *
 * On SQLite, TypeORM has one query runner and one connection for all. There, a statement waits up to 1 s until no transaction
 * is open, and then joins any that still is.
 */
export class OwnDatabase {
  /** @throws StudiesError `DATA_SOURCE_UNUSABLE` */
  constructor(
    readonly dataSource: DataSource,
    private readonly context: OwnContext = new OwnContext(),
    /** Opens a data source that the library has made for itself. */
    private readonly open?: () => Promise<void>,
  ) {
    requireUsable(dataSource);
  }

  /** Sends statements one after the other, on a connection that is released afterwards. */
  use<Answer>(send: (statements: OwnStatements) => Promise<Answer>): Promise<Answer> {
    return this.context.run(async () => {
      if (this.open === undefined) this.requireInitialized();
      else await this.open();
      const runner = this.queryRunner();
      try {
        return await send(new OwnStatements(this.dataSource, runner));
      } finally {
        await runner.release();
      }
    });
  }

  private requireInitialized(): void {
    if (this.dataSource.isInitialized) return;
    throw new StudiesError(
      'DATA_SOURCE_CLOSED',
      'The data source of StudiesModule is not initialized, or is destroyed. Experiments are off, or as they were last known, until it is. ' +
        'With "manualInitialization: true", call its initialize().',
    );
  }

  /** Returns the name of an entity's column in the database, escaped for SQL. */
  column<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>, property: keyof Entity & string): string {
    return this.dataSource.driver.escape(this.columnName(entity, property));
  }

  /** Returns the name of an entity's column in the database. A naming strategy of the application may have changed it. */
  columnName<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>, property: keyof Entity & string): string {
    const column = this.dataSource.getMetadata(entity).findColumnWithPropertyName(property);
    if (column === undefined) throw new Error(`The entity has no column for "${property}".`);
    return column.databaseName;
  }

  private queryRunner(): QueryRunner {
    const runner = this.dataSource.createQueryRunner('master');
    const broadcaster = silentBroadcaster();
    const { queryRunner: shared, databaseConnection } = this.dataSource.driver as SharedDriver; // only SQLite's driver has them
    if (runner === shared) return wrapRunner(runner, databaseConnection, broadcaster);
    return Object.assign(runner, { broadcaster });
  }
}
