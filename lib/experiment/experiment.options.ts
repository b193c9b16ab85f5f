import type { Subject } from './draw.js';
import type { ExperimentContext } from './experiment-context.js';
import type { ReadTime } from './read-time.js';
import type { WriteMode } from './write-mode.js';
import type { ExperimentResult } from './result.js';
import type {
  RunMode,
  RunOrder,
  ValueOf,
  AnyFunction,
  AnyClass,
  EqualityRule,
  RunStart,
  IgnoreDifference,
} from './option-types.js';

/**
 * Options of an experiment: how it runs, compares and records. The same for `@Experiment()`, `ExperimentService.run()`, `wrap()` and the
 * module's `defaults`.
 *
 * Every function here is called with `this` = the instance that the method belongs to. It must be synchronous unless its option says
 * otherwise, and must not change its arguments. If one throws, or returns a promise where a value is needed, that is reported to `onError`
 * and never reaches a caller.
 *
 * @publicApi
 */
export interface ExperimentOptions<Fn extends AnyFunction = AnyFunction> {
  /**
   * Share of calls in percent, 0 to 100 with at most two decimals, **that a new experiment starts with**. From then on the stored value
   * counts, and this option has no effect.
   *
   * @default 0
   */
  percentEnabled?: number;

  /**
   * Returns whom a call is for, such as the id of a user. With this option, the percentage is a share of subjects: the same subject is
   * always in or always out, and raising the percentage only adds subjects. If it returns `undefined` or `null`, the call is drawn on its
   * own; if it never returns anything else, that is reported. If it throws, the control runs alone. Not called at 0 and at 100 %.
   */
  subject?: (...args: Parameters<Fn>) => Subject | null | undefined;

  /** Context of a run: an object, or a function of the arguments. Merged over the module's `context`. */
  context?: ExperimentContext | ((...args: Parameters<Fn>) => ExperimentContext);

  /** Contexts of single behaviours, by name. Each is merged over `context` on the behaviour's observation. */
  contexts?: Readonly<Record<string, ExperimentContext | ((...args: Parameters<Fn>) => ExperimentContext)>>;

  /** Decides whether a drawn call runs the experiment. If it throws, the control runs alone. */
  runIf?: (run: RunStart<Parameters<Fn>>) => boolean;

  /** Called before the control, only when the experiment runs. A promise that it returns is not awaited. */
  beforeRun?: (run: RunStart<Parameters<Fn>>) => unknown;

  /** Called with the result, only when the experiment has run. A promise that it returns is not awaited. */
  afterRun?: (result: ExperimentResult<ValueOf<ReturnType<Fn>>>) => unknown;

  /**
   * Decides whether two values are the same. Called only if neither side threw. If it throws, the values are different.
   *
   * @default deep equality, in slices and within `compareBudget`. A run whose values hold something that can't be read, such as an instance
   * with private state, is skipped as `notComparable`, unless `equality` says when two of them are equal
   */
  compare?: (control: ValueOf<ReturnType<Fn>>, candidate: ValueOf<ReturnType<Fn>>) => boolean;

  /**
   * Rules of deep equality: classes with the equality of their instances, such as `[[Money, (one, other) => one.equals(other)]]`, and
   * `'structural'`, alone or in the list. They add to those of the module. For an instance of several classes, the first one in the list
   * counts. If a function throws, the instances are different. At most 100 rules.
   *
   * @default instances of one class are equal if their properties are. Those that keep state elsewhere can't be compared
   */
  equality?: 'structural' | readonly EqualityRule[];

  /**
   * Decides whether two thrown errors are the same. If it throws, they are different.
   *
   * @default deep equality of what says what went wrong: class, name, message, cause, and their own properties, such as `code` or `status`,
   * without stacks, ids of requests and statements
   */
  compareErrors?: (control: unknown, candidate: unknown) => boolean;

