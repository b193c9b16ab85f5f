/** The table of experiments, before the data source's prefix. */
export const EXPERIMENT_TABLE = 'studies_experiment';

/**
 * MySQL's default collations take "Search" and "search", or any two emoji, for the same name. TypeORM writes the engine as the
 * last option of `CREATE TABLE`, so that this makes the table's text exact; the other databases are exact by themselves, and
 * have no engine.
 */
export const MYSQL_ENGINE = 'InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** The table of what is counted and measured, before the data source's prefix. */
export const TALLY_TABLE = 'studies_tally';

/** The table of single results, before the data source's prefix. */
export const SAMPLE_TABLE = 'studies_sample';

/** The table of those who write what is counted, before the data source's prefix. */
export const WRITER_TABLE = 'studies_writer';

/** The table of what was changed of experiments, before the data source's prefix. */
export const CHANGE_TABLE = 'studies_change';
