import type { DynamicModule, ForwardReference, Type } from '@nestjs/common';
import { z } from 'zod';
import { resolveAdminSettings, type AdminOptions, type AdminSettings } from '../admin/admin.options.js';
import type { ExperimentContext } from '../experiment/experiment-context.js';
import type { ExperimentOptions } from '../experiment/experiment.options.js';
import { check, optionsSchema, redactSchema } from '../experiment/validation.js';
import type { IsolationSettings } from '../isolation/candidate-isolation.js';
import type { ContextFork } from '../isolation/forks/context-fork.js';
import { LoggerPublisher } from '../publishing/logger.publisher.js';
import type { Publisher } from '../publishing/publisher.js';
import type { ProcessLimits } from '../experiment/process-limits.js';
import type { RecorderSettings } from '../recording/writing/recorder.js';
import { StudiesStorage } from './studies.storage.js';
import type { ExperimentHalt } from '../operations/halt.js';
import type { StudiesOperation } from '../base/operation.js';

/** TypeORM's own name for the data source that has none. */
const DEFAULT_DATA_SOURCE = 'default';

/**
 * What fails beside the callers: called with the operation (`compare`, `publish`, `storage`, …), what was thrown, and the name of
 * the experiment, if it was one. What it throws itself is only logged.
 *
 * @publicApi
 */
export type OnError = (operation: StudiesOperation, error: unknown, experiment: string | undefined) => unknown;

/**
 * Takes that a guardrail has stopped an experiment: in the process that was the first to stop it, or in several while the database is
 * away. What it throws or rejects goes to `onError`.
 *
 * @publicApi
 */
export type OnHalt = (halt: ExperimentHalt) => unknown;

/**
 * The connections of candidates. A candidate never takes one of the application's.
 *
 * @publicApi
 */
export interface CandidatePoolOptions {
  /**
   * How many there are at the most for a data source, 1 to 1 000. The database has to take them beside the application's.
   *
   * @default a quarter of the application's own pool, at least 2
   */
  readonly max?: number;
}

/**
 * What the factory of `forRootAsync()` gives.
 *
 * @publicApi
 */
export interface StudiesOptions {
  /**
   * Takes the result of every run: a class, made by Nest, or an instance.
   *
   * @default LoggerPublisher
   */
  publisher?: Type<Publisher> | Publisher;

  /** Options for all experiments; an experiment's own come first. */
  defaults?: ExperimentOptions;

  /** Context for all experiments: an object, or a function of a call's arguments. An experiment's own is merged over it. */
  context?: ExperimentContext | ((...args: unknown[]) => ExperimentContext);

  /** Paths of values that never reach a log or the database, in all experiments; an experiment's own are added. */
  redact?: readonly string[];

  /**
   * Takes the failures of everything that is not the control.
   *
   * @default Nest's logger, at most one line a second for each operation of an experiment
   */
  onError?: OnError;

  /** Takes that a guardrail has stopped an experiment, which is logged too. */
  onHalt?: OnHalt;

  /**
   * How a candidate gets copies of what its caller keeps in `AsyncLocalStorage`s, the outermost first. `nestjs-studies/cls` and
   * `nestjs-studies/typeorm-transactional` have those for these libraries.
   *
   * @default none
   */
  fork?: readonly ContextFork[];

  /** The connections that candidates have for themselves, for each TypeORM data source. */
  candidatePool?: CandidatePoolOptions;

  /**
   * Asynchronous candidates of all experiments in flight in a process, 0 to 1 000 000; a call beyond it is skipped.
   *
   * @default 100
   */
  maxCandidates?: number;

  /**
   * The share of the time, 0 to 1, in which the event loop was at work lately, above which no candidate is started; 1 is no limit.
   *
   * @default 0.9
   */
  maxEventLoopUtilization?: number;

  /**
   * How late timers were lately, in ms, above which no candidate is started, 1 to 3 600 000.
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
   * ms, on average, between two looks at what operators have set elsewhere, 10 to 3 600 000.
   *
   * @default 1 000
   */
  refreshInterval?: number;

  /**
   * Whether, on PostgreSQL, a connection of its own listens for what operators set elsewhere, so that it is obeyed at once and not
   * with the next look. Off where connections are few, or go through a pooler that can't `LISTEN`.
   *
   * @default true
   */
  listen?: boolean;

  /**
   * ms that `app.close()` waits for candidates in flight, 0 to 3 600 000.
   *
   * @default 5 000
   */
  shutdownTimeout?: number;

  /**
   * ms within which what was counted is written, 10 to 3 600 000: a process that is killed loses at most what it has counted in so
   * long, where writing takes no more than a twentieth of it.
   *
   * @default 1 000
   */
  flushInterval?: number;

