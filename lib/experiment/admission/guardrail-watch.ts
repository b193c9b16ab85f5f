import { BlockingDetector } from './guardrail-blocking.js';
import type { Seen } from './guardrail-detector.js';
import { RateDetector } from './guardrail-rate.js';
import { GUARDRAILS, type Guardrails } from '../guardrails.js';
import type { Outcome } from '../observation.js';

/** What guardrails look at in a candidate's run. */
export interface Watched {
  readonly outcome: Outcome;
  /** ms that the candidate, and the control, took. */
  readonly duration: number;
  readonly control: number;
  /** ms for which the run blocked the event loop. */
  readonly blocked: number;
  /** Whether it was told as failed late before it failed itself. */
  readonly wasLate?: boolean | undefined;
}

/** What other processes have counted of a candidate. */
export interface RunCounts {
  readonly runs: number;
  /** How many of them failed or timed out. */
  readonly failed: number;
  readonly mismatched: number;
}

/** The share of runs in which a candidate may be slower than `slowerBy` says. */
const SLOWER = 0.5;

/** Judges the runs of one candidate, from one version of the experiment's settings to the next. */
export class GuardrailWatch {
  private readonly limits: Guardrails;
  private readonly errors: RateDetector | undefined;
  private readonly mismatches: RateDetector | undefined;
  private readonly slowness: RateDetector | undefined;
  private readonly blocking: BlockingDetector | undefined;
  /** The runs of this process since it was last asked for those of others. */
  private own = { runs: 0, failed: 0, mismatched: 0 };
  /** How many runs that have failed late were counted as failed, and not yet as run. */
  private late = 0;

  constructor(set: Partial<Guardrails>) {
    this.limits = { ...GUARDRAILS, ...set };
    const { errorRate, mismatchRate, slowerBy, blockedFor } = this.limits;
    this.errors = makeDetector(errorRate);
    this.mismatches = makeDetector(mismatchRate);
    this.slowness = slowerBy === null ? undefined : new RateDetector(SLOWER);
    this.blocking = blockedFor === null ? undefined : new BlockingDetector(blockedFor);
  }

  /** Takes a run. Gives why the experiment is to be stopped, if it is. */
  observe({ outcome, duration, control, blocked, wasLate = false }: Watched): string | undefined {
    const isFailed = outcome === 'errored' || outcome === 'timedOut';
    const isMismatched = outcome === 'mismatched';
    this.own.runs += 1;
    if (isFailed && !wasLate) this.own.failed += 1;
    if (isMismatched) this.own.mismatched += 1;
    return (
      (this.wasCounted(isFailed && !wasLate) ? undefined : this.judgeErrors(this.errors?.take(isFailed))) ??
      this.judgeMismatches(this.mismatches?.take(isMismatched)) ??
      // One that fails, maybe at once, doesn't say how fast it is.
      this.judgeSlowness(outcome !== 'errored' && this.slowness?.take(duration > (this.limits.slowerBy ?? 0) * control)) ??
      this.observeBlock(blocked)
    );
  }

  /** Takes for how long a run has blocked the event loop of which nothing else can be said. Gives why the experiment is to be stopped. */
  observeBlock(ms: number): string | undefined {
    const { blocking } = this;
    const judgement = blocking?.take(ms);
    if (blocking === undefined || judgement === undefined) return undefined;
    if (judgement === 'once') return this.blockedOnce(ms);
    const { seen } = blocking;
    const average = (seen.sum / seen.runs).toFixed(1);
    return `blocked the event loop for ${average} ms on average of ${runsText(seen)}: ${this.allowedBlock}`;
  }

  /** As `observeBlock`, for a run that goes on, and is still to be observed. */
  beginBlock(ms: number): string | undefined {
    return this.blocking?.isTooLong(ms) ? this.blockedOnce(ms) : undefined;
  }

  /** Takes that a run has failed after it was counted. To be told once for each run. Gives why the experiment is to be stopped, if it is. */
  failedLate(): string | undefined {
    this.own.failed += 1;
    this.late += 1;
    return this.judgeErrors(this.errors?.take(true));
  }

  /** Takes what other processes have counted. Gives why the experiment is to be stopped, if it is. */
  takeOthers({ runs, failed, mismatched }: RunCounts): string | undefined {
    return (
      this.judgeErrors(this.errors?.takeBatch({ runs, hits: failed })) ??
      this.judgeMismatches(this.mismatches?.takeBatch({ runs, hits: mismatched }))
    );
  }

  /** Whether it would like to know what other processes have counted: of its own runs since it was last asked, more failed than may. */
  asks(): boolean {
    const { runs, failed, mismatched } = this.own;
    const { errorRate, mismatchRate } = this.limits;
    this.own = { runs: 0, failed: 0, mismatched: 0 };
    return failed > (errorRate ?? 1) * runs || mismatched > (mismatchRate ?? 1) * runs;
  }

  /** Whether a run stands for one that has failed late: that was counted when it failed. */
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
  // Of none, or of what all may be, nothing has to be seen.
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
