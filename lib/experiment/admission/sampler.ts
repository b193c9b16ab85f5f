import { StudiesError } from '../../base/errors.js';
import type { Draw } from '../draw.js';
import { attempt, FAILED, isThenable, type FunctionHost } from '../../base/user-function.js';
import { BUCKETS, hashToBucket, countBuckets } from './buckets.js';

/** Operator's settings that decide whether, when and for whom an experiment is on. */
export interface Gate {
  readonly percentEnabled: number;
  /** Start, in ms since the epoch: off before it. */
  readonly startsAt: number | null;
  /** End, in ms since the epoch: off from then on. */
  readonly endsAt: number | null;
  /** Subjects that are always in, while the experiment is on. */
  readonly subjects: readonly string[];
}

const FOR_ALL: Draw = { subject: undefined, isForAll: true };
const FOR_SOME: Draw = { subject: undefined, isForAll: false };

const NOBODY: ReadonlySet<string> = new Set();

/** Threshold of an experiment without a gate. Its next call notes that it is in use. */
const UNKNOWN = -1;

/** Sampler of one experiment's calls: decides which of them belong to the share that an operator has set. */
export class Sampler {
  /** Tells whether the experiment needs a row: it is new, or was called after its row was deleted. */
  isWanted = true;

  /** Number of buckets that are in. */
  private threshold = UNKNOWN;
  /** Calls until the next that is in. Counting down costs less than drawing for each call. */
  private wait = 0;
  /** Gate with a start or an end; undefined if the experiment is always on. */
  private period: Gate | undefined;
  private subjects = NOBODY;

  constructor(private readonly name: string) {}

  /** Applies an operator's settings. Undefined means that nothing is known, and turns the experiment off. */
  obey(gate: Gate | undefined): void {
    this.isWanted = false;
    this.threshold = gate === undefined ? UNKNOWN : countBuckets(gate.percentEnabled);
    this.period = (gate?.startsAt ?? gate?.endsAt ?? null) === null ? undefined : gate;
    this.subjects = gate === undefined || gate.subjects.length === 0 ? NOBODY : new Set(gate.subjects);
    this.wait = this.threshold <= 0 ? 0 : drawGap(this.threshold / BUCKETS);
  }

  /** Tells whether no call is in. */
  isOff(): boolean {
    if (this.threshold > 0) return false;
    if (this.threshold === UNKNOWN) this.isWanted = true;
    return true;
  }

  /** Tells whether this call may be in, as far as that is known without its subject. */
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

  /** The draw of a call without a subject that is in. */
  get anonymous(): Draw {
    return this.threshold >= BUCKETS ? FOR_ALL : FOR_SOME;
  }

  /**
   * Decides whether this call is in; undefined if it isn't.
   *
   * @param subject returns whom the call is for; if it fails, the call is not in, unless all are
   * @param failed called if the call is not in because it fails
   */
  draw(subject: (() => unknown) | undefined, host: FunctionHost, failed: () => void = ignore): Draw | undefined {
    if (this.isOff() || !this.isWithinPeriod()) return undefined;
    const isForAll = this.threshold >= BUCKETS;
    const whom = subject && attempt('subject', host, () => subjectText(subject()));
    if (whom === FAILED) {
      if (isForAll) return FOR_ALL;
      failed();
      return undefined;
    }
    if (whom === undefined) return isForAll || Math.random() * BUCKETS < this.threshold ? this.anonymous : undefined;
    const isIn = isForAll || this.subjects.has(whom) || hashToBucket(this.name, whom) < this.threshold;
    return isIn ? { subject: whom, isForAll } : undefined;
  }

  private isWithinPeriod(): boolean {
    if (this.period === undefined) return true;
    const { startsAt, endsAt } = this.period;
    const now = Date.now();
    return now >= (startsAt ?? -Infinity) && now < (endsAt ?? Infinity);
  }
}

/** Converts a subject to text. Types don't always hold: an id can turn out to be a number, or missing. */
function subjectText(subject: unknown): string | undefined {
  if (subject === undefined || subject === null) return undefined;
  if (typeof subject === 'string' || typeof subject === 'number' || typeof subject === 'bigint') return String(subject);
  if (isThenable(subject)) return subject as never; // `attempt` reports it
  throw new StudiesError('INVALID_OPTIONS', `"subject" returned ${typeof subject}. Return a string, or undefined for nobody.`);
}

/**
 * Draws the number of calls until the next that is in, if each is in with the same probability: geometrically distributed, by inversion
 * (Devroye, Non-Uniform Random Variate Generation, X.2). The distribution has no memory, so the percentage can be changed at any time.
 *
 * @param share probability, above 0
 */
function drawGap(share: number): number {
  return share >= 1 ? 1 : 1 + Math.floor(Math.log(1 - Math.random()) / Math.log(1 - share));
}

function ignore(): void {
  // Nobody counts it.
}
