import { createRequire } from 'node:module';
import type { DynamicModule, OnApplicationShutdown, Provider, Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type * as NestTypeOrm from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { StudiesError } from '../base/errors.js';
import { OwnDataSource } from '../database/own-data-source.js';
import { OwnDatabase } from '../database/own-database.js';
import { makeDatabase } from './database.options.js';
import { factory, provide, provideClass, type Factory, type TypedSymbol } from './providers/provide.js';
import { REGISTRY, SETTINGS } from './providers/tokens.js';
import type { StudiesOptions, StudiesPlacement } from './studies.options.js';
import { STUDIES_ENTITIES } from './studies-schema.js';
import { requireParts, type StudiesStorage } from './studies.storage.js';
import { TypeOrmStudiesStorage } from './typeorm-studies.storage.js';

/** Package by which Nest has the application's data sources. Applications with a database of the library's own need none. */
const NEST_TYPEORM = '@nestjs/typeorm';

/** Storage of everything, with the modules and providers that it needs. */
export interface StoragePlace {
  readonly storage: Factory<StudiesStorage>;
  readonly imports: readonly DynamicModule[];
  readonly providers: readonly Provider[];
}

/** Decides where everything is stored. */
export function placeStorage(
  { dataSource, database, storage }: StudiesPlacement,
  options: TypedSymbol<StudiesOptions>,
): StoragePlace {
  if (storage !== undefined) return inStorage(storage);
  return database === undefined ? inDataSource(dataSource) : inDatabase(database, options);
}

/** Places everything in a data source of the application. */
function inDataSource(name: string): StoragePlace {
  const { getDataSourceToken, TypeOrmModule } = loadNestTypeOrm();
  const source: TypedSymbol<DataSource> = getDataSourceToken(name) as unknown as symbol; // or a text or a class, which Nest takes too
  return {
    storage: factory([OwnDatabase, SETTINGS], storeIn),
    imports: [TypeOrmModule.forFeature(STUDIES_ENTITIES, name)],
    providers: [provide(OwnDatabase, [source, REGISTRY], (given, { own }) => new OwnDatabase(given, own))],
  };
}

/** Places everything in a data source of the library's own. It is no provider, so that no application and no candidate gets it. */
function inDatabase(known: object, options: TypedSymbol<StudiesOptions>): StoragePlace {
  return {
    storage: factory([OwnDatabase, SETTINGS], storeIn),
    imports: [],
    providers: [
      provide(OwnDataSource, [options], ({ database }) => makeDatabase({ ...known, ...database })),
      provide(
        OwnDatabase,
        [OwnDataSource, REGISTRY],
        (database, { own }) => new OwnDatabase(database.source, own, () => database.open()),
      ),
      provideClass(DatabaseEnd, [OwnDataSource]),
    ],
  };
}

/** Places everything in a storage of the application. */
function inStorage(storage: Type<StudiesStorage> | StudiesStorage): StoragePlace {
  const make = async (modules: ModuleRef) =>
    requireParts(typeof storage === 'function' ? await modules.create(storage) : storage);
  return { storage: factory([ModuleRef], make), imports: [], providers: [] };
}

function storeIn(database: OwnDatabase, { listen }: { readonly listen: boolean }): StudiesStorage {
  return new TypeOrmStudiesStorage(database, listen);
}

/** Closes the library's own database, after all that the library writes at the end. */
class DatabaseEnd implements OnApplicationShutdown {
  constructor(private readonly database: OwnDataSource) {}

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}

function loadNestTypeOrm(): typeof NestTypeOrm {
  try {
    return createRequire(__filename)(NEST_TYPEORM) as typeof NestTypeOrm;
  } catch (cause) {
    throw new StudiesError(
      'INVALID_OPTIONS',
      `StudiesModule stores experiments in a TypeORM data source of the application, but ${NEST_TYPEORM} can’t be loaded. Install it, or name a ` +
        'database of the library’s own, as in StudiesModule.forRoot({ database: { type: "postgres", url } }).',
      {},
      { cause },
    );
  }
}
