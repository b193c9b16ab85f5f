import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ExperimentService, Publisher, STUDIES_MIGRATIONS, StudiesModule } from 'nestjs-studies';
import { SQLITE } from './database.js';

/** Takes results and does nothing with them, so that only the library is measured. */
class NoPublisher extends Publisher {
  publish() {}

  /** As the default publisher, it wants what doesn't match. */
  wants(outcome) {
    return outcome !== 'matched';
  }
}

/** A bench is to keep its process busy. */
export const ANY_LOAD = { maxEventLoopUtilization: 1, maxEventLoopDelay: 3_600_000 };

/** A module with the library in it as users have it, its experiments in a database of their own. */
export function moduleWith({ database, studies = {}, imports: others = [], ...parts }) {
  const imports = [
    ...others,
    TypeOrmModule.forRoot({ ...database, autoLoadEntities: true, migrations: [...STUDIES_MIGRATIONS], migrationsRun: true }),
    StudiesModule.forRoot({ admin: false, publisher: NoPublisher, ...ANY_LOAD, ...studies }),
  ];
  class BenchModule {}
  Module({ imports, ...parts })(BenchModule);
  return BenchModule;
}

export const QUIET = { logger: ['warn', 'error'] };

/** An application without routes, with some providers, and its experiments at these percentages. */
export async function startApplication(providers, percentages) {
  const application = await NestFactory.createApplicationContext(moduleWith({ database: SQLITE, providers }), QUIET);
  const studies = application.get(ExperimentService);
  for (const [name, percent] of Object.entries(percentages)) await studies.setPercentEnabled(name, percent);
  return { application, studies };
}
