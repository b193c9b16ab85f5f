import {
  ConfigurableModuleBuilder,
  Module,
  type ConfigurableModuleAsyncOptions,
  type DynamicModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { createExperimentsController } from '../admin/experiments.controller.js';
import { createFiguresController } from '../admin/figures.controller.js';
import { createPageController } from '../admin/page/page.controller.js';
import { PageFiles } from '../admin/page/page-files.js';
import { createResultsController } from '../admin/results.controller.js';
import { Publisher } from '../publishing/publisher.js';
import { STUDIES_ENTITIES } from './studies-schema.js';
import { OwnDatabase } from '../database/own-database.js';
import { factory, provide, type Factory, type TypedSymbol } from './providers/provide.js';
import { REGISTRY, SETTINGS } from './providers/tokens.js';
import { studiesCore } from './studies.core.js';
import { requireParts, type StudiesStorage } from './studies.storage.js';
import { TypeOrmStudiesStorage } from './typeorm-studies.storage.js';
import {
  readPlacement,
  requireOptions,
  resolveSettings,
  type StudiesExtras,
  type StudiesModuleOptions,
  type StudiesOptions,
} from './studies.options.js';

/** Controllers of the administration. */
const CONTROLLERS = [createPageController, createExperimentsController, createFiguresController, createResultsController];

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<StudiesOptions>()
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createStudiesOptions')
  .setExtras<StudiesExtras>({ dataSource: 'default', storage: undefined, admin: {}, imports: [] }, assembled)
  .build();

const OPTIONS: TypedSymbol<StudiesOptions> = MODULE_OPTIONS_TOKEN as symbol; // the builder creates a symbol

function assembled(definition: DynamicModule, given: StudiesExtras): DynamicModule {
  const { dataSource, storage, admin, imports } = readPlacement(given);
  const kept = storage === undefined ? keptByTypeOrm(dataSource) : keptElsewhere(storage);
  const core = studiesCore({ settings: factory([OPTIONS], resolveSettings), storage: kept.storage });
  return {
    ...definition,
    ...core,
    imports: [...(definition.imports ?? []), ...imports, ...core.imports, ...kept.imports],
    providers: [
      ...(definition.providers ?? []),
      ...core.providers,
      ...kept.providers,
      ...(admin === false ? [] : [{ provide: PageFiles, useFactory: () => new PageFiles() }]),
    ],
    controllers: admin === false ? [] : CONTROLLERS.map((create) => create(admin)),
  };
}

/** Storage of everything, with the modules and providers that it needs. */
interface Kept {
  readonly storage: Factory<StudiesStorage>;
  readonly imports: readonly DynamicModule[];
  readonly providers: readonly Provider[];
}

function keptByTypeOrm(dataSource: string): Kept {
  const source: TypedSymbol<DataSource> = getDataSourceToken(dataSource) as unknown as symbol; // or a text or a class, which Nest takes too
  return {
    storage: factory([OwnDatabase, SETTINGS], (database, { listen }) => new TypeOrmStudiesStorage(database, listen)),
    imports: [TypeOrmModule.forFeature(STUDIES_ENTITIES, dataSource)],
    providers: [provide(OwnDatabase, [source, REGISTRY], (given, { own }) => new OwnDatabase(given, own))],
  };
}

function keptElsewhere(storage: Type<StudiesStorage> | StudiesStorage): Kept {
  const make = async (modules: ModuleRef) =>
    requireParts(typeof storage === 'function' ? await modules.create(storage) : storage);
  return { storage: factory([ModuleRef], make), imports: [], providers: [] };
}

/**
 * Options of `StudiesModule.forRootAsync()`: `useFactory`, `useClass` or `useExisting` for the options, and beside them those
 * that must be known earlier.
 *
 * @publicApi
 */
export interface StudiesModuleAsyncOptions
  extends ConfigurableModuleAsyncOptions<StudiesOptions, 'createStudiesOptions'>, Omit<StudiesExtras, 'imports'> {}

/**
 * Module that lets an application run experiments. Import it once, in the root module. It is global.
 *
 * @publicApi
 */
@Module({})
export class StudiesModule extends ConfigurableModuleClass {
  /** @throws StudiesError when an option is invalid; the application doesn't start then */
  static override forRoot(options: StudiesModuleOptions = {}): DynamicModule {
    requireOptions(options, 'StudiesModule.forRoot()');
    const { publisher } = options;
    const module = super.forRoot(options);
    // The publisher can also be injected by its own class.
    if (typeof publisher === 'function') {
      module.providers?.push({ provide: publisher, useExisting: Publisher });
      module.exports?.push(publisher);
    }
    return module;
  }

  /** Works like `forRoot`, with options from a provider. */
  static override forRootAsync(options: StudiesModuleAsyncOptions): DynamicModule {
    requireOptions(options, 'StudiesModule.forRootAsync()');
    return super.forRootAsync(options);
  }
}
