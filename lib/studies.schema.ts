import { SampleEntity } from './recording/sample.entity.js';
import { TallyEntity } from './recording/tally.entity.js';
import { WriterEntity } from './recording/writer.entity.js';
import { ChangeEntity } from './storage/history/change.entity.js';
import { ExperimentEntity } from './storage/experiment.entity.js';
import { CreateStudiesExperiment1763769600000 } from './storage/migrations/1763769600000-create-studies-experiment.js';
import { AddStudiesPresence1764086400000 } from './storage/migrations/1764086400000-add-studies-presence.js';
import { CreateStudiesResults1764000000000 } from './storage/migrations/1764000000000-create-studies-results.js';

/**
 * The entities of this library, for the `entities` of a data source without `autoLoadEntities`.
 *
 * @publicApi
 */
export const STUDIES_ENTITIES = [ExperimentEntity, TallyEntity, SampleEntity, WriterEntity, ChangeEntity];

/**
 * The migrations of this library, for the `migrations` of a data source: SQLite, PostgreSQL, MySQL and MariaDB. They follow the
 * data source's `entityPrefix` and `schema`.
 *
 * @publicApi
 */
export const STUDIES_MIGRATIONS = [
  CreateStudiesExperiment1763769600000,
  CreateStudiesResults1764000000000,
  AddStudiesPresence1764086400000,
];
