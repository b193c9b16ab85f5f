import { AsyncLocalStorage } from 'node:async_hooks';
import type { StudiesError } from '../../base/errors.js';
import { Activity } from './work-under-way.js';
import { systemClock, type Clock } from '../../base/clock.js';
import { Copier } from '../../values/copying/copier.js';
import type { CandidateContext, RunContext } from '../run-context.js';
import type { Identify } from '../../values/default-cleaner.js';
import type { ExperimentDeclaration } from '../declaration.js';
import { DeclaredExperiment } from './declared-experiment.js';
import {
  resolveOptions,
  type CandidateDefinition,
  type ExperimentDefinition,
  type OptionLayer,
  type ResolvedOptions,
} from '../definition.js';
import { Slices } from '../../comparing/slices.js';
import { EventLoopGauge } from '../admission/event-loop.js';
import type { Parts } from '../behaviours.js';
import { ExperimentRunner } from './experiment-runner.js';
import type { RunEnvironment } from './run-environment.js';
import type { Redaction } from '../../values/redaction/redaction.js';
import type { ExperimentOptions } from '../experiment.options.js';
import { NO_ISOLATION, type Isolation } from '../ports/isolation.js';
import { NO_LATE_WORK, type LateWork } from '../ports/late-work.js';
import { OwnContext } from '../../base/own-context.js';
import { NO_LIMITS, type ProcessLimits } from '../process-limits.js';
import type { ExperimentResult } from '../result.js';
import { Turn } from '../../base/event-loop-turn.js';
import { NO_RECORDER, type RunRecorder } from '../ports/run-recorder.js';
import { UserFunctions } from '../ports/user-functions.js';
import type { StudiesOperation } from '../../base/studies-operation.js';

/** Largest number of experiments from which on code can't run others by name. Each takes memory, and rows in the database. */
export const NAMES = 10_000;

/** Settings of an application for its experiments. Until they are known, nothing runs. */
export interface RegistrySettings {
  /** Options for all experiments, later ones over earlier ones. */
  readonly defaults: readonly OptionLayer[];
  readonly clock?: Clock | undefined;
  /** Recorder of runs. By default, nothing is kept. */
  readonly recorder?: RunRecorder | undefined;
  /** Recognises the application's entities. By default, there are none. */
  readonly identify?: Identify | undefined;
  /** Recognises the application's services, which candidates may have. By default, there are none. */
  isService?(instance: object): boolean;
  report(operation: StudiesOperation, error: unknown, experiment: string | undefined): void;
  publish(result: ExperimentResult): void;
  /** Tells whether nobody wants to receive results that match. By default, somebody does. */
  ignoresMatches?(): boolean;
  /** Stops an experiment, which was stopped here, in all processes, with the reason and its version. By default, nothing happens. */
  halt?(experiment: string, reason: string, version: number): void;
  /** Isolation of candidates. By default, nothing is isolated. */
  readonly isolation?: Isolation | undefined;
  /** Containment of errors that candidates throw later. By default, there is none. */
  readonly late?: LateWork | undefined;
  /** Limits of the process. By default, there are none. */
  readonly limits?: ProcessLimits | undefined;
  /** Called for each known experiment, and for each that is added later. */
  added(runner: ExperimentRunner): void;
}

/**
 * Registry of one application's experiments, by name. Its constructor has no dependencies, so that it can be injected into any class with a
 * decorated method, whatever depends on that class.
 */
export class ExperimentRegistry {
  readonly current = new AsyncLocalStorage<RunContext>();
  readonly eventLoop = new EventLoopGauge();
  /** Async context of the module's start. */
  readonly own = new OwnContext();
  readonly activity = new Activity(this.own);
  readonly turn = new Turn(this.own, (error) => this.settings?.report('run', error, undefined));
  /** Async contexts of the application's functions. */
  readonly functions = new UserFunctions(this.current, () => this.settings?.late ?? NO_LATE_WORK);
  readonly copier = new Copier((instance) => this.settings?.isService?.(instance) ?? false);
  readonly #runners = new Map<string, ExperimentRunner>();
  private readonly declared = new Map<ExperimentDeclaration, DeclaredExperiment>();
  private readonly environment: RunEnvironment;
  private settings: RegistrySettings | undefined;
  private others: ReadonlyMap<string, readonly CandidateDefinition[]> = new Map();

  constructor() {
    const recorder = () => this.settings?.recorder ?? NO_RECORDER;
    const identify = () => this.settings?.identify;
    const isolation = () => this.settings?.isolation ?? NO_ISOLATION;
    const late = () => this.settings?.late ?? NO_LATE_WORK;
    const limits = () => this.settings?.limits ?? NO_LIMITS;
    const ignoresMatches = () => this.settings?.ignoresMatches?.() ?? false;
    this.environment = {
      get identify() {
        return identify();
      },
      get recorder() {
        return recorder();
      },
      clock: (behaviour, withCpu, now) => (this.settings?.clock ?? systemClock)(behaviour, withCpu, now),
      copier: this.copier,
      activity: this.activity,
      current: this.current,
      eventLoop: this.eventLoop,
      own: this.own,
      functions: this.functions,
      turn: this.turn,
      slices: new Slices(this.turn, (duration) => this.eventLoop.hold(duration)),
      get isolation() {
        return isolation();
      },
      get late() {
        return late();
      },
      get limits() {
        return limits();
      },
      halt: (...halt) => this.settings?.halt?.(...halt),
      report: (operation, error, experiment) => this.settings?.report(operation, error, experiment),
      publish: (result) => this.settings?.publish(result),
      get ignoresMatches() {
        return ignoresMatches();
      },
    };
  }

