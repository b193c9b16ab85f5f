import type { MigrationInterface } from 'typeorm';
import { RecordedResultEntity } from '../recording/storage/recorded-result.entity.js';
import { EpochEntity } from '../recording/storage/epoch.entity.js';
import { TallyEntity } from '../recording/storage/tally.entity.js';
import { WriterEntity } from '../recording/storage/writer.entity.js';
import { ChangeEntity } from '../operations/history/change.entity.js';
import { ExperimentEntity } from '../storage/experiment.entity.js';
import { CreateStudies1763769600000 } from '../storage/migrations/1763769600000-create-studies.js';

/**
 * Entities of this library, for the `entities` of a data source without `autoLoadEntities`.
 *
 * @publicApi
 */
export const STUDIES_ENTITIES = [ExperimentEntity, TallyEntity, RecordedResultEntity, EpochEntity, WriterEntity, ChangeEntity];

/**
 * Migrations of this library, for the `migrations` of a data source: SQLite, PostgreSQL, MySQL and MariaDB. Tables and columns
 * get the names that the data source gives to the entities, by its `entityPrefix`, its `schema` and its naming strategy.
 *
 * @publicApi
 */
export const STUDIES_MIGRATIONS: readonly (new () => MigrationInterface)[] = [CreateStudies1763769600000];
