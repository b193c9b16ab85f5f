import type { CandidateFigures, Figures } from '../api/figures.js';
import type { Interval, Readiness } from '../api/summary.js';

/** Worst figures among an experiment's candidates, each on its own. */
export interface Worst {
  readonly mismatchRate: Interval | null;
  readonly speed: Pick<CandidateFigures, 'speedup' | 'speedupOver'> | null;
  readonly readiness: Readiness | null;
  readonly candidates: number;
}

/** Rank of a state; ready is the highest. */
export const READINESS_RANK: Readonly<Record<Readiness['state'], number>> = { notReady: 0, noisy: 1, collecting: 2, ready: 3 };

/** Returns the worst figures among an experiment's candidates. */
export function worstOf({ candidates }: Figures): Worst {
  const least = <Value>(values: readonly Value[], rank: (value: Value) => number): Value | null =>
    values.reduce<Value | null>((worst, value) => (worst === null || rank(value) < rank(worst) ? value : worst), null);
  const known = <Key extends keyof CandidateFigures>(key: Key) =>
    candidates.map((candidate) => candidate[key]).filter((value) => value !== null);
  return {
    mismatchRate: least(known('mismatchRate'), ({ estimate }) => -estimate),
    speed: least(
      candidates.filter(({ speedup }) => speedup !== null),
      ({ speedup }) => speedup ?? 0,
    ),
    readiness: least(known('readiness'), ({ state }) => READINESS_RANK[state]),
    candidates: candidates.length,
  };
}
