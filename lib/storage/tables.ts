/** Names that the entities and the migrations share. */
export const EXPERIMENT_TABLE = 'studies_experiment';
export const EXPERIMENT_PRIMARY_KEY = 'studies_experiment_pk';
export const EXPERIMENT_NAME_INDEX = 'studies_experiment_name';

/**
 * MySQL's default collations take "Search" and "search", or any two emoji, for the same name. TypeORM writes the engine as the
 * last option of `CREATE TABLE`, so that this makes the table's text exact; the other databases are exact by themselves, and
 * have no engine.
 */
export const MYSQL_ENGINE = 'InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