  /**
   * The largest value that is kept whole with a result, in bytes of JSON, 100 to 50 000; of a larger one the beginning is kept.
   *
   * @default 16 384
   */
  maxValueBytes?: number;

  /**
   * How many results of an experiment a process keeps with their values in a minute, 0 to 1 000; all are counted.
   *
   * @default 10
   */
  samplesPerMinute?: number;

  /**
   * How many results of an experiment are kept with their values in all, 0 to 100 000; the oldest are removed.
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
   * The name of the TypeORM data source that keeps the experiments.
   *
   * @default the default data source
   */
  dataSource?: string;

  /**
   * Where to keep everything instead of in the data source: a class that Nest makes, with what it injects, or an instance. `dataSource` is
   * not used then.
   *
   * @default TypeORM, in `dataSource`
   */
  storage?: Type<StudiesStorage> | StudiesStorage;

  /** The administration over HTTP: where it is, and who may come in; `false` for none. */
  admin?: AdminOptions | false;

  /** Modules with what the publisher, the guards and the factory inject. */
  imports?: (Type<unknown> | DynamicModule | Promise<DynamicModule> | ForwardReference)[];
}

/**
 * What `StudiesModule.forRoot()` takes.
 *
 * @publicApi
 */
export interface StudiesModuleOptions extends StudiesOptions, StudiesExtras {}

/**
 * Makes the options, for `useClass` and `useExisting`.
 *
 * @publicApi
 */
export interface StudiesOptionsFactory {
  createStudiesOptions(): StudiesOptions | Promise<StudiesOptions>;
}

/** The options with their defaults. */
export interface StudiesSettings {
  readonly publisher: Type<Publisher> | Publisher;
  /** Options for all experiments, later ones over earlier ones. */
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
    redact: redactSchema,
    onError: z.custom<OnError>(isFunction, 'must be a function'),
    onHalt: z.custom<OnHalt>(isFunction, 'must be a function'),
    fork: z.array(z.custom<ContextFork>(isFunction, 'must be a function')).max(100),
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
    redact: true,
    onError: true,
    onHalt: true,
    raiseOnMismatch: true,
    fork: true,
    candidatePool: true,
  });

/**
 * Checks the options, and fills in their defaults: the one place where this is done.
 *
 * @throws StudiesError when an option is wrong or not known
 */
export function resolveSettings(options: StudiesOptions): StudiesSettings {
  const checked = check(schema, options, 'The options of StudiesModule');
  const { context, redact, raiseOnMismatch, defaults = {} } = options;
  const { flushInterval, maxValueBytes, samplesPerMinute, samplesKept } = checked;
  const { maxCandidates, maxEventLoopUtilization, maxEventLoopDelay } = checked;
  const forAll = {
    ...(context !== undefined && { context }),
    ...(redact !== undefined && { redact }),
    ...(raiseOnMismatch !== undefined && { raiseOnMismatch }),
  };
  return {
    publisher: checked.publisher ?? LoggerPublisher,
    // A copy: what is changed after it was checked is not used.
    defaults: [forAll, { ...defaults }],
    onError: checked.onError,
    onHalt: checked.onHalt,
    limits: { maxCandidates, maxEventLoopUtilization, maxEventLoopDelay },
    isolation: { fork: checked.fork ?? [], poolMax: checked.candidatePool?.max },
    refreshInterval: checked.refreshInterval,
    listen: checked.listen,
    shutdownTimeout: checked.shutdownTimeout,
    recording: { flushInterval, maxValueBytes, samplesPerMinute, samplesKept },
  };
}

/**
 * Refuses what are no options at all, before anything is looked up in them.
 *
 * @throws StudiesError `INVALID_OPTIONS`
 */
export function requireOptions(options: unknown, where: string): void {
  check(z.looseObject({}, 'must be an object'), options, `The options of ${where}`);
}

/** What decides routes and entities, with its defaults. */
export interface StudiesPlacement {
  readonly dataSource: string;
  /** Undefined for TypeORM. */
  readonly storage: Type<StudiesStorage> | StudiesStorage | undefined;
  readonly admin: AdminSettings | false;
  readonly imports: NonNullable<StudiesExtras['imports']>;
}

const extrasSchema = z.object({
  dataSource: z.string().min(1).optional(),
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
 * Checks what decides routes and entities, and fills in its defaults.
 *
 * @throws StudiesError when an option is wrong
 */
export function readPlacement(extras: StudiesExtras): StudiesPlacement {
  check(extrasSchema, extras, 'The options of StudiesModule');
  const { dataSource = DEFAULT_DATA_SOURCE, storage, admin = {}, imports = [] } = extras;
  return { dataSource, storage, admin: admin === false ? false : resolveAdminSettings(admin), imports };
}
