import { StudiesError } from '../../base/errors.js';
import { attempt, FAILED, isThenable, type Report } from '../../base/user-function.js';
import { BUCKETS, hashToBucket, countBuckets } from './buckets.js';

/** What an operator has set: whether, when and for whom an experiment is on. */
export interface Gate {
  readonly percentEnabled: number;
  /** ms since the epoch: off before it. */
  readonly startsAt: number | null;
  /** ms since the epoch: off from it on. */
  readonly endsAt: number | null;
  /** Always in, while the experiment is on. */
  readonly subjects: readonly string[];
}

const NOBODY: ReadonlySet<string> = new Set();

/** The threshold of an experiment that has no gate: its next call says that it is in use. */
const UNKNOWN = -1;

/** Draws calls: decides for each of one experiment whether it is in the share that an operator has set. */
export class Sampler {
  /** Whether a row is to be made for the experiment: it is new, or was called after its row was deleted. */
  isWanted = true;

  /** How many of the buckets are in. */
  private threshold = UNKNOWN;
  /** Calls until the next that is in: counting down costs less than drawing for each. */
  private wait = 0;
  /** Between which times it is on, unless it always is. */
  private period: Gate | undefined;
  private subjects = NOBODY;

  constructor(private readonly name: string) {}

  /** Obeys what an operator has set; `undefined`: nothing is known, the experiment is off. */
  obey(gate: Gate | undefined): void {
    this.isWanted = false;
    this.threshold = gate === undefined ? UNKNOWN : countBuckets(gate.percentEnabled);
    this.period = (gate?.startsAt ?? gate?.endsAt ?? null) === null ? undefined : gate;
    this.subjects = gate === undefined || gate.subjects.length === 0 ? NOBODY : new Set(gate.subjects);
    this.wait = this.threshold <= 0 ? 0 : drawGap(this.threshold / BUCKETS);
  }

  /** Whether no call is in. */
  isOff(): boolean {
    if (this.threshold > 0) return false;
    if (this.threshold === UNKNOWN) this.isWanted = true;
    return true;
  }

  /** Whether this call is in, as far as that can be said without asking whom it is for. */
  mayDraw(hasSubject: boolean): boolean {
    if (this.threshold <= 0) {
      if (this.threshold === UNKNOWN) this.isWanted = true;
      return false;
    }
    if (hasSubject) return true;
    this.wait -= 1;
    return this.wait <= 0 && this.isDue();
  }

  private isDue(): boolean {
    this.wait = drawGap(this.threshold / BUCKETS);
    return this.isWithinPeriod();
  }

  /**
   * Whether this call is in.
   *
   * @param subject asks whom the call is for; if it fails, the call is not in
   */
  draws(subject: (() => string | undefined) | undefined, report: Report): boolean {
    if (this.isOff() || !this.isWithinPeriod()) return false;
    if (this.threshold >= BUCKETS) return true;
    const whom = subject && attempt('subject', report, () => subjectText(subject()));
    if (whom === FAILED) return false;
    if (whom === undefined) return Math.random() * BUCKETS < this.threshold;
    return this.subjects.has(whom) || hashToBucket(this.name, whom) < this.threshold;
  }

  private isWithinPeriod(): boolean {
    if (this.period === undefined) return true;
    const { startsAt, endsAt } = this.period;
    const now = Date.now();
    return now >= (startsAt ?? -Infinity) && now < (endsAt ?? Infinity);
  }
}

/** Types don't always hold: an id can turn out to be a number, or missing. */
function subjectText(subject: unknown): string | undefined {
  if (subject === undefined || subject === null) return undefined;
  if (typeof subject === 'string' || typeof subject === 'number' || typeof subject === 'bigint') return String(subject);
  if (isThenable(subject)) return subject as never; // `attempt` says what is wrong with it
  throw new StudiesError('INVALID_OPTIONS', `"subject" returned ${typeof subject}. Return a string, or undefined for nobody.`);
}

/**
 * How many calls it takes until the next that is in, if each is in with the same chance: geometrically distributed, by inversion
 * (Devroye, Non-Uniform Random Variate Generation, X.2). Having waited says nothing of how long is still to wait, so the
 * percentage can be set at any time.
 *
 * @param share above 0
 */
function drawGap(share: number): number {
  return share >= 1 ? 1 : 1 + Math.floor(Math.log(1 - Math.random()) / Math.log(1 - share));
}
