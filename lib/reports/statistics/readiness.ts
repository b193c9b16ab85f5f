import { evidenceByCoverage, type Covered } from './coverage-evidence.js';
import { evidenceAbove, evidenceBelow } from './evidence.js';
import type { Measured, Missing } from './measured.js';
import { collectingReason, notReadyReason, readyReason } from './readiness-reason.js';

/** Largest prediction of runs needed. */
const MOST_RUNS = 10_000_000;

const HOUR = 3_600_000;

/**
 * Decides whether it is safe to switch, by tests that may be repeated after every run: see `evidenceBelow`. All of them must be passed: that
 * of the runs, that of the inputs, and that of the subjects where they are known (`evidenceByCoverage`). And the runs must span the time
 * that the operator asks for.
 */
export function decideReadiness(measured: Measured): Readiness {
  const { runs, differences, noise, unknown, targetRate, confidence } = measured;
  const enough = -Math.log(1 - confidence);
  const missing = findMissing(measured, enough);
  const { inputs, subjects, hours } = missing;
  const runsNeeded = largest(missing.runs, inputs, subjects);
  if (runsNeeded === 0 && hours === 0) {
    return { state: 'ready', reason: readyReason(measured), ...NOTHING };
  }
  if (evidenceAbove(runs, differences - noise - unknown, targetRate) >= enough) {
    return { state: 'notReady', reason: notReadyReason(measured), ...UNKNOWN };
  }
  return {
    state: 'collecting',
    reason: collectingReason(measured, { ...missing, runs: runsNeeded }),
    runsNeeded,
    inputsNeeded: inputs,
    subjectsNeeded: subjects,
    hoursNeeded: hours,
  };
}

const NOTHING = { runsNeeded: 0, inputsNeeded: 0, subjectsNeeded: 0, hoursNeeded: 0 };
const UNKNOWN = { runsNeeded: null, inputsNeeded: null, subjectsNeeded: null, hoursNeeded: null };

function findMissing(measured: Measured, enough: number): Missing {
  const { runs, differences, noise, targetRate, span, minSpan } = measured;
  const again = countAgain(span, minSpan);
  // What is no worse than noise is assumed to be spread over inputs as the other differences are.
  const counting = differences === 0 ? 0 : ((differences - noise) / differences) * again;
  const [inputs, subjects] = [measured.inputs, measured.subjects].map((seen) => seen && discount(seen, counting));
  return {
    runs: countUntil((more) => evidenceBelow(runs + more, (differences - noise) * again, targetRate) >= enough),
    inputs: countNew(inputs, targetRate, enough),
    visits: countRecurring(inputs, targetRate, enough),
    subjects: countNew(subjects, targetRate, enough),
    hours: Math.max(Math.ceil(minSpan - span / HOUR), 0),
  };
}

/**
 * Returns how often each difference counts. A candidate may differ at certain times alone, such as one hour of the day. When the next such
 * time is still to come, the differences of a whole span are missing. They are counted in advance: once more for each span that was seen.
 */
function countAgain(span: number, minSpan: number): number {
  return minSpan === 0 ? 1 : 1 + 1 / Math.max(Math.floor(span / (minSpan * HOUR)), 1);
}

function discount({ distinct, failures, visits, differingVisits }: Covered, counting: number): Covered {
  return { distinct, failures: failures * counting, visits, differingVisits: differingVisits * counting };
}

/** Counts the further inputs that are enough if none of them differs. */
function countNew(seen: Covered | undefined, target: number, enough: number): number | null {
  if (seen === undefined) return 0;
  const { distinct, visits } = seen;
  return countUntil(
    (more) => evidenceByCoverage({ ...seen, distinct: distinct + more, visits: visits + more }, target) >= enough,
  );
}

/** Counts the further visits of known inputs that are enough if they don't differ. */
function countRecurring(seen: Covered | undefined, target: number, enough: number): number | null {
  if (seen === undefined) return 0;
  return countUntil((more) => evidenceByCoverage({ ...seen, visits: seen.visits + more }, target) >= enough);
}

/** Finds the fewest further ones that are enough, by bisection. Further ones that don't differ only increase the evidence. */
function countUntil(isEnough: (more: number) => boolean): number | null {
  if (isEnough(0)) return 0;
  let tooFew = 0;
  let high = 1;
  while (!isEnough(high)) {
    if (high >= MOST_RUNS) return null;
    tooFew = high;
    high = Math.min(high * 2, MOST_RUNS);
  }
  while (high - tooFew > 1) {
    const middle = Math.floor((tooFew + high) / 2);
    if (isEnough(middle)) high = middle;
    else tooFew = middle;
  }
  return high;
}

/** Returns the largest number; null if one is unknown. */
function largest(...numbers: readonly (number | null)[]): number | null {
  return numbers.reduce((most, number) => (most === null || number === null ? null : Math.max(most, number)), 0);
}

/**
 * Decision whether it is safe to switch.
 *
 * @publicApi
 */
export interface Readiness {
  readonly state: 'collecting' | 'notReady' | 'ready';
  /** A sentence or two for people that explain the state. */
  readonly reason: string;
  /** Number of further runs without a difference until it is ready; 0 when it is, null when that can't be predicted. */
  readonly runsNeeded: number | null;
  /** Number of inputs among them that were not seen before. */
  readonly inputsNeeded: number | null;
  /** Number of subjects among them that were not seen before; 0 if the experiment doesn't know its subjects. */
  readonly subjectsNeeded: number | null;
  /** Number of further hours over which runs have to come. */
  readonly hoursNeeded: number | null;
}