  /** Returns the candidate in whose async context this is called, if any. */
  candidate(): CandidateContext | undefined {
    const context = this.current.getStore();
    return context?.kind === 'candidate' ? context : undefined;
  }

  /** Distinguishes a registry from a replacement such as a mock, without running code of it. */
  static is(found: unknown): found is ExperimentRegistry {
    return typeof found === 'object' && found !== null && #runners in found;
  }

  /** Merges an experiment's options with the application's defaults. */
  resolve(options: ExperimentOptions): ResolvedOptions {
    return resolveOptions(...(this.settings?.defaults ?? []), options);
  }

  /** Makes the definition of an experiment in the middle of code. */
  definition(name: string, { controlName, candidates }: Parts, options: ExperimentOptions): ExperimentDefinition {
    return { name, control: controlName, candidates, options: this.resolve(options) };
  }

  /** Tells whether the application's defaults give calls a subject. */
  get hasSubject(): boolean {
    return this.settings?.defaults.some(({ subject }) => subject !== undefined) ?? false;
  }

  all(): ExperimentRunner[] {
    return [...this.#runners.values()];
  }

  find(name: string): ExperimentRunner | undefined {
    return this.#runners.get(name);
  }

  /** Returns the names of an experiment's candidates, as far as this process knows them: from decorators, and from sampled calls. */
  candidatesOf(name: string): string[] {
    const runner = this.#runners.get(name);
    const declared = runner?.declaredBy?.candidates.keys() ?? [];
    const others = this.others.get(name)?.map((other) => other.name) ?? [];
    return [...new Set([...declared, ...others, ...(runner?.sampledCandidates ?? [])])];
  }

  /** Returns the fields that an experiment's code excludes from the comparison, as far as that is decorated or has run here. */
  ignoredPathsOf(name: string): readonly string[] {
    return this.optionsOf(name).ignorePaths;
  }

  /** Returns an experiment's redaction, as far as it is decorated or has run here; without a name, or before that, the application's. */
  redactionOf(name: string | undefined): Redaction | undefined {
    return (name === undefined ? this.resolve({}) : this.optionsOf(name)).redaction;
  }

  /** Returns the options of an experiment's code: of its decorator, or of its latest drawn call. */
  private optionsOf(name: string): ResolvedOptions {
    const runner = this.#runners.get(name);
    return runner?.declaredBy === undefined
      ? (runner?.latestOptions ?? this.resolve({}))
      : this.resolve(runner.declaredBy.options);
  }

  /** Returns the percentage that an experiment starts with if it is new. */
  firstPercent({ percentEnabled }: ExperimentRunner): number {
    return percentEnabled ?? this.resolve({}).percentEnabled;
  }

  /** Reports a failure that belongs to no experiment. */
  report(error: StudiesError): void {
    this.settings?.report('run', error, undefined);
  }

  /** Tells whether code can't run more experiments by name, because it has so many that the names must be made of data. */
  get isFull(): boolean {
    return this.#runners.size >= NAMES;
  }

  /** Returns the runner of an experiment that code runs by name. Adds one if there is none. */
  runner(name: string, percentEnabled?: number): ExperimentRunner {
    return this.#runners.get(name) ?? this.add(name, percentEnabled);
  }

  /**
   * Returns the experiment of a decorated method. The first call registers it. A method whose experiment has the name of another method's
   * runs alone.
   */
  attach(declaration: ExperimentDeclaration): DeclaredExperiment {
    const known = this.declared.get(declaration);
    if (known !== undefined) return known;
    const runner = this.runner(declaration.name, 0);
    runner.declaredBy ??= declaration;
    const declared = new DeclaredExperiment(declaration, runner);
    this.declared.set(declaration, declared);
    this.define(declared);
    return declared;
  }

  /**
   * Completes the registry with the application's settings.
   *
   * @param others candidates that are not methods of the decorated method's class, by the experiment's name
   */
  complete(settings: RegistrySettings, others: ReadonlyMap<string, readonly CandidateDefinition[]>): void {
    this.settings = settings;
    this.others = others;
    for (const declared of this.declared.values()) this.define(declared);
    for (const runner of this.#runners.values()) settings.added(runner);
  }

  /** Adds candidates of classes that the application has loaded since. */
  extend(others: ReadonlyMap<string, readonly CandidateDefinition[]>): void {
    const known = this.others;
    this.others = others;
    for (const declared of this.declared.values()) {
      const { name } = declared.declaration;
      if (known.get(name)?.length !== others.get(name)?.length) this.define(declared);
    }
  }

  private define(declared: DeclaredExperiment): void {
    const { name } = declared.declaration;
    if (this.settings === undefined || this.#runners.get(name)?.declaredBy !== declared.declaration) return;
    declared.define(this.settings.defaults, this.others.get(name));
  }

  private add(name: string, percentEnabled: number | undefined): ExperimentRunner {
    const runner = new ExperimentRunner(name, percentEnabled, this.environment);
    this.#runners.set(name, runner);
    this.settings?.added(runner);
    return runner;
  }
}
