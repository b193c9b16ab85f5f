import type { Observable } from 'rxjs';
import type { ExperimentContext } from './experiment-context.js';
import type { Observation } from './observation.js';
import type { ExperimentResult } from './result.js';

/**
 * How the behaviours of one run are ordered in time.
 *
 * - `shadow`: the control runs first and its caller gets the value at once; candidates start after it has settled.
 * - `parallel`: all start together; the caller waits for the control alone.
 * - `serial`: one after the other in `order`; the caller waits for all.
 *
 * @publicApi
 */
export type RunMode = 'shadow' | 'parallel' | 'serial';

/** The order of a `serial` run: a rule, or a function that returns the given names in the order to run them. */
export type RunOrder = 'random' | 'controlFirst' | 'controlLast' | ((names: readonly string[]) => readonly string[]);

/** What a behaviour's return type holds when it is there: the resolved value, or the list of what an Observable emitted. */
export type ValueOf<Return> = Awaited<Return> extends Observable<infer Emitted> ? Emitted[] : Awaited<Return>;

/**
 * Any function. `any` because parameters are contravariant: no other type accepts every signature and still lets an
 * option such as `compare` be written without annotations.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyFunction = (...args: any[]) => any;

/** A candidate of a control: takes what the control takes, and gives what it gives, at once or later. */
export type CandidateOf<Control extends AnyFunction> = (
  ...args: Parameters<Control>
) => ReturnType<Control> | Awaited<ReturnType<Control>> | Promise<Awaited<ReturnType<Control>>>;

/** A run about to start, as `runIf` and `beforeRun` see it. */
export interface RunStart<Args extends unknown[] = unknown[]> {
  readonly experiment: string;
  readonly context: ExperimentContext;
  readonly args: Readonly<Args>;
}

/**
 * Whether a difference doesn't count: gets both values (`undefined` for a side that threw) and both observations.
 *
 * @publicApi
 */
export type IgnoreDifference<Value = unknown> = (
  control: Value | undefined,
  candidate: Value | undefined,
  observations: { readonly control: Observation<Value>; readonly candidate: Observation<Value> },
) => boolean;

/**
 * How an experiment runs and compares. One vocabulary for `@Experiment()`, `ExperimentService.run()`, `wrap()` and the
 * module's `defaults`.
 *
 * Every function here is called with `this` = the instance that the method belongs to, is synchronous, and must not change
 * what it is given. One that throws, or returns a promise where a value is due, is reported to `onError` and never reaches a caller.
 *
 * @publicApi
 */
export interface ExperimentOptions<Fn extends AnyFunction = AnyFunction> {
  /**
   * The share of calls in percent, 0 to 100 with at most two decimals, **that a new experiment starts with**. From then on
   * the stored value counts, and this one is not looked at.
   *
   * @default 0
   */
  percentEnabled?: number;

  /**
   * Whom a call is for. With it the percentage is a share of subjects: the same subject is always in or always out, and
   * raising the percentage only adds subjects. `undefined` means that this call draws for itself. If it throws, the
   * control runs alone. Not asked at 0 and at 100 %.
   */
  subject?: (...args: Parameters<Fn>) => string | undefined;

  /** What to know about a run: an object, or a function of the arguments. Merged over the module's `context`. */
  context?: ExperimentContext | ((...args: Parameters<Fn>) => ExperimentContext);

  /** What to know about a single behaviour, by its name; merged over `context` on its observation. */
  contexts?: Readonly<Record<string, ExperimentContext | ((...args: Parameters<Fn>) => ExperimentContext)>>;

  /** Whether a drawn call runs the experiment. If it throws, the control runs alone. */
  runIf?: (run: RunStart<Parameters<Fn>>) => boolean;

  /** Called before the control, only when the experiment runs. A promise it returns is not waited for. */
  beforeRun?: (run: RunStart<Parameters<Fn>>) => unknown;

  /** Called with the result, only when the experiment has run. A promise it returns is not waited for. */
  afterRun?: (result: ExperimentResult<ValueOf<ReturnType<Fn>>>) => unknown;

  /**
   * Whether two values are the same. Called only when neither side threw; if it throws, they are not.
   *
   * @default deep equality, as `util.isDeepStrictEqual` has it, in slices and within `compareBudget`
   */
  compare?: (control: ValueOf<ReturnType<Fn>>, candidate: ValueOf<ReturnType<Fn>>) => boolean;

  /**
   * Whether two thrown errors are the same. If it throws, they are not.
   *
   * @default same class and same message
   */
  compareErrors?: (control: unknown, candidate: unknown) => boolean;

  /**
   * Which differences don't count: one function or several, tried until one returns true. Called only for differences, with
   * the values (`undefined` for a side that threw) and both observations.
   */
  ignore?: IgnoreDifference<ValueOf<ReturnType<Fn>>> | readonly IgnoreDifference<ValueOf<ReturnType<Fn>>>[];

  /**
   * Fields that are left out of the comparison, as summaries name them, added to those of the module and of an operator:
   * `$.items[*].price`, `$['any name']`, `$.list[3]`, `$.prices.*`. Two values that differ are the same if they are deeply equal
   * without these. The fields are those of the values themselves: where `clean` makes something else of them, or they hold entities,
   * a summary names the fields of what is published, such as `$.User[*]`, and these name nothing here. Of values alone: errors have
   * none. At most 200.
   */
  ignorePaths?: readonly string[];

