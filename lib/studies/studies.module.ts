import { ConfigurableModuleBuilder, Module, type DynamicModule } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { createExperimentsController } from '../admin/experiments.controller.js';
import { createFiguresController } from '../admin/figures.controller.js';
import { createPageController } from '../admin/page/page.controller.js';
import { PageFiles } from '../admin/page/page-files.js';
import { createResultsController } from '../admin/results.controller.js';
import { EXPERIMENT_REGISTRY } from '../decorators/tokens.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { Publisher } from '../publishing/publisher.js';
import { STUDIES_ENTITIES } from './studies-schema.js';
import { TypeOrmRecordStorage } from '../recording/storage/typeorm/typeorm-record.storage.js';
import { SilentFeed } from '../sync/change-feed.js';
import { TypeOrmHistoryStorage } from '../operations/history/typeorm-history.storage.js';
import { OwnDatabase } from '../database/own-database.js';
import { PostgresChangeFeed } from '../sync/postgres-change-feed.js';
import { TypeOrmStorage } from '../storage/typeorm.storage.js';
import { studiesCore } from './studies.core.js';
import {
  readPlacement,
  requireOptions,
  resolveSettings,
  type StudiesExtras,
  type StudiesModuleOptions,
  type StudiesOptions,
} from './studies.options.js';

/** What the administration is made of. */
const CONTROLLERS = [createPageController, createExperimentsController, createFiguresController, createResultsController];

const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  ASYNC_OPTIONS_TYPE: _AsyncOptions,
} = new ConfigurableModuleBuilder<StudiesOptions>()
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createStudiesOptions')
  .setExtras<StudiesExtras>({ dataSource: 'default', admin: {}, imports: [] }, assembled)
  .build();

function assembled(definition: DynamicModule, given: StudiesExtras): DynamicModule {
  const { dataSource, admin, imports } = readPlacement(given);
  const core = studiesCore({
    settings: { inject: [MODULE_OPTIONS_TOKEN], useFactory: resolveSettings },
    storage: { inject: [OwnDatabase], useFactory: (database: OwnDatabase) => new TypeOrmStorage(database) },
    records: { inject: [OwnDatabase], useFactory: (database: OwnDatabase) => new TypeOrmRecordStorage(database) },
    history: { inject: [OwnDatabase], useFactory: (database: OwnDatabase) => new TypeOrmHistoryStorage(database) },
    feed: {
      inject: [OwnDatabase, MODULE_OPTIONS_TOKEN],
      useFactory: (database: OwnDatabase, options: StudiesOptions) =>
        resolveSettings(options).listen && database.dataSource.options.type === 'postgres'
          ? new PostgresChangeFeed(database)
          : new SilentFeed(),
    },
  });
  return {
    ...definition,
    ...core,
    imports: [...(definition.imports ?? []), ...imports, ...core.imports, TypeOrmModule.forFeature(STUDIES_ENTITIES, dataSource)],
    providers: [
      ...(definition.providers ?? []),
      ...core.providers,
      {
        provide: OwnDatabase,
        inject: [getDataSourceToken(dataSource), EXPERIMENT_REGISTRY],
        useFactory: (source: DataSource, { own }: ExperimentRegistry) => new OwnDatabase(source, own),
      },
      ...(admin === false ? [] : [{ provide: PageFiles, useFactory: () => new PageFiles() }]),
    ],
    controllers: admin === false ? [] : CONTROLLERS.map((create) => create(admin)),
  };
}

/**
 * What `StudiesModule.forRootAsync()` takes: `useFactory`, `useClass` or `useExisting` for the options, and beside them what has
 * to be known earlier.
 *
 * @publicApi
 */
export type StudiesModuleAsyncOptions = typeof _AsyncOptions;

/**
 * Lets an application run experiments: import it once, in the root module. It is global.
 *
 * @publicApi
 */
@Module({})
export class StudiesModule extends ConfigurableModuleClass {
  /** @throws StudiesError when an option is wrong; an application doesn't start then */
  static override forRoot(options: StudiesModuleOptions = {}): DynamicModule {
    requireOptions(options, 'StudiesModule.forRoot()');
    const { publisher } = options;
    const module = super.forRoot(options);
    // So that a publisher can also be injected as what it is.
    if (typeof publisher === 'function') {
      module.providers?.push({ provide: publisher, useExisting: Publisher });
      module.exports?.push(publisher);
    }
    return module;
  }

  /** As `forRoot`, with options that are made by a provider. */
  static override forRootAsync(options: StudiesModuleAsyncOptions): DynamicModule {
    requireOptions(options, 'StudiesModule.forRootAsync()');
    return super.forRootAsync(options);
  }
}
