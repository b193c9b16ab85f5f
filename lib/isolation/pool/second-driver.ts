import type { DataSource, DataSourceOptions, QueryRunner } from 'typeorm';

/** A driver of TypeORM's. */
export type Driver = DataSource['driver'];

/** What of the drivers with a single connection is not in their common interface. */
export interface SingleDriver extends Driver {
  queryRunner?: QueryRunner | undefined;
  databaseConnection?: object;
  attachedDatabases?: object;
}

/**
 * Makes a second driver of the same database. It has options of its own; entities, subscribers, naming and log are the data source's,
 * not copies, so that a candidate's loads and writes go through the same.
 */
export function secondDriver(source: DataSource, options: DataSourceOptions): Driver {
  // While it connects, a driver asks its data source for runners: they must be its own.
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

/** Has a runner tell subscribers of the application's data source, whichever driver it is of. */
export function runnerFor(source: DataSource, runner: QueryRunner): QueryRunner {
  // The name of the field in TypeORM 1, and in 0.3.
  Object.assign(runner, 'dataSource' in runner ? { dataSource: source } : { connection: source });
  Object.assign(runner, { manager: source.createEntityManager(runner) });
  return runner;
}
