import type { DataSource, DataSourceOptions, QueryRunner } from 'typeorm';

/** Driver of TypeORM's. */
export type Driver = DataSource['driver'];

/** Members of single-connection drivers that are not in the common interface. */
export interface SingleDriver extends Driver {
  queryRunner?: QueryRunner | undefined;
  databaseConnection?: object;
  attachedDatabases?: object;
}

/**
 * Makes a second driver of the same database, with options of its own. Entities, subscribers, naming and log are the data source's, and not
 * copies, so that a candidate loads and writes through the same ones.
 */
export function secondDriver(source: DataSource, options: DataSourceOptions): Driver {
  // While it connects, a driver takes runners from its data source: they must be its own.
  const seen = Object.create(source, {
    options: { value: options },
    driver: { value: undefined, writable: true },
  }) as DataSource & {
    driver: Driver;
  };
  const Made = source.driver.constructor as new (source: DataSource) => Driver; // as TypeORM's factory calls them
  const driver = new Made(seen);
  seen.driver = driver;
  const { attachedDatabases } = source.driver as SingleDriver;
  if (attachedDatabases !== undefined) Object.assign((driver as SingleDriver).attachedDatabases ?? {}, attachedDatabases);
  return driver;
}

/** Makes a runner notify the subscribers of the application's data source, whichever driver made it. */
export function runnerFor(source: DataSource, runner: QueryRunner): QueryRunner {
  // TypeORM 1 and 0.3 name the field differently.
  Object.assign(runner, 'dataSource' in runner ? { dataSource: source } : { connection: source });
  Object.assign(runner, { manager: source.createEntityManager(runner) });
  return runner;
}
