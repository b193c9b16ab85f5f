import type { DynamicModule, ForwardReference, Type } from '@nestjs/common';
import { z } from 'zod';
import { StudiesError } from '../base/errors.js';
import { resolveAdminSettings, type AdminOptions, type AdminSettings } from '../admin/admin.options.js';
import type { ExperimentContext } from '../experiment/experiment-context.js';
import type { ExperimentOptions } from '../experiment/experiment.options.js';
import type { EqualityRule } from '../experiment/option-types.js';
import { check, equalitySchema, nameSchema, optionsSchema, redactSchema } from '../experiment/validation.js';
import type { IsolationSettings } from '../isolation/candidate-isolation.js';
import type { EffectProvider, RequestOptions } from '../effects/effect.options.js';
import { RULE } from '../effects/requests/request-rules.js';
import type { ContextFork } from '../isolation/context-forks/context-fork.js';
import { LoggerPublisher } from '../publishing/logger.publisher.js';
import type { Publisher } from '../publishing/publisher.js';
import type { ProcessLimits } from '../experiment/process-limits.js';
import type { RecorderSettings } from '../recording/writing/recorder.js';
import { readApplicationVersion } from './application-version.js';
import type { StudiesDatabaseOptions } from './database.options.js';
import { StudiesStorage } from './studies.storage.js';
import type { ExperimentHalt } from '../operations/halt.js';
import type { StudiesOperation } from '../base/studies-operation.js';

/** TypeORM's name for the default data source. */
const DEFAULT_DATA_SOURCE = 'default';

/**
 * Callback for failures outside the callers' results. It receives the operation (`compare`, `publish`, `storage`, …), the
 * error, and the name of the experiment, if there is one. Its own errors are only logged.
 *
 * @publicApi
 */
export type OnError = (operation: StudiesOperation, error: unknown, experiment: string | undefined) => unknown;

/**
 * Callback for experiments stopped by a guardrail. It is called in the process that was the first to stop the experiment, or in
 * several while the database is unavailable. Its errors go to `onError`.
 *
 * @publicApi
 */
export type OnHalt = (halt: ExperimentHalt) => unknown;

/**
 * Connections of candidates. A candidate never uses one of the application's.
 *
 * @publicApi
 */
export interface CandidatePoolOptions {
  /**
   * Largest number of connections per data source, 1 to 1 000. The database must allow them in addition to the application's.
   *
   * @default a quarter of the application's own pool, at least 2
   */
  readonly max?: number;
}

/**
 * Options that the factory of `forRootAsync()` returns.
 *
 * @publicApi
 */
export interface StudiesOptions {
  /** With `forRootAsync`, what its `database` leaves open, such as an address that a provider knows. */
  database?: Partial<StudiesDatabaseOptions> | undefined;

  /**
   * Receives the result of every run: a class, created by Nest, or an instance.
   *
   * @default LoggerPublisher
   */
  publisher?: Type<Publisher> | Publisher;

  /** Options for all experiments. An experiment's own options take precedence. */
  defaults?: ExperimentOptions;

  /**
   * Context for all experiments: an object, or a function of a call's arguments. An experiment's own context is merged over it.
   */
  context?: ExperimentContext | ((...args: unknown[]) => ExperimentContext);

  /** Rules of deep equality for all experiments. An experiment's own rules come before them. */
  equality?: 'structural' | readonly EqualityRule[];

  /** Paths of values that never reach a log or the database, in all experiments. An experiment's own paths are added. */
  redact?: readonly string[];

  /**
   * Redacts what is usually secret, in all experiments. See the option of the same name of an experiment.
   *
   * @default true
   */
  redactDefaults?: boolean;

  /**
   * Receives all failures outside the control.
   *
   * @default Nest's logger, at most one line a second for each operation of an experiment
   */
  onError?: OnError;

  /**
   * Release of the application, such as a commit: 1 to 100 characters. Results of different releases are never counted together. So name it
   * after all that the behaviours call, and don't include what differs between processes of one deployment.
   *
   * @default the version in the `package.json` of the application
   */
  release?: string;

  /** Called when a guardrail has stopped an experiment. The stop is logged too. */
  onHalt?: OnHalt;

