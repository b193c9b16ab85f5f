import type { Elapsed, Stopwatch } from '../../base/clock.js';
import type { CandidateContext } from '../run-context.js';
import { CopyRest } from '../../values/copying/copy-rest.js';
import type { ResolvedOptions } from '../definition.js';
import { LONG_BLOCK } from '../guardrails/guardrail-blocking.js';
import { GUARDRAILS, type Guardrails } from '../guardrails.js';
import type { Watched } from '../guardrails/guardrail-watch.js';
import { GuardrailWatches } from '../guardrails/guardrail-watches.js';
import type { FunctionHost, Report } from '../../base/user-function.js';
import { IgnoredFields } from '../../values/ignored-fields.js';
import { NO_LIMITS, TEST_LIMITS } from '../process-limits.js';
import { usualRules, type RuleParts, type Rules } from '../comparison/comparison-rules.js';
import { RunTimes } from './run-times.js';
import { StartOrder } from './start-order.js';
import { explainSkip, makeLateRefusal } from '../skip-explanation.js';
import { ConcurrencyLimit } from '../admission/concurrency-limit.js';
import type { SkipReason } from '../skip-reason.js';
import type { RunEnvironment } from './run-environment.js';

/** Calls of one experiment that may be prepared and unfinished, such as those whose controls never settle. */
const PREPARED = 1_000;

/** Most effects that are reported, of those that were refused after their candidate had ended. */
const LATE_EFFECTS = 20;

/** State that the runs of one experiment in one application share. */
export class ExperimentState implements RuleParts {
  /** Limit of the candidates in flight. */
  readonly slots: ConcurrencyLimit;

  /** Order in which runs are evidence. A new one begins when an operator excludes other fields. */
  starts = this.makeOrder([]);

  /** Rest from copying after values that delayed callers too long. */
  readonly copyRest = new CopyRest();

  /** Times of the runs that have a result. */
  readonly times = new RunTimes();

  /** Names of the candidates that sampled calls had. */
  readonly candidates = new Set<string>();

  /** Number of calls that are prepared and unfinished. */
  prepared = 0;

  /** Fields that an operator excludes from the comparison. */
  ignored: IgnoredFields | undefined;

  private guardrails: Partial<Guardrails> = {};
  private guardedSince = 0;
  private usual: Rules | undefined;
  // Made on demand, because an application can have thousands of experiments that are off.
  private watches: GuardrailWatches | undefined;
  private lateFailures: WeakSet<CandidateContext> | undefined;
  private quick: Set<string> | undefined;
  private burst = 0;
  private explained: Set<SkipReason> | undefined;
  private readonly refusedLater = new Set<string>();

  constructor(
    readonly name: string,
    readonly environment: RunEnvironment,
    /** Stops the experiment, in all processes. */
    readonly halt: (reason: string) => void,
  ) {
    this.slots = new ConcurrencyLimit(environment.activity.overdue);
  }

  /** Paths of the fields that an operator excludes from the comparison. */
  get ignoredPaths(): readonly string[] {
    return this.starts.ignoredPaths;
  }

  readonly report: Report = (operation, error) => {
    this.environment.report(operation, error, this.name);
  };

  /** Host of the experiment's functions. */
  readonly host: FunctionHost = {
    report: this.report,
    run: (operation, act) => this.environment.functions.run(operation, this.name, act),
  };

  /** Rules of runs whose experiment has none of its own. */
  get usualRules(): Rules {
    return (this.usual ??= usualRules(this.environment.identify, this.report));
  }

  /**
   * Applies an operator's guardrails.
   *
   * @param since time of the last change of the experiment's settings, in ms since the epoch
   */
  guard(guardrails: Partial<Guardrails>, since: number): void {
    this.guardrails = guardrails;
    this.guardedSince = since;
  }

  /** Forgets the runs so far, as when the experiment is turned on again. */
  forgetRuns(): void {
    this.watches = undefined;
  }

  /** Counts a candidate's run, and stops the experiment if the candidate exceeds its guardrails. */
  watch(candidate: string, run: Watched): void {
    this.ensureWatches().observe(candidate, run);
  }

  /**
   * Counts the time for which a candidate has blocked the event loop.
   *
   * @param isRun whether that is all there is to judge of its run, because the run has no result
   */
  blocked(candidate: string, ms: number, isRun: boolean): void {
    if (isRun) this.ensureWatches().observeBlock(candidate, ms);
    else if (ms >= LONG_BLOCK) this.ensureWatches().beginBlock(candidate, ms);
  }

  /** Counts the failure of work that a candidate has left behind, whatever the outcome of its run. Counts once per run. */
  failedLate(current: CandidateContext): void {
    // A failure after a refusal says nothing about the candidate.
    if (current.refusal !== undefined || this.markFailed(current)) return;
    this.ensureWatches().failedLate(current.candidate);
  }

  /**
   * Excludes a run from counting when it fails late, for example because its failure is counted already. Returns true if it has failed
   * late.
   */
  markFailed(current: CandidateContext): boolean {
    this.lateFailures ??= new WeakSet();
    if (this.lateFailures.has(current)) return true;
    this.lateFailures.add(current);
    return false;
  }

  /** Returns the watches over its candidates if the latest runs make other processes' counts worth knowing. */
  askingForOthers(): GuardrailWatches | undefined {
    return this.watches?.asks() ? this.watches : undefined;
  }