  /**
   * Decides which differences don't count: one function or several, called in turn until one returns true. Called only for differences,
   * with the values (`undefined` for a side that threw) and both observations.
   */
  ignore?: IgnoreDifference<ValueOf<ReturnType<Fn>>> | readonly IgnoreDifference<ValueOf<ReturnType<Fn>>>[];

  /**
   * Fields that are excluded from the comparison, written as summaries write them: `$.items[*].price`, `$['any name']`, `$.list[3]`,
   * `$.prices.*`. They add to those of the module and of an operator. Two values that differ count as the same if they are deeply equal
   * without these fields.
   *
   * The paths refer to the values themselves. If `clean` transforms a value, or it holds entities, a summary names the fields of the
   * published form, such as `$.User[*]`, which match nothing here. They apply to thrown errors as well, but not to errors within values.
   * At most 200 paths.
   */
  ignorePaths?: readonly string[];

  /**
   * Describes how two values differ, from the `cleanedValue` of both, which lack what `clean` or `redact` removes. The result becomes the
   * `diff` of the candidate's observation, and is published and recorded with it. Called only for a mismatch of two values, when `diff` is
   * first read. If it throws, there is no `diff`.
   */
  diff?: (control: unknown, candidate: unknown) => unknown;

  /**
   * Makes `cleanedValue`, the form of a value that is published. The comparison uses the value itself. Not called for `null` and
   * `undefined`. If it throws, the default applies.
   *
   * @default entities become their class and id, `{ entity: 'User', id: 5 }`, and a list of entities becomes their ids by class,
   * `{ User: [1, 2] }`; anything else stays as it is
   */
  clean?: (value: ValueOf<ReturnType<Fn>>) => unknown;

  /**
   * Paths of values that never reach a log, a publisher's `cleanedValue` or the database. They add to those of the module. `password` is
   * every property of that name, `headers.authorization` is every `authorization` directly in a `headers`, and `*` is any one property or
   * index. Paths match at any depth of values, errors and contexts, in any spelling: `apiKey` is `API_KEY` and `api-key` too. Each match
   * becomes `[Redacted]`, whatever it is.
   *
   * Where something is redacted, or a value is too large to be looked through, `cleanedValue` and contexts are plain copies that JSON can
   * hold. `value` and `error` of observations stay whole, because they are compared. So a publisher should use `cleanedValue`, `toJSON()`
   * or `toString()`.
   */
  redact?: readonly string[];

  /**
   * Redacts what is usually secret: properties whose names say that they are passwords, tokens, secrets, cookies, authorization or keys,
   * such values within texts, columns with `select: false`, and properties that class-transformer excludes.
   *
   * @default true
   */
  redactDefaults?: boolean;

  /**
   * Schedule of the behaviours.
   *
   * @default 'shadow'
   */
  mode?: RunMode;

  /**
   * Order of a `serial` run.
   *
   * @default 'random'
   */
  order?: RunOrder;

  /**
   * Time in ms, 1 to 2 147 483 647, after which a candidate counts as `timedOut` and its `AbortSignal` fires.
   *
   * @default 10 000
   */
  timeout?: number;

  /**
   * Candidates of this experiment that may be in flight in this process. A call that would exceed it is skipped.
   *
   * @default 10
   */
  maxConcurrent?: number;

  /**
   * Makes the caller wait for the candidates, and the call fail with a `MismatchError` when one differs. Meant for tests. A synchronous
   * method can't wait for an asynchronous candidate, whose difference is reported to `onError` instead.
   *
   * @default false
   */
  raiseOnMismatch?: boolean;

  /**
   * Protection of callers' values. `'copy'` gives each side a copy, so that none sees another's changes. `'none'` is for code in which
   * neither the control, the candidates nor the caller change what they are given.
   *
   * @default 'copy'
   */
  isolate?: 'copy' | 'none';

