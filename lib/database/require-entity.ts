import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';
import { StudiesError } from '../base/errors.js';

/** @throws StudiesError `ENTITY_NOT_REGISTERED` when the data source doesn't know an entity of the library */
export function requireEntity(dataSource: DataSource, entity: EntityTarget<ObjectLiteral>): void {
  if (dataSource.hasMetadata(entity)) return;
  throw new StudiesError(
    'ENTITY_NOT_REGISTERED',
    'The data source of StudiesModule does not know its entities. Set "autoLoadEntities: true" in TypeOrmModule.forRoot(), or ' +
      'add them: "entities: [...STUDIES_ENTITIES]".',
  );
}
