import { evidenceByCoverage, type Covered } from './coverage-evidence.js';
import { evidenceAbove, evidenceBelow } from './evidence.js';
import { evidenceOfClarity, evidenceOfExcess } from './paired-evidence.js';
import type { Measured, Missing, ReadinessState } from './measured.js';
import { explainReadiness } from './readiness-reason.js';

/** Largest prediction of runs needed. */
const MOST_RUNS = 10_000_000;

const HOUR = 3_600_000;

/**
 * Decides whether it is safe to switch, by tests that may be repeated after every run: see `evidenceBelow`. All of them must be passed: that
 * of the runs, that of the inputs, and that of the subjects where they are known (`evidenceByCoverage`). And the runs must span the time
 * that the operator asks for. And less than the target may hide in differences that the control has with itself.
 */
export function decideReadiness(measured: Measured): Readiness {
  const { runs, differences, excused, pairs, targetRate, confidence } = measured;
  const enough = -Math.log(1 - confidence);
  const missing = findMissing(measured, enough);
  const { inputs, subjects, hours } = missing;
  const runsNeeded = largest(missing.runs, inputs, subjects);
  const decided = (state: ReadinessState, needed: typeof NOTHING | typeof UNKNOWN): Readiness => {
    return { state, reason: explainReadiness(state, measured, missing), ...needed };
  };
  if (runsNeeded === 0 && hours === 0) {
    const clear = countClear(measured, enough);
    if (clear === 0) return decided('ready', NOTHING);
    if (clear === null || clear > runs) return decided('noisy', UNKNOWN);
    return collecting(measured, { ...missing, runs: clear });
  }
  const isAbove = evidenceAbove(runs, differences + excused, targetRate) >= enough;
  if (pairs === undefined ? isAbove : evidenceOfExcess(pairs, targetRate) >= enough) {
    return decided('notReady', UNKNOWN);
  }
  if (pairs !== undefined && isAbove && evidenceAbove(pairs.pairs, pairs.varied, targetRate) >= enough) {
    return decided('noisy', UNKNOWN);
  }
  return collecting(measured, { ...missing, runs: runsNeeded });
}

function collecting(measured: Measured, missing: Missing): Readiness {
  const { runs, inputs, subjects, hours } = missing;
  return {
    state: 'collecting',
    reason: explainReadiness('collecting', measured, missing),
    runsNeeded: runs,
    inputsNeeded: inputs,
    subjectsNeeded: subjects,
    hoursNeeded: hours,
  };
}

const NOTHING = { runsNeeded: 0, inputsNeeded: 0, subjectsNeeded: 0, hoursNeeded: 0 };
const UNKNOWN = { runsNeeded: null, inputsNeeded: null, subjectsNeeded: null, hoursNeeded: null };

function findMissing(measured: Measured, enough: number): Missing {
  const { runs, differences, targetRate, span, minSpan } = measured;
  const again = countAgain(span, minSpan);
  const [inputs, subjects] = [measured.inputs, measured.subjects].map((seen) => seen && raise(seen, again));
  return {
    runs: countUntil((more) => evidenceBelow(runs + more, differences * again, targetRate) >= enough),
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

function raise({ distinct, failures, visits, differingVisits }: Covered, times: number): Covered {
  return { distinct, failures: failures * times, visits, differingVisits: differingVisits * times };
}

/** Counts the further runs without a difference, noise or not, after which too little can hide in noise. */
function countClear(measured: Measured, enough: number): number | null {
  const { runs, differences, excused, pairs, targetRate, span, minSpan } = measured;
  const counting = (differences + excused) * countAgain(span, minSpan);
  return countUntil((more) => evidenceOfClarity(runs + more, counting, pairs, targetRate) >= enough);
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
  readonly state: ReadinessState;
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
