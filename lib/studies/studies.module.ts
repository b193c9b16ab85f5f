import { ConfigurableModuleBuilder, Module, type ConfigurableModuleAsyncOptions, type DynamicModule } from '@nestjs/common';
import { createExperimentsController } from '../admin/experiments.controller.js';
import { createFiguresController } from '../admin/figures.controller.js';
import { createPageController } from '../admin/page/page.controller.js';
import { PageFiles } from '../admin/page/page-files.js';
import { createResultsController } from '../admin/results.controller.js';
import { Publisher } from '../publishing/publisher.js';
import { factory, type TypedSymbol } from './providers/provide.js';
import { placeStorage } from './storage-place.js';
import type { StudiesDatabaseOptions } from './database.options.js';
import { studiesCore } from './studies.core.js';
import {
  readPlacement,
  requireOptions,
  resolveSettings,
  withoutDatabase,
  type StudiesExtras,
  type StudiesModuleOptions,
  type StudiesOptions,
} from './studies.options.js';

/** Controllers of the administration. */
const CONTROLLERS = [createPageController, createExperimentsController, createFiguresController, createResultsController];

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<StudiesOptions>()
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createStudiesOptions')
  .setExtras<StudiesExtras>({ dataSource: undefined, database: undefined, storage: undefined, admin: {}, imports: [] }, assembled)
  .build();

const OPTIONS: TypedSymbol<StudiesOptions> = MODULE_OPTIONS_TOKEN as symbol; // the builder creates a symbol

function assembled(definition: DynamicModule, given: StudiesExtras): DynamicModule {
  const placement = readPlacement(given);
  const { admin, imports } = placement;
  const place = placeStorage(placement, OPTIONS);
  const settings = factory([OPTIONS], (options: StudiesOptions) => resolveSettings(withoutDatabase(options, placement)));
  const core = studiesCore({ settings, storage: place.storage });
  return {
    ...definition,
    ...core,
    imports: [...(definition.imports ?? []), ...imports, ...core.imports, ...place.imports],
    providers: [
      ...(definition.providers ?? []),
      ...core.providers,
      ...place.providers,
      ...(admin === false ? [] : [{ provide: PageFiles, useFactory: () => new PageFiles() }]),
    ],
    controllers: admin === false ? [] : CONTROLLERS.map((create) => create(admin)),
  };
}

/**
 * Options of `StudiesModule.forRootAsync()`: `useFactory`, `useClass` or `useExisting` for the options, and beside them those
 * that must be known earlier.
 *
 * @publicApi
 */
export interface StudiesModuleAsyncOptions
  extends ConfigurableModuleAsyncOptions<StudiesOptions, 'createStudiesOptions'>, Omit<StudiesExtras, 'imports' | 'database'> {
  /** Database of the library's own, such as `{ type: 'postgres' }`. The factory can return the rest of its options. */
  database?: Partial<StudiesDatabaseOptions> | undefined;
}

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
