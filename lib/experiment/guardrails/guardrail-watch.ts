import { BlockingDetector } from './guardrail-blocking.js';
import type { Seen } from './guardrail-detector.js';
import { RateDetector } from './guardrail-rate.js';
import { GUARDRAILS, type Guardrails } from '../guardrails.js';
import type { Outcome } from '../observation.js';

/** Facts of a candidate's run that guardrails judge. */
export interface Watched {
  readonly outcome: Outcome;
  /** Durations, in ms, of the candidate and of the control. */
  readonly duration: number;
  readonly control: number;
  /** Time, in ms, for which the run blocked the event loop. */
  readonly blocked: number;
  /** Tells whether its failure was counted by `failedLate` before it failed itself. */
  readonly wasLate?: boolean | undefined;
}

/**
 * Counts of a candidate's runs in other processes.
 *
 * @publicApi
 */
export interface RunCounts {
  readonly runs: number;
  /** Number of runs that failed or timed out. */
  readonly failed: number;
  readonly mismatched: number;
}

/** Share of runs in which a candidate may be slower than `slowerBy` says. */
const SLOWER = 0.5;

/** Watch over the runs of one candidate, from one version of the experiment's settings to the next. */
export class GuardrailWatch {
  private readonly limits: Guardrails;
  private readonly errors: RateDetector | undefined;
  private readonly mismatches: RateDetector | undefined;
  private readonly slowness: RateDetector | undefined;
  private readonly blocking: BlockingDetector | undefined;
  /** Runs of this process since `asks` was last called. */
  private own = { runs: 0, failed: 0, mismatched: 0 };
  /** Runs that failed late: counted as failed, and not yet as run. */
  private late = 0;

  constructor(set: Partial<Guardrails>) {
    this.limits = { ...GUARDRAILS, ...set };
    const { errorRate, mismatchRate, slowerBy, blockedFor } = this.limits;
    this.errors = makeDetector(errorRate);
    this.mismatches = makeDetector(mismatchRate);
    this.slowness = slowerBy === null ? undefined : new RateDetector(SLOWER);
    this.blocking = blockedFor === null ? undefined : new BlockingDetector(blockedFor);
  }

  /** Counts a run. Returns the reason to stop the experiment, if there is one. */
  observe({ outcome, duration, control, blocked, wasLate = false }: Watched): string | undefined {
    const isFailed = outcome === 'errored' || outcome === 'timedOut';
    const isMismatched = outcome === 'mismatched';
    this.own.runs += 1;
    if (isFailed && !wasLate) this.own.failed += 1;
    if (isMismatched) this.own.mismatched += 1;
    return (
      (this.wasCounted(isFailed && !wasLate) ? undefined : this.judgeErrors(this.errors?.take(isFailed))) ??
      this.judgeMismatches(this.mismatches?.take(isMismatched)) ??
      // A run that failed, maybe at once, says nothing about speed.
      this.judgeSlowness(outcome !== 'errored' && this.slowness?.take(duration > (this.limits.slowerBy ?? 0) * control)) ??
      this.observeBlock(blocked)
    );
  }

  /** Counts the time, in ms, for which a run blocked the event loop, if nothing else is known of it. Returns the reason to stop, if any. */
  observeBlock(ms: number): string | undefined {
    const { blocking } = this;
    const judgement = blocking?.take(ms);
    if (blocking === undefined || judgement === undefined) return undefined;
    if (judgement === 'once') return this.blockedOnce(ms);
    const { seen } = blocking;
    const average = (seen.sum / seen.runs).toFixed(1);
    return `blocked the event loop for ${average} ms on average of ${runsText(seen)}: ${this.allowedBlock}`;
  }

  /** Judges a block of a run that goes on, and will be counted by `observe`. Returns the reason to stop, if any. */
  beginBlock(ms: number): string | undefined {
    return this.blocking?.isTooLong(ms) ? this.blockedOnce(ms) : undefined;
  }

  /** Counts the failure of a run that was counted already. To be called once per run. Returns the reason to stop, if any. */
  failedLate(): string | undefined {
    this.own.failed += 1;
    this.late += 1;
    return this.judgeErrors(this.errors?.take(true));
  }

  /** Counts runs of other processes. Returns the reason to stop, if any. */
  takeOthers({ runs, failed, mismatched }: RunCounts): string | undefined {
    return (
      this.judgeErrors(this.errors?.takeBatch({ runs, hits: failed })) ??
      this.judgeMismatches(this.mismatches?.takeBatch({ runs, hits: mismatched }))
    );
  }

  /** Tells whether other processes' counts are needed: more runs than allowed have failed or differed since the last call. */
  asks(): boolean {
    const { runs, failed, mismatched } = this.own;
    const { errorRate, mismatchRate } = this.limits;
    this.own = { runs: 0, failed: 0, mismatched: 0 };
    return failed > (errorRate ?? 1) * runs || mismatched > (mismatchRate ?? 1) * runs;
  }

  /** Decides whether a run matches a late failure, which was counted as a failed run already. */
  private wasCounted(isFailed: boolean): boolean {
    if (isFailed || this.late === 0) return false;
    this.late -= 1;
    return true;
  }

  private judgeErrors(isEnough: boolean | undefined): string | undefined {
    const { errors, limits } = this;
    if (errors === undefined || !isEnough) return undefined;
    return `${seenText(errors.seen)} failed or timed out: "errorRate" allows ${percent(limits.errorRate ?? 1)}.`;
  }

  private judgeMismatches(isEnough: boolean | undefined): string | undefined {
    const { mismatches, limits } = this;
    if (mismatches === undefined || !isEnough) return undefined;
    return `${seenText(mismatches.seen)} were mismatched: "mismatchRate" allows ${percent(limits.mismatchRate ?? 1)}.`;
  }

  private judgeSlowness(isEnough: boolean | undefined): string | undefined {
    const { slowness, limits } = this;
    if (slowness === undefined || !isEnough) return undefined;
    const times = `${limits.slowerBy} times as long as the control`;
    return `${seenText(slowness.seen)} took more than ${times}: "slowerBy" allows ${percent(SLOWER)}.`;
  }

  private blockedOnce(ms: number): string {
    return `one run blocked the event loop for ${ms.toFixed(1)} ms: ${this.allowedBlock}`;
  }

  private get allowedBlock(): string {
    return `"blockedFor" allows ${this.limits.blockedFor} ms on average.`;
  }
}

function makeDetector(limit: number | null): RateDetector | undefined {
  // A limit that is null, or allows every run, needs no detector.
  return limit === null || limit >= 1 ? undefined : new RateDetector(limit);
}

function seenText(seen: Seen): string {
  return `${seen.sum} of ${runsText(seen)}`;
}

function runsText({ runs, isAll, isShared }: Seen): string {
  return `${isAll ? '' : 'the last '}${runs} ${runs === 1 ? 'run' : 'runs'}${isShared ? ' in several processes' : ''}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}