  private ensureWatches(): GuardrailWatches {
    if (this.watches !== undefined) return this.watches;
    const watches = new GuardrailWatches(this.guardrails, this.guardedSince, (reason) => {
      // Runs under earlier settings say nothing about these.
      if (watches === this.watches) this.halt(reason);
    });
    this.watches = watches;
    return watches;
  }

  /** Excludes fields from all comparisons from now on. */
  ignore(paths: readonly string[]): void {
    if (JSON.stringify(paths) === JSON.stringify(this.ignoredPaths)) return;
    this.ignored = IgnoredFields.of(paths);
    this.starts = this.makeOrder(paths);
  }

  private makeOrder(ignoredPaths: readonly string[]): StartOrder {
    return new StartOrder((run) => this.environment.recorder.proved(this.name, run, ignoredPaths), ignoredPaths);
  }

  /** Returns the reason why no candidate may start now, if there is one. */
  reasonToSkip(maxConcurrent: number): SkipReason | undefined {
    const { activity, limits, eventLoop } = this.environment;
    if (activity.isStopped) return 'stopping';
    if (this.slots.isFull(maxConcurrent)) {
      if (this.slots.areStuck(maxConcurrent)) this.haltStuck('maxConcurrent', maxConcurrent);
      return 'maxConcurrent';
    }
    if (activity.inFlight >= limits.maxCandidates) {
      if (this.slots.areStuckInAll(activity.inFlight)) this.haltStuck('maxCandidates', limits.maxCandidates);
      return 'maxCandidates';
    }
    if (limits === NO_LIMITS || limits === TEST_LIMITS) return undefined;
    const { utilization, delay } = eventLoop.read();
    if (utilization > limits.maxEventLoopUtilization) return 'eventLoopUtilization';
    return delay > limits.maxEventLoopDelay ? 'eventLoopDelay' : undefined;
  }

  /** Leaves the waiting runs to the next turn if all places for asynchronous candidates are taken: of this experiment, or of the process. */
  pauseIfFull(maxConcurrent: number): void {
    const { activity, limits, turn } = this.environment;
    if (activity.inFlight >= limits.maxCandidates) turn.pause();
    else if (this.slots.isFull(maxConcurrent)) turn.pause(this);
  }

  /** Starts timing a behaviour. Requests CPU time where it is useful: at its first run, and after one that was long enough. */
  time(behaviour: string, now: number): Stopwatch {
    return this.environment.clock(behaviour, !this.quick?.has(behaviour), now);
  }

  /** Stops timing a behaviour. CPU time is worth its cost for synchronous behaviours that take 1 ms or more. */
  timed(behaviour: string, stopwatch: Stopwatch, synchronous: boolean, now: number): Elapsed {
    const elapsed = stopwatch.stop(synchronous, now);
    if (!synchronous || elapsed.duration < 1) (this.quick ??= new Set()).add(behaviour);
    else this.quick?.delete(behaviour);
    return elapsed;
  }

  /** Tells whether no call may be prepared now. */
  get isOverrun(): boolean {
    const { limits, turn } = this.environment;
    return (turn.isSpent || this.prepared >= PREPARED) && limits !== TEST_LIMITS;
  }

  /** Records a drawn call that runs the control alone. */
  skip(reason: SkipReason, { record }: ResolvedOptions): void {
    if (record) this.environment.recorder.skipped(this.name, reason);
  }

  /** Records and reports what was refused to the candidates of a run. */
  refused(effects: ReadonlySet<string>, { record }: ResolvedOptions): void {
    if (record) this.environment.recorder.refused(this.name, effects);
    this.explain('refused', () => `its candidate would have done ${[...effects].join(', ')}`);
  }

  /** Records and reports what was refused after its candidate had ended: it may be the work of others that the candidate began. */
  refusedLate(effect: string, { record }: Pick<ResolvedOptions, 'record'>): void {
    if (record) this.environment.recorder.refused(this.name, [effect]);
    if (this.refusedLater.size >= LATE_EFFECTS || this.refusedLater.has(effect)) return;
    this.refusedLater.add(effect);
    this.report('run', makeLateRefusal(this.name, effect));
  }

  /** Counts a drawn call that exceeded the budget of its turn. The count is recorded when the turn has ended. */
  overrun({ record }: ResolvedOptions): void {
    this.burst += 1;
    if (this.burst > 1 || !record) return;
    const { turn, recorder } = this.environment;
    turn.atEnd(() => {
      recorder.skipped(this.name, 'burst', this.burst);
      this.burst = 0;
    });
  }

  /** Stops the experiment if no place is left for a run, unless it may always fail: no other rule would see a run any more. */
  private haltStuck(option: 'maxConcurrent' | 'maxCandidates', places: number): void {
    const { errorRate } = { ...GUARDRAILS, ...this.guardrails };
    if (errorRate === null || errorRate >= 1) return;
    this.halt(`All ${places} places of "${option}" are held by candidates that have not settled in twice their timeout.`);
  }

  /** Reports as `explain` does. `obstacle` is the part of the values that can't be compared, for people. */
  explainObstacle(reason: SkipReason, obstacle: string | undefined): void {
    this.explain(reason, obstacle === undefined ? undefined : () => `its values hold ${obstacle}, whose state can't be read`);
  }

  /** Reports, once per reason, what to do so that such calls run, if anything can be done. */
  explain(reason: SkipReason, fact?: () => string): void {
    if (this.explained?.has(reason)) return;
    (this.explained ??= new Set()).add(reason);
    const explanation = explainSkip(reason, this.name, fact?.());
    if (explanation !== undefined) this.report(explanation.operation, explanation.error);
  }
}
