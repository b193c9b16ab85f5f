import { ExperimentEntity } from './experiment.entity.js';
import { CreateStudiesExperiment1763769600000 } from './migrations/1763769600000-create-studies-experiment.js';

/**
 * The entities of this library, for the `entities` of a data source without `autoLoadEntities`.
 *
 * @publicApi
 */
export const STUDIES_ENTITIES = [ExperimentEntity];

/**
 * The migrations of this library, for the `migrations` of a data source: SQLite, PostgreSQL, MySQL and MariaDB. They follow the
 * data source's `entityPrefix` and `schema`.
 *
 * @publicApi
 */
export const STUDIES_MIGRATIONS = [CreateStudiesExperiment1763769600000];
