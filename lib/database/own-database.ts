import type { DataSource, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import { OwnContext } from '../base/own-context.js';
import { OwnStatements } from './own-statements.js';
import { wrapRunner } from './shared-runner.js';
import { silentBroadcaster } from './silent-broadcaster.js';

/** What of TypeORM's drivers for SQLite is not in their common interface: the one query runner there is, and its connection. */
interface SharedDriver {
  readonly queryRunner?: QueryRunner | undefined;
  readonly databaseConnection?: { readonly inTransaction?: boolean };
}

/**
 * The library's own way to a data source of the application. What is sent through it
 * - runs in the library's own async context, on a query runner of its own: it never joins a transaction of a caller;
 * - goes to the primary, never to a replica, and never comes from a query cache;
 * - is seen by no subscriber of the application.
 *
 * On SQLite, TypeORM has one query runner and one connection for all: there, a statement waits until no transaction is open, for 1 s at
 * the most, and is then part of it.
 */
export class OwnDatabase {
  constructor(
    readonly dataSource: DataSource,
    private readonly context: OwnContext = new OwnContext(),
  ) {}

  /** Sends statements, one after the other, on a connection that is given back afterwards. */
  use<Answer>(send: (statements: OwnStatements) => Promise<Answer>): Promise<Answer> {
    return this.context.run(async () => {
      const runner = this.queryRunner();
      try {
        return await send(new OwnStatements(this.dataSource, runner));
      } finally {
        await runner.release();
      }
    });
  }

  /** The name of an entity's column in the database, escaped for SQL. */
  column<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>, property: keyof Entity & string): string {
    return this.dataSource.driver.escape(this.columnName(entity, property));
  }

  /** The name of an entity's column in the database, which a naming strategy of the application may have changed. */
  columnName<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>, property: keyof Entity & string): string {
    const column = this.dataSource.getMetadata(entity).findColumnWithPropertyName(property);
    if (column === undefined) throw new Error(`The entity has no column for "${property}".`);
    return column.databaseName;
  }

  private queryRunner(): QueryRunner {
    const runner = this.dataSource.createQueryRunner('master');
    const broadcaster = silentBroadcaster();
    const { queryRunner: shared, databaseConnection } = this.dataSource.driver as SharedDriver; // of SQLite; the others have none
    if (runner === shared) return wrapRunner(runner, databaseConnection, broadcaster);
    return Object.assign(runner, { broadcaster });
  }
}
