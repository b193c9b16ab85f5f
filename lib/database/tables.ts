/** The table of experiments, as it is called unless the data source says otherwise. */
export const EXPERIMENT_TABLE = 'studies_experiment';

/** The table of what is counted and measured. */
export const TALLY_TABLE = 'studies_tally';

/** The table of single results. */
export const SAMPLE_TABLE = 'studies_sample';

/** The table of those who write what is counted. */
export const WRITER_TABLE = 'studies_writer';

/** The table of what was changed of experiments. */
export const CHANGE_TABLE = 'studies_change';

/** Tables by their own names, with the names that they have in the data source. */
export type TableNames = ReadonlyMap<string, string>;

/**
 * MySQL's default collations take "Search" and "search", or any two emoji, for the same name. TypeORM writes the engine as the
 * last option of `CREATE TABLE`, so that this makes the table's text exact; the other databases are exact by themselves, and
 * have no engine.
 */
export const MYSQL_ENGINE = 'InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