  /**
   * Forks that copy for a candidate what its caller keeps in `AsyncLocalStorage`s, the outermost first. `nestjs-studies/cls`
   * and `nestjs-studies/typeorm-transactional` provide them for these libraries.
   *
   * @default none
   */
  fork?: readonly ContextFork[];

  /**
   * Providers that send something, such as mailers, queues and caches: `[MailerService, getQueueToken('mail'), { provide: CACHE_MANAGER, reads:
   * ['get'] }]`. What a candidate calls of them is refused, except what `reads` names.
   *
   * @default none
   */
  effects?: readonly EffectProvider[];

  /** Requests of candidates. Those that don't only read are refused. */
  requests?: RequestOptions;

  /** Connections reserved for candidates, for each TypeORM data source. */
  candidatePool?: CandidatePoolOptions;

  /**
   * Largest number of asynchronous candidates in flight in a process, over all experiments, 0 to 1 000 000. Calls beyond it are
   * skipped.
   *
   * @default 100
   */
  maxCandidates?: number;

  /**
   * Largest recent share of busy time of the event loop, 0 to 1. Above it, no candidate is started; 1 means no limit.
   *
   * @default 0.9
   */
  maxEventLoopUtilization?: number;

  /**
   * Largest recent delay of timers, in ms, 1 to 3 600 000. Above it, no candidate is started.
   *
   * @default 100
   */
  maxEventLoopDelay?: number;

  /**
   * For tests: the caller waits for the candidates, and gets a `MismatchError` when one differs.
   *
   * @default false
   */
  raiseOnMismatch?: boolean;

  /**
   * Average time between two refreshes of the settings made elsewhere, in ms, 10 to 3 600 000.
   *
   * @default 1 000
   */
  refreshInterval?: number;

  /**
   * True to listen, on PostgreSQL, on a separate connection for settings made elsewhere, so that they apply at once and not
   * with the next refresh. Turn it off where connections are scarce, or go through a pooler that doesn't support `LISTEN`.
   *
   * @default true
   */
  listen?: boolean;

  /**
   * Longest time that `app.close()` waits for candidates in flight, in ms, 0 to 3 600 000.
   *
   * @default 5 000
   */
  shutdownTimeout?: number;

  /**
   * Longest time until counts are written, in ms, 10 to 3 600 000. A process that is killed loses at most the counts of this
   * time, as long as a write takes no more than a twentieth of it.
   *
   * @default 1 000
   */
  flushInterval?: number;

  /**
   * Largest value that is kept whole with a result, in bytes of JSON, 100 to 50 000. Of a larger one, the beginning is kept.
   *
   * @default 16 384
   */
  maxValueBytes?: number;

  /**
   * Number of results per experiment that a process keeps with their values per minute, 0 to 1 000. All results are counted.
   *
   * @default 10
   */
  samplesPerMinute?: number;

  /**
   * Number of results per experiment that are kept with their values in all, 0 to 100 000. The oldest are removed.
   *
   * @default 1 000
   */
  samplesKept?: number;
}

/**
 * Options that decide the module's routes and entities, and so have to be known before its providers are made.
 *
 * @publicApi
 */
export interface StudiesExtras {
  /**
   * Name of the TypeORM data source that stores the experiments.
   *
   * @default the default data source
   */
  dataSource?: string | undefined;

  /**
   * Database of the library's own, beside whatever the application has: its address and, if needed, more of TypeORM's options. The
   * application needs neither TypeORM's module nor its data sources then.
   *
   * @default none: experiments are stored in `dataSource`
   */
  database?: Partial<StudiesDatabaseOptions> | undefined;

  /**
   * Storage to use instead of a database: a class that Nest creates, with what it injects, or an instance.
   *
   * @default TypeORM, in `dataSource`
   */
  storage?: Type<StudiesStorage> | StudiesStorage | undefined;

  /** Administration over HTTP: its address and access; `false` for none. */
  admin?: AdminOptions | false;

  /** Modules that provide what the publisher, the guards and the factory inject. */
  imports?: (Type<unknown> | DynamicModule | Promise<DynamicModule> | ForwardReference)[];
}

/**
 * Options of `StudiesModule.forRoot()`.
 *
 * @publicApi
 */
