import { requireEntity } from './require-entity.js';
import type { DataSource, EntityTarget, ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm';

/** Builds the library's own statements, and sends them on one query runner. Nothing they read is cached. */
export class OwnStatements {
  constructor(
    private readonly dataSource: DataSource,
    private readonly runner: QueryRunner,
  ) {}

  /** Builds a statement about an entity's table. */
  of<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>, alias?: string): SelectQueryBuilder<Entity> {
    requireEntity(this.dataSource, entity);
    const { name } = this.dataSource.getMetadata(entity);
    return own(this.dataSource.createQueryBuilder(entity, alias ?? name, this.runner));
  }

  /** Builds a statement without a table. */
  about(): SelectQueryBuilder<ObjectLiteral> {
    return own(this.dataSource.createQueryBuilder(this.runner) as SelectQueryBuilder<ObjectLiteral>); // TypeORM types it for no entity
  }

  /** Sends SQL. */
  async query(sql: string): Promise<void> {
    await this.runner.query(sql);
  }
}

function own<Entity extends ObjectLiteral>(builder: SelectQueryBuilder<Entity>): SelectQueryBuilder<Entity> {
  return builder.cache(false).callListeners(false);
}
