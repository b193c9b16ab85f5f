/** Default name of the table of experiments. */
export const EXPERIMENT_TABLE = 'studies_experiment';

/** Default name of the table of counts and measurements. */
export const TALLY_TABLE = 'studies_tally';

/** Default name of the table of recorded results. */
export const SAMPLE_TABLE = 'studies_sample';

/** Default name of the table of epochs. */
export const EPOCH_TABLE = 'studies_epoch';

/** Default name of the table of writers. */
export const WRITER_TABLE = 'studies_writer';

/** Default name of the table of changes. */
export const CHANGE_TABLE = 'studies_change';

/** Names of tables in the data source, by their default names. */
export type TableNames = ReadonlyMap<string, string>;

/**
 * Engine option for MySQL, which also sets the collation. MySQL's default collations treat "Search" and "search", or any two
 * emoji, as the same name. TypeORM writes the engine as the last option of `CREATE TABLE`, so this makes comparison exact.
 * Other databases are exact by themselves, and have no engine.
 */
export const MYSQL_ENGINE = 'InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