  /**
   * Tells how two values differ, from the `cleanedValue` of both, in which nothing is that `clean` or `redact` leaves out: makes the `diff` of a candidate's observation, which is published and kept with the result. Called
   * only for a mismatch of two values, when it is first asked for. If it throws, there is none.
   */
  diff?: (control: unknown, candidate: unknown) => unknown;

  /**
   * Makes `cleanedValue`, which is what gets published; comparing uses the value itself. Not called for `null` and
   * `undefined`. If it throws, the default does.
   *
   * @default entities become their class and id, `{ entity: 'User', id: 5 }`, a list of entities the ids by class,
   *   `{ User: [1, 2] }`; anything else stays itself
   */
  clean?: (value: ValueOf<ReturnType<Fn>>) => unknown;

  /**
   * Paths of values that never reach a log, a publisher's `cleanedValue` or the database, added to those of the module: `password`
   * is every property of that name, `headers.authorization` every `authorization` directly in a `headers`, `*` any one property or
   * index. They are looked for at any depth of values, errors and contexts, in any case of letters. What is found becomes
   * `[Redacted]`, whatever it is.
   *
   * With paths, `cleanedValue` and contexts are plain copies, as JSON can hold them, cut where they are large. `value` and `error` of observations stay
   * whole, since they are compared: a publisher uses `cleanedValue`, `toJSON()` or `toString()`.
   */
  redact?: readonly string[];

  /** @default 'shadow' */
  mode?: RunMode;

  /**
   * The order of a `serial` run.
   *
   * @default 'random'
   */
  order?: RunOrder;

  /**
   * ms after which a candidate counts as `timedOut` and its `AbortSignal` fires, 1 to 2 147 483 647.
   *
   * @default 10 000
   */
  timeout?: number;

  /**
   * Candidates of this experiment in flight in this process; a call beyond it is skipped.
   *
   * @default 10
   */
  maxConcurrent?: number;

  /**
   * For tests: the caller waits for the candidates, and gets a `MismatchError` when one differs. A synchronous method can't
   * wait for an asynchronous candidate; such a difference is reported to `onError` instead.
   *
   * @default false
   */
  raiseOnMismatch?: boolean;

  /**
   * Whether callers' values are copied, so that nobody sees what another does to them: `'none'` is for code that promises that neither
   * the control, the candidates nor the caller change what they are given.
   *
   * @default 'copy'
   */
  isolate?: 'copy' | 'none';

  /**
   * ms that copying the arguments and the value of one call may take of its caller, 0.01 to 1 000. A call whose values need more runs
   * the control alone: it is skipped, as `tooLarge`.
   *
   * @default 1
   */
  copyBudget?: number;

  /**
   * ms of CPU that comparing one run may take, 1 to 60 000, in pieces with turns of the event loop between them. A run whose values need
   * more is skipped, as `tooLarge`.
   *
   * @default 100
   */
  compareBudget?: number;

  /**
   * Makes the arguments of the candidates, in the caller's turn, from those of the call. For calls with arguments that are used up or call
   * back (streams, iterators, callbacks, sockets, `AbortSignal`s), which never reach a candidate; without it, such a call is skipped, as
   * `liveArguments`. What it gives is copied for each candidate as arguments are. If it throws, the call runs the control alone.
   */
  candidateArgs?: (...args: Parameters<Fn>) => readonly unknown[];

  /**
   * What becomes of a call that is made in a transaction of its caller's. `'skip'`: it runs the control alone, as `callersTransaction`.
   * `'detached'`: its candidates run outside of the transaction, and see only what is committed. No statement of a candidate is ever
   * sent in its caller's transaction.
   *
   * @default 'skip'
   */
  inTransaction?: 'skip' | 'detached';

  /** Makes the error that `raiseOnMismatch` raises instead of a `MismatchError`. */
  raiseWith?: (result: ExperimentResult<ValueOf<ReturnType<Fn>>>) => unknown;

  /**
   * Whether the control is run once more after a candidate that differs or throws, when all else has settled: if it now gives what
   * the candidate gave, the data moved in between, and the difference is ignored, as `drifted`. Inside of it,
   * `ExperimentService.current()` names the control. Its side effects happen again.
   *
   * @default false
   */
  recheck?: boolean;

  /**
   * The share in percent of the runs, 0 to 100 with at most two decimals, in which the control is run a second time, when all else has
   * settled, and compared with itself: how often it differs is noise. It is only recorded. Inside of it,
   * `ExperimentService.current()` names the control. Its side effects happen again.
   *
   * @default 0
   */
  noise?: number;

  /**
   * Whether what comes of runs is counted, measured and kept in the database.
   *
   * @default true
   */
  record?: boolean;

  /**
   * Whether values, errors' messages and contexts are kept in the database with the results that are. Without them, what is kept
   * is which fields differ, which errors' classes were thrown, and durations.
   *
   * @default true
   */
  recordValues?: boolean;
}