  /**
   * Time in ms, 0.01 to 1 000, for which copying the arguments and the value of one call may delay its caller. A call whose values need
   * more runs the control alone: it is skipped as `tooLarge`.
   *
   * @default 1
   */
  copyBudget?: number;

  /**
   * CPU time in ms, 1 to 60 000, that comparing one run may take, in pieces with turns of the event loop between them. A run whose values
   * need more is skipped as `tooLarge`.
   *
   * @default 100
   */
  compareBudget?: number;

  /**
   * Makes the candidates' arguments from those of the call, in the caller's turn. Meant for calls whose arguments are consumed by their
   * reader, call back (streams, iterators, callbacks, sockets, `AbortSignal`s), or can't be copied (instances with private state). Such
   * arguments never reach a candidate: without this option, the call is skipped as `liveArguments`. The result is copied for each candidate as arguments are. If it throws, the call runs
   * the control alone.
   */
  candidateArgs?: (...args: Parameters<Fn>) => readonly unknown[];

  /**
   * Classes whose instances candidates get as they are, and not as copies, with their subclasses. They add to those of the module. Meant for
   * values that never change but can't be copied (`Money` with a `#cents`), and for services that are not Nest's providers. Lists, plain
   * objects and functions are not instances in this sense.
   */
  share?: readonly AnyClass[];

  /**
   * Returns what makes a call another input than others, for the verdict: of calls with equal keys, many say hardly more than one. Called
   * with the candidates' arguments before they run. By default, and if it throws or returns `undefined`, the arguments themselves; without
   * arguments, the control's value.
   */
  coverage?: (...args: Parameters<Fn>) => unknown;

  /**
   * Treatment of calls that are made in a transaction of their caller's. `'skip'`: the call runs the control alone, and is skipped as
   * `callersTransaction`. `'detached'`: its candidates run outside of the transaction, and see only committed data. No statement of a
   * candidate is ever sent in its caller's transaction.
   *
   * @default 'skip'
   */
  inTransaction?: 'skip' | 'detached';

  /**
   * Treatment of what candidates write or send. `'refuse'`: statements that write, lock or notify are refused before they are sent, and the
   * run is skipped as `refused`, so it is no evidence. The sessions of such candidates are read-only. `'allow'`: they are sent, besides those of the control, so they happen twice.
   *
   * @default 'refuse'
   */
  writes?: WriteMode;

  /**
   * Data that candidates read. `'later'`: the data that there is when they run. `'sameMoment'`: on PostgreSQL, MySQL and MariaDB, a
   * snapshot that is taken right after the control has sent its first statement, so that data that changes in between makes no
   * difference. Such candidates can only read. Where there is no snapshot, they read later, which summaries count.
   *
   * @default 'later'
   */
  reads?: ReadTime;

  /** Makes the error that `raiseOnMismatch` throws instead of a `MismatchError`. */
  raiseWith?: (result: ExperimentResult<ValueOf<ReturnType<Fn>>>) => unknown;

  /**
   * Runs the control once more after a candidate that differs or throws, when all else has settled, and again if that agrees with the
   * candidate. If both do, the data changed in between, and the difference is ignored as `drifted`. During a rerun, `ExperimentService.current()`
   * names the control. Its side effects happen again.
   *
   * @default false
   */
  recheck?: boolean;

  /**
   * Share of runs in percent, 0 to 100 with at most two decimals, in which the control runs a second time, after the caller has its value,
   * and is compared with itself. In mode `shadow` it runs before the candidates or after them, at random. So the verdict knows which
   * differences the control has with itself. During the second run,
   * `ExperimentService.current()` names the control. Its side effects happen again.
   *
   * @default 0
   */
  noise?: number;

  /**
   * Records runs in the database: counts, durations and results.
   *
   * @default true
   */
  record?: boolean;

  /**
   * Keeps values, errors' messages and contexts in the database with recorded results. Without them, results keep only the fields that
   * differ, the classes of thrown errors, and durations.
   *
   * @default true
   */
  recordValues?: boolean;
}