export interface StudiesModuleOptions extends Omit<StudiesOptions, 'database'>, StudiesExtras {}

/**
 * Creates the options, for `useClass` and `useExisting`.
 *
 * @publicApi
 */
export interface StudiesOptionsFactory {
  createStudiesOptions(): StudiesOptions | Promise<StudiesOptions>;
}

/** Options with their defaults. */
export interface StudiesSettings {
  readonly publisher: Type<Publisher> | Publisher;
  /** Options for all experiments; later ones override earlier ones. */
  readonly defaults: readonly ExperimentOptions[];
  readonly onError: OnError | undefined;
  readonly onHalt: OnHalt | undefined;
  readonly limits: ProcessLimits;
  readonly isolation: IsolationSettings;
  readonly refreshInterval: number;
  readonly listen: boolean;
  readonly shutdownTimeout: number;
  readonly recording: RecorderSettings;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

const isTokenLike = (value: unknown): boolean => isFunction(value) || typeof value === 'string' || typeof value === 'symbol';

const effectSchema = z.custom<EffectProvider>((value) => {
  if (isTokenLike(value)) return true;
  const { provide, reads = [] } = Object(value) as { provide?: unknown; reads?: unknown };
  return isTokenLike(provide) && Array.isArray(reads) && reads.every((name) => typeof name === 'string');
}, 'must be the token of a provider, or { provide, reads }');

const schema = z
  .strictObject({
    publisher: z.custom<Type<Publisher> | Publisher>(
      (value) => isFunction(value) || isFunction((value as Partial<Publisher> | null)?.publish),
      'must be a class that extends Publisher, or an instance of one',
    ),
    defaults: optionsSchema,
    context: z.custom<ExperimentContext>(
      (value) => isFunction(value) || (typeof value === 'object' && value !== null),
      'must be an object or a function',
    ),
    equality: equalitySchema,
    redact: redactSchema,
    redactDefaults: z.boolean(),
    onError: z.custom<OnError>(isFunction, 'must be a function'),
    onHalt: z.custom<OnHalt>(isFunction, 'must be a function'),
    release: nameSchema,
    fork: z.array(z.custom<ContextFork>(isFunction, 'must be a function')).max(100),
    effects: z.array(effectSchema).max(100),
    requests: z.strictObject({
      allow: z
        .array(z.string().regex(RULE, 'must be a method and an address, such as "POST https://search.internal/*"'))
        .max(1_000)
        .optional(),
    }),
    candidatePool: z.strictObject({ max: z.int().min(1).max(1_000).optional() }),
    maxCandidates: z.int().min(0).max(1_000_000).default(100),
    maxEventLoopUtilization: z.number().min(0).max(1).default(0.9),
    maxEventLoopDelay: z.number().min(1).max(3_600_000).default(100),
    raiseOnMismatch: z.boolean(),
    refreshInterval: z.int().min(10).max(3_600_000).default(1_000),
    listen: z.boolean().default(true),
    shutdownTimeout: z.int().min(0).max(3_600_000).default(5_000),
    flushInterval: z.int().min(10).max(3_600_000).default(1_000),
    maxValueBytes: z.int().min(100).max(50_000).default(16_384),
    samplesPerMinute: z.int().min(0).max(1_000).default(10),
    samplesKept: z.int().min(0).max(100_000).default(1_000),
  })
  .partial({
    publisher: true,
    defaults: true,
    context: true,
    equality: true,
    redact: true,
    redactDefaults: true,
    onError: true,
    onHalt: true,
    release: true,
    raiseOnMismatch: true,
    fork: true,
    candidatePool: true,
    effects: true,
    requests: true,
  });

/**
 * Checks the options, and fills in their defaults. This is the only place that does so.
 *
 * @throws StudiesError when an option is invalid or unknown
 */
export function resolveSettings(options: StudiesOptions): StudiesSettings {
  const checked = check(schema, options, 'The options of StudiesModule');
  const { context, equality, redact, redactDefaults, raiseOnMismatch, defaults = {} } = options;
  const { flushInterval, maxValueBytes, samplesPerMinute, samplesKept, release = readApplicationVersion() } = checked;
  const { maxCandidates, maxEventLoopUtilization, maxEventLoopDelay } = checked;
  const forAll = {
    ...(context !== undefined && { context }),
    ...(equality !== undefined && { equality }),
    ...(redact !== undefined && { redact }),
    ...(redactDefaults !== undefined && { redactDefaults }),
    ...(raiseOnMismatch !== undefined && { raiseOnMismatch }),
  };
  return {
    publisher: checked.publisher ?? LoggerPublisher,
    // A copy, so that later modifications are not used unchecked.
    defaults: [forAll, { ...defaults }],
    onError: checked.onError,
    onHalt: checked.onHalt,
    limits: { maxCandidates, maxEventLoopUtilization, maxEventLoopDelay },
    isolation: {
      fork: checked.fork ?? [],
      poolMax: checked.candidatePool?.max,
      effects: { providers: checked.effects ?? [], allowed: checked.requests?.allow ?? [] },
    },
    refreshInterval: checked.refreshInterval,
    listen: checked.listen,
    shutdownTimeout: checked.shutdownTimeout,
    recording: { flushInterval, maxValueBytes, samplesPerMinute, samplesKept, release },
  };
}

/**
 * Refuses values that are not an object, before any option is read.
 *
 * @throws StudiesError `INVALID_OPTIONS`
 */
export function requireOptions(options: unknown, where: string): void {
  check(z.looseObject({}, 'must be an object'), options, `The options of ${where}`);
}

/** Options that decide routes and entities, with their defaults. */
export interface StudiesPlacement {
  readonly dataSource: string;
  /** What is known so far of a database of the library's own; undefined if there is none. */
  readonly database: object | undefined;
  /** Storage of the application; undefined for TypeORM. */
  readonly storage: Type<StudiesStorage> | StudiesStorage | undefined;
  readonly admin: AdminSettings | false;
  readonly imports: NonNullable<StudiesExtras['imports']>;
}

const extrasSchema = z.object({
  dataSource: z.string().min(1).optional(),
  database: z.looseObject({}, 'must be an object such as { type: "postgres", url }').optional(),
  storage: z
    .custom<Type<StudiesStorage> | StudiesStorage>(
      (value) => value instanceof StudiesStorage || (typeof value === 'function' && value.prototype instanceof StudiesStorage),
      'must be a class that extends StudiesStorage, or an instance of one',
    )
    .optional(),
  admin: z.union([z.literal(false), z.looseObject({})], 'must be an object or false').optional(),
  imports: z.array(z.unknown()).optional(),
});

/**
 * Checks the options that decide routes and entities, and fills in their defaults.
 *
 * @throws StudiesError when an option is invalid
 */
export function readPlacement(extras: StudiesExtras): StudiesPlacement {
  check(extrasSchema, extras, 'The options of StudiesModule');
  const { dataSource, database, storage, admin = {}, imports = [] } = extras;
  requireOnePlace({ dataSource, database, storage });
  return {
    dataSource: dataSource ?? DEFAULT_DATA_SOURCE,
    database,
    storage,
    admin: admin === false ? false : resolveAdminSettings(admin),
    imports,
  };
}

function requireOnePlace(places: Readonly<Record<string, unknown>>): void {
  const named = Object.keys(places).filter((name) => places[name] !== undefined);
  if (named.length < 2) return;
  throw new StudiesError(
    'INVALID_OPTIONS',
    `The options of StudiesModule name ${named.map((name) => `"${name}"`).join(' and ')}, but experiments are stored in one place. Leave out all but one.`,
    { fields: named.map((field) => ({ field, reason: 'stands beside another place' })) },
  );
}

/**
 * Takes the database out of the options that a factory has returned. It is made elsewhere.
 *
 * @throws StudiesError `INVALID_OPTIONS` when it comes too late to be used
 */
export function withoutDatabase({ database, ...options }: StudiesOptions, placement: StudiesPlacement): StudiesOptions {
  if (database === undefined || placement.database !== undefined) return options;
  throw new StudiesError(
    'INVALID_OPTIONS',
    'The factory of StudiesModule.forRootAsync() returns a "database", which must be known earlier. Name its type beside the factory, as in ' +
      '"database: { type: \'postgres\' }". The factory can return the rest.',
    { fields: [{ field: 'database', reason: 'is not named beside the factory' }] },
  );
}
