import type { DataSource } from 'typeorm';
import type { CandidateIsolation } from '../isolation/candidate-isolation.js';
import { readControl, readParts, type Parts } from '../experiment/behaviours.js';
import { callControl } from '../experiment/run/call-control.js';
import type { CurrentCandidate } from '../experiment/run-context.js';
import type { ExperimentDefinition } from '../experiment/definition.js';
import { StudiesError } from '../base/errors.js';
import { NAMES, type ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import type { ExperimentRun } from '../experiment/run/experiment-run.js';
import type { ExperimentRunner } from '../experiment/run/experiment-runner.js';
import { failureText } from '../values/failure-text.js';
import { isObject } from '../values/kind-of.js';
import type { ExperimentOptions } from '../experiment/experiment.options.js';
import type { AnyFunction, CandidateOf } from '../experiment/option-types.js';
import { check, runSchema } from '../experiment/validation.js';
import type { ExperimentEpochs } from '../reports/experiment-epochs.js';
import type { ExperimentReceipts } from '../reports/receipt/experiment-receipts.js';
import type { ExperimentReceipt } from '../reports/receipt/receipt.js';
import type { ExperimentResults } from '../reports/experiment-results.js';
import type { Recorder } from '../recording/writing/recorder.js';
import type { RecordedResultPage, RecordedResultQuery } from '../recording/storage/recorded-result.js';
import type { RecordedEpoch } from '../reports/recorded-epoch.js';
import type { ExperimentSummary } from '../reports/summary.js';
import type { ExperimentCatalog } from '../operations/experiment-catalog.js';
import type { ExperimentPage, ExperimentQuery } from '../storage/experiment-query.js';
import type { ChangedExperiment, ExperimentChange, ExperimentRow } from '../storage/experiment-row.js';
import type { ExperimentCache } from '../sync/experiment-cache.js';
import type { ChangeOptions, HistoryPage, HistoryQuery } from '../operations/history/change-record.js';
import type { ExperimentHistory } from '../operations/history/experiment-history.js';

/**
 * An experiment in the middle of code: its name, its behaviours as functions, and its options.
 *
 * @publicApi
 */
export interface RunOptions<Fn extends AnyFunction = AnyFunction> extends ExperimentOptions<Fn> {
  /** Unique in the application, 1 to 100 characters. */
  name: string;
  /** Existing behaviour. Its result is the caller's. */
  control: Fn;
  /** Candidate, if there is only one. */
  candidate?: CandidateOf<Fn>;
  /** Candidates by name. */
  candidates?: Readonly<Record<string, CandidateOf<Fn>>>;
}

/**
 * An experiment without a separate control: one of its candidates takes that part.
 *
 * @publicApi
 */
export interface RunNamedOptions<Fn extends AnyFunction = AnyFunction> extends ExperimentOptions<Fn> {
  /** Unique in the application, 1 to 100 characters. */
  name: string;
  /** Behaviours by name. */
  candidates: Readonly<Record<string, Fn>>;
  /** Name of the behaviour whose result is the caller's. */
  run: string;
}

/**
 * Parts of the service.
 *
 * @internal
 */
export interface ServiceParts {
  readonly registry: ExperimentRegistry;
  readonly catalog: ExperimentCatalog;
  readonly cache: ExperimentCache;
  readonly results: ExperimentResults;
  readonly epochs: ExperimentEpochs;
  readonly receipts: ExperimentReceipts;
  readonly recorder: Recorder;
  readonly history: ExperimentHistory;
  readonly isolation: CandidateIsolation;
}

/** Number of reported invalid calls that are remembered. */
const REMEMBERED_REPORTS = 1_000;

type AnyRunOptions = RunOptions | RunNamedOptions;

/**
 * Runs experiments in the middle of code, and lets operators inspect and change all of them.
 *
 * @publicApi
 */
export class ExperimentService {
  private readonly reported = new Set<string>();
  private hasReportedTooMany = false;

  /** @internal Nest makes it. */
  constructor(private readonly parts: ServiceParts) {}

  /**
   * Calls the control and returns its result: a value, a promise, an Observable, or the error that it throws. If the call is
   * sampled, the candidates run beside it. The first call of a new name stores the experiment in the background, and is not
   * sampled.
   *
   * Only the first call of a name in a process is refused for invalid options. A later invalid call runs its control alone, and
   * is reported once, as `run`. So no call fails because it is sampled.
   *
   * @throws StudiesError when there is no control, when a decorated method has the experiment's name, and, at the first call of
   * a name, when an option is invalid or two behaviours have the same name
   */
  run<Value>(options: RunOptions<() => Value>): Value;
  run<Value>(options: RunNamedOptions<() => Value>): Value;
  run(options: AnyRunOptions): unknown {
    requireObject('run', options);
    const { name } = options;
    const known = this.parts.registry.find(name);
    const runner = known?.declaredBy === undefined && known !== undefined ? known : this.first(options);
    if (runner === undefined) return (readControl(name, options) as () => unknown)(); // typed as any function
    const control = readControl(name, options) as () => unknown; // typed as any function
    const run = runner.isOff() ? undefined : this.prepared(runner, options, control);
    return callControl(run, control, undefined, []);
  }

  /**
   * Creates a function with the control's signature that runs the experiment, for hot paths. What `run` looks up at each call
   * is looked up once, so later changes to the options have no effect. Behaviours get the function's arguments and its `this`.
   *
   * @throws StudiesError when an option is invalid, when there is no control, when two behaviours have the same name, or when a
   * decorated method has the experiment's name
   */
  wrap<Fn extends AnyFunction>(options: RunOptions<Fn>): Fn;
  wrap<Fn extends AnyFunction>(options: RunNamedOptions<Fn>): Fn;
  wrap(given: AnyRunOptions): AnyFunction {
    requireObject('wrap', given);
    const options = { ...given };
    const parts = checked(options);
    if (this.isOneTooMany(options)) {
      this.reportTooMany(options.name);
      return parts.control;
    }
    const runner = this.runnerFor(options);
    let definition: ExperimentDefinition | undefined;
    const { control } = parts;
    const prepared = (self: unknown, args: unknown[]) =>
      this.unlessWrong(runner, () => runner.prepare((definition ??= this.definitionOf(options, parts)), control, self, args));
    const call = function (this: unknown, ...args: unknown[]): unknown {
      const run = runner.isOff() ? undefined : prepared(this, args);
      return run === undefined ? control.apply(this, args) : callControl(run, control, this, args);
    };
    const { name, length } = control;
    return Object.defineProperties(call, { name: { value: name }, length: { value: length } });
  }

  /** Returns the experiment as it is stored now. */
  find(name: string): Promise<ExperimentRow | undefined> {
    return this.parts.catalog.find(name);
  }

  /**
   * Returns stored experiments, filtered, sorted and by pages.
   *
   * @throws StudiesError `INVALID_OPTIONS` when the query is invalid
   */
  findAll(query: ExperimentQuery = {}): Promise<ExperimentPage> {
    return this.parts.catalog.findAll(query);
  }

  /**
   * Changes the settings of an experiment. This process obeys at once, the others as soon as they learn of it, which on
   * PostgreSQL is at once too. The change is stored on a connection of the library's own. It does not join a transaction that
   * is open here, and is not rolled back with it.
   *
   * With `percentEnabled: 0`, this process obeys before the database is involved. If the database can't store the change within
   * 2 s, `stored` is false. The experiment then stays off here, and is stored in the background as soon as possible, unless
   * somebody has changed it since.
   *
   * @param options `version`: version that the change is made for; without it, the change is made regardless of changes by
   * others. `actor`: author, for the history
   * @throws StudiesError `NOT_FOUND`, `INVALID_CHANGE`, `VERSION_CONFLICT`; nothing is changed then
   */
  update(name: string, change: ExperimentChange, options?: ChangeOptions): Promise<ChangedExperiment> {
    return this.parts.catalog.change(name, change, options);
  }

  /**
   * Sets the percentage of calls that run the experiment.
   *
   * @param percent 0 to 100 with at most two decimals; 0 is off
   * @throws StudiesError like `update`
   */
  setPercentEnabled(name: string, percent: number, options?: ChangeOptions): Promise<ChangedExperiment> {
    return this.update(name, { percentEnabled: percent }, options);
  }

  /** Turns an experiment on. Throws like `update`. */
  enable(name: string, percent = 100, options?: ChangeOptions): Promise<ChangedExperiment> {
    return this.setPercentEnabled(name, percent, options);
  }

  /**
   * Turns an experiment off for everybody. This process obeys at once, whatever the state of the database. Throws like
   * `update`.
   */
  disable(name: string, options?: ChangeOptions): Promise<ChangedExperiment> {
    return this.setPercentEnabled(name, 0, options);
  }

  /**
   * Removes an experiment from the storage, with all its recorded results. If it is still in the code, its next call creates it
   * again.
   *
   * @param options as for `update`
   * @throws StudiesError `NOT_FOUND`, `VERSION_CONFLICT`
   */
  remove(name: string, options?: ChangeOptions): Promise<void> {
    return this.parts.results.remove(name, options);
  }

  /**
   * Returns the summary of an experiment: how often its candidates differ, where, how fast they are, and whether it is safe to
   * switch. It covers all processes, as far as they have written their results.
   *
   * @param options `epoch`: number of the epoch, as `epochs` returns it; by default, that of the code that runs now
   * @throws StudiesError `NOT_FOUND`
   */
  summary(name: string, { epoch }: { readonly epoch?: number | undefined } = {}): Promise<ExperimentSummary> {
    return this.parts.results.summary(name, epoch);
  }

  /**
   * Returns the states of an experiment's code that results belong to, since the last purge, the newest first. A new one begins by itself
   * with each release, and with each change of the code or of what counts as a difference. The last 20 are kept.
   *
   * @throws StudiesError `NOT_FOUND`
   */
  epochs(name: string): Promise<RecordedEpoch[]> {
    return this.parts.epochs.list(name);
  }

  /**
   * Returns the receipt of an experiment, a document to keep: the verdict, what it rests on, and what was not observed. It holds no
   * recorded values.
   *
   * @param options `epoch`: number of the epoch, as `epochs` returns it; by default, that of the code that runs now
   * @throws StudiesError `NOT_FOUND`
   */
  receipt(name: string, { epoch }: { readonly epoch?: number | undefined } = {}): Promise<ExperimentReceipt> {
    return this.parts.receipts.of(name, epoch);
  }

  /**
   * Returns recorded results with the observations of both sides, the newest first.
   *
   * @throws StudiesError `NOT_FOUND`, `INVALID_OPTIONS`
   */
  results(name: string, query: RecordedResultQuery = {}): Promise<RecordedResultPage> {
    return this.parts.results.results(name, query);
  }

  /**
   * Removes all recorded results of an experiment. The experiment stays as it is, and continues counting from zero.
   *
   * @throws StudiesError `NOT_FOUND`
   */
  purge(name: string, options?: Pick<ChangeOptions, 'actor'>): Promise<void> {
    return this.parts.results.purge(name, options);
  }

  /**
   * Returns the changes of an experiment with author and time, the newest first: settings, stops by guardrails, purges and the
   * removal. Also works for a removed experiment.
   *
   * @throws StudiesError `INVALID_OPTIONS`
   */
  history(name: string, query: HistoryQuery = {}): Promise<HistoryPage> {
    return this.parts.history.find(name, query);
  }

  /** Returns the candidate that this code runs in, with its `AbortSignal`; undefined outside candidates. */
  current(): CurrentCandidate | undefined {
    return this.parts.registry.candidate();
  }

  /**
   * Resolves once everything in flight has settled, is published, and is written. A call is in flight from the moment when its
   * control has settled, so await the results of calls first.
   */
  async whenIdle(): Promise<void> {
    await this.parts.registry.activity.whenIdle();
    await Promise.all([this.parts.cache.flush(), this.parts.recorder.flush()]);
  }

  /** Returns the experiment for a name that this process has not run so far; undefined if there are too many. */
  /**
   * Keeps candidates out of the transactions and connections of a data source that is no provider, such as one for each tenant. Data sources
   * that are providers are guarded anyway. Call it before the data source is used.
   */
  guard(source: DataSource): void {
    this.parts.isolation.guardSource(source);
  }

  private first(options: AnyRunOptions): ExperimentRunner | undefined {
    checked(options);
    if (!this.isOneTooMany(options)) return this.runnerFor(options);
    this.reportTooMany(options.name);
    return undefined;
  }

  private isOneTooMany({ name }: AnyRunOptions): boolean {
    const { registry } = this.parts;
    return registry.isFull && registry.find(name) === undefined;
  }

  private reportTooMany(name: string): void {
    if (this.hasReportedTooMany) return;
    this.hasReportedTooMany = true;
    const fact = `Experiment "${name}" is one too many: this process has ${NAMES} already. Calls of further names run their control alone`;
    const remedy = 'Make names of what is compared, and give what differs between calls as "context". (Reported once.)';
    this.parts.registry.report(new StudiesError('TOO_MANY_EXPERIMENTS', `${fact}. ${remedy}`, { experiment: name }));
  }

  /** Prepares a run if the call is sampled. Never throws. */
  private prepared(runner: ExperimentRunner, options: AnyRunOptions, control: () => unknown): ExperimentRun | undefined {
    return this.unlessWrong(runner, () => {
      const hasSubject = options.subject !== undefined || this.parts.registry.hasSubject;
      if (!runner.sampler.mayDraw(hasSubject)) return undefined;
      return runner.prepare(this.definitionOf(options, checked(options)), control, undefined, [], !hasSubject);
    });
  }

  /** Reports once if a sampled call is invalid. The call then runs its control alone, as if it were not sampled. */
  private unlessWrong(runner: ExperimentRunner, prepare: () => ExperimentRun | undefined): ExperimentRun | undefined {
    try {
      return prepare();
    } catch (error) {
      this.reportOnce(runner, error);
      return undefined;
    }
  }

  private reportOnce(runner: ExperimentRunner, error: unknown): void {
    const { message } = failureText(error);
    const key = `${runner.name} ${message}`;
    if (this.reported.has(key)) return;
    if (this.reported.size === REMEMBERED_REPORTS) this.reported.clear();
    this.reported.add(key);
    const fact = `A call of experiment "${runner.name}" can't be compared, and runs its control alone: ${message} (Reported once.)`;
    runner.state.report('run', new StudiesError('INVALID_OPTIONS', fact, { experiment: runner.name }, { cause: error }));
  }

  private runnerFor({ name, percentEnabled }: AnyRunOptions): ExperimentRunner {
    const runner = this.parts.registry.runner(name, percentEnabled);
    if (runner.declaredBy === undefined) return runner;
    throw new StudiesError(
      'DUPLICATE_EXPERIMENT',
      `Experiment "${name}" belongs to ${runner.declaredBy.where}, which is decorated with it. Give one of the two another name.`,
      { experiment: name },
    );
  }

  private definitionOf(options: AnyRunOptions, parts: Parts): ExperimentDefinition {
    return this.parts.registry.definition(options.name, parts, options);
  }
}

/** @throws StudiesError when an option is invalid */
function checked(options: AnyRunOptions): Parts {
  const parts = readParts(options.name, options);
  check(runSchema, options, `Experiment "${options.name}"`);
  return parts;
}

function requireObject(method: string, options: unknown): void {
  if (isObject(options)) return;
  throw new StudiesError(
    'INVALID_OPTIONS',
    `The options of ExperimentService.${method}(): must be an object with a name and a control.`,
  );
}
