import type { CandidateObservation, Observation } from '../experiment/observation.js';
import type { Plain } from '../experiment/plain.js';
import type { ExperimentResult } from '../experiment/result.js';
import { differencesBetween, type Difference } from './differences/differences.js';
import type { NewSample, Recorded, TallyRow } from './record.storage.js';
import { sampleOf, type Keeping } from './sample.maker.js';
import { Tally } from './tally.js';
import { isExpired, startOfPeriod, TIERS, type Tier } from './tier.js';

/** Under which name an experiment's own tally is kept, beside its candidates'. */
export const EXPERIMENT_ITSELF = '';

/** How many matches are kept as samples in a minute: enough to see what a match looks like. */
const MATCHES_A_MINUTE = 1;

const MINUTE = 60_000;

/** What a book may keep of single results. */
export interface BookLimits {
  /** How many samples of an experiment are taken in a minute. */
  readonly samplesPerMinute: number;
  /** The largest value that is kept whole, in bytes of JSON. */
  readonly maxValueBytes: number;
}

interface Period {
  readonly tier: Tier;
  readonly startsAt: number;
  readonly candidate: string;
  readonly tally: Tally;
  isWritten: boolean;
}

/** What one process knows of an experiment's results and has not forgotten yet: what is not written, and the periods that go on. */
export class ExperimentBook {
  private of: Recorded | undefined;
  private readonly recent = new Map<string, Tally>();
  private readonly periods = new Map<string, Period>();
  private samples: Omit<NewSample, keyof Recorded>[] = [];
  private sampled = { minute: 0, all: 0, matches: 0 };
  /** Periods never go back, whatever the clock does: what is left is written for the last time. */
  private now = 0;

  constructor(private readonly limits: BookLimits) {}

  skip(reason: string): void {
    this.tallyOf(EXPERIMENT_ITSELF).skip(reason);
  }

  /** @param values whether values may be kept */
  add(result: ExperimentResult, values: boolean, now: number): void {
    this.tallyOf(EXPERIMENT_ITSELF).ran(result.startedAt.getTime());
    for (const candidate of result.candidates) {
      const tally = this.tallyOf(candidate.name);
      tally.ran(result.startedAt.getTime());
      tally.observed(result.control, candidate);
      const differences = candidate.outcome === 'mismatched' ? differencesOf(result.control, candidate) : [];
      tally.differences.add(differences, values);
      if (this.takesSample(candidate, now)) {
        this.samples.push(sampleOf(result, candidate, differences, { values, ...this.limits } satisfies Keeping));
      }
    }
  }

  /** Whose results these are: those of another row, or before a purge, are forgotten. */
  belongTo(of: Recorded): void {
    if (this.of !== undefined && (this.of.experimentId !== of.experimentId || this.of.epoch !== of.epoch)) this.clear();
    this.of = { experimentId: of.experimentId, epoch: of.epoch };
  }

  /** Adds what was counted lately to the periods that a time is in, and forgets those that are too old to be kept. */
  settle(time: number): void {
    this.now = Math.max(this.now, time);
    for (const [candidate, tally] of this.recent) {
      for (const tier of TIERS) {
        const period = this.periodOf(tier, candidate);
        period.tally.merge(tally);
        period.isWritten = false;
      }
    }
    this.recent.clear();
    for (const [key, { tier, startsAt }] of this.periods) if (isExpired(tier, startsAt, this.now)) this.periods.delete(key);
  }

  /** What is to be written, by a writer. */
  unwritten(writer: string): { rows: TallyRow[]; samples: NewSample[]; written: () => void } {
    const { of } = this;
    if (of === undefined) return { rows: [], samples: [], written: () => undefined };
    const periods = [...this.periods.values()].filter(({ isWritten }) => !isWritten);
    const samples = this.samples.splice(0);
    return {
      rows: periods.map(({ tier, startsAt, candidate, tally }) => {
        const content = tally.toContent();
        const differences = tier === 'total' ? content.differences : null;
        return { ...of, tier, startsAt, candidate, writer, content: { ...content, differences } };
      }),
      samples: samples.map((sample) => ({ ...of, ...sample })),
      written: () => {
        for (const period of periods) period.isWritten = true;
        this.forgetFinished();
      },
    };
  }

  /** Takes samples back that could not be written, as far as there is room. */
  putBack(samples: readonly NewSample[]): void {
    const room = this.limits.samplesPerMinute - this.samples.length;
    if (room > 0) this.samples.unshift(...samples.slice(0, room));
  }

  clear(): void {
    this.recent.clear();
    this.periods.clear();
    this.samples = [];
  }

  private takesSample({ outcome }: CandidateObservation, now: number): boolean {
    const minute = Math.floor(now / MINUTE);
    if (this.sampled.minute !== minute) this.sampled = { minute, all: 0, matches: 0 };
    const isMatch = outcome === 'matched' || outcome === 'ignored';
    if (isMatch && this.sampled.matches >= MATCHES_A_MINUTE) return false;
    if (this.sampled.all >= this.limits.samplesPerMinute) return false;
    this.sampled.all += 1;
    if (isMatch) this.sampled.matches += 1;
    return true;
  }

  private tallyOf(candidate: string): Tally {
    const known = this.recent.get(candidate);
    if (known !== undefined) return known;
    const tally = new Tally();
    this.recent.set(candidate, tally);
    return tally;
  }

  private periodOf(tier: Tier, candidate: string): Period {
    const startsAt = startOfPeriod(tier, this.now);
    const key = JSON.stringify([tier, startsAt, candidate]);
    const known = this.periods.get(key);
    if (known !== undefined) return known;
    const period = { tier, startsAt, candidate, tally: new Tally(), isWritten: false };
    this.periods.set(key, period);
    return period;
  }

  private forgetFinished(): void {
    for (const [key, { tier, startsAt, isWritten }] of this.periods) {
      if (isWritten && startsAt < startOfPeriod(tier, this.now)) this.periods.delete(key);
    }
  }
}

/** The fields in which two observations differ; at the least, that they do. */
function differencesOf(control: Observation, candidate: Observation): readonly Difference[] {
  if (control.kind !== candidate.kind) return [{ path: '$', kind: 'type' }];
  const found = differencesBetween(comparable(control), comparable(candidate));
  return found.length > 0 ? found : [{ path: '$', kind: 'value' }];
}

function comparable(observation: Observation): Plain {
  const { value, error } = observation.toJSON() as { value?: Plain; error?: Plain }; // an observation is a record
  if (observation.kind === 'returned') return value ?? null;
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return error ?? null;
  const { name = null, message = null } = error;
  return { name, message };
}
