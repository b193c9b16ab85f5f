import type ts from 'typescript';
import { extendDataSource } from './data-source-edit.js';
import { findApplicationSource, findCommandSources } from './data-sources.js';
import { propertyOf, type Place } from './editing/declarations.js';
import { InitFailure } from './init-failure.js';
import type { InitOptions } from './init-options.js';
import type { Project } from './editing/project.js';
import { quoted, type Style } from './editing/style.js';

/** Where experiments will be stored. */
export interface Storing {
  /** Writes the properties of `StudiesModule.forRoot()` that say it. */
  readonly properties: (style: Style) => readonly string[];
  readonly notes: readonly string[];
}

/** Databases by the driver that an application has installed. */
const BY_DRIVER = { pg: 'postgres', mysql2: 'mysql', 'better-sqlite3': 'better-sqlite3' } as const;

const DRIVERS: Readonly<Record<string, string>> = {
  postgres: 'pg',
  mysql: 'mysql2',
  mariadb: 'mysql2',
  'better-sqlite3': 'better-sqlite3',
};

/** Chooses where experiments are stored, and gives the migrations to the data sources. */
export function storeIn(project: Project, sourceRoot: string, options: InitOptions): Storing {
  const found = options.database === undefined ? findApplicationSource(project, sourceRoot) : undefined;
  if (found === undefined) return ownDatabase(project, options.database);
  const { name, path } = found;
  const commands = findCommandSources(project, options.dataSource);
  if (options.dataSource !== undefined && commands.length === 0) {
    throw new InitFailure(`${options.dataSource} makes no DataSource of options that can be read.`, byHand('the options'));
  }
  const notes = commands.flatMap((place) =>
    extendDataSource(place, { byModule: place.node === found.options?.node, byCommand: true })
      ? []
      : toldByHand(place.source.path),
  );
  if (!extendApplication(found.options, commands)) notes.push(...toldByHand(path));
  if (commands.length > 0) notes.push('Run the migrations, as you run your own, before the application starts.');
  return { properties: ({ quote }) => (name === undefined ? [] : [`dataSource: ${quote}${name}${quote}`]), notes };
}

/** Gives the entities to the application, and the migrations, if it has others or nothing else runs them. */
function extendApplication(
  options: Place<ts.ObjectLiteralExpression> | undefined,
  commands: readonly Place<ts.ObjectLiteralExpression>[],
): boolean {
  if (options === undefined) return false;
  if (commands.some(({ node }) => node === options.node)) return true;
  return extendDataSource(options, {
    byModule: true,
    byCommand: false,
    entitiesAlone: commands.length > 0 && !migrates(options),
  });
}

function migrates({ source, node }: Place<ts.ObjectLiteralExpression>): boolean {
  return propertyOf(source, node, 'migrations') !== undefined;
}

function toldByHand(path: string): string[] {
  return [`By hand: the options of the data source in ${path} can't be changed for you. ${byHand('them').join(' ')}`];
}

function byHand(options: string): string[] {
  return [
    `Add to ${options}: migrations: [...STUDIES_MIGRATIONS], migrationsRun: true`,
    `and, without autoLoadEntities: true, entities: [...STUDIES_ENTITIES].`,
  ];
}

/** Gives the library a database of its own, of the kind whose driver is installed. */
function ownDatabase(project: Project, wanted: string | undefined): Storing {
  const installed = project.json('package.json')['dependencies'] as Readonly<Record<string, unknown>> | undefined; // as npm has it
  const present = (driver: string) => installed?.[driver] !== undefined;
  const driver = Object.keys(BY_DRIVER).find(present);
  const type = wanted ?? Object.entries(BY_DRIVER).find(([name]) => name === driver)?.[1] ?? 'better-sqlite3';
  const needed = DRIVERS[type];
  if (needed === undefined) {
    throw new InitFailure(`"${type}" is no database that can be used. Name one of ${Object.keys(DRIVERS).join(', ')}.`);
  }
  const missing = ['typeorm', needed].filter((name) => !present(name));
  const file = type === 'better-sqlite3';
  return {
    properties: (style) => {
      const where = file ? `database: ${quoted('studies.sqlite', style)}` : `url: process.env[${quoted('DATABASE_URL', style)}]`;
      return [`database: { type: ${quoted(type, style)}, ${where} }`];
    },
    notes: [
      file
        ? 'Experiments are stored in studies.sqlite.'
        : 'Set DATABASE_URL to the address of the database in which experiments are stored.',
      ...(missing.length === 0 ? [] : [`Install what is missing: npm install ${missing.join(' ')}`]),
    ],
  };
}
