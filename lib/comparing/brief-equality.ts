import { Comparing } from './comparing.js';
import type { EqualityRules } from '../values/equality-rules.js';
import type { LeftOut } from './left-out.js';

/** Longest time, in ms, that a comparison may take, unless the process is interrupted: it is given a few rounds anyway. */
const BRIEF = 3;
const ROUNDS = 3;

/** Steps of a round. */
const STEPS = 512;

/**
 * Decides in one short piece whether two values are deeply equal. A comparison that takes longer, throws or has no answer, counts as
 * different.
 */
export function areBrieflyEqual(one: unknown, other: unknown, leftOut?: LeftOut, rules?: EqualityRules): boolean {
  const comparing = new Comparing(one, other, leftOut, rules);
  const until = performance.now() + BRIEF;
  try {
    for (let round = 1; round <= ROUNDS || performance.now() < until; round += 1) {
      const equality = comparing.advance(STEPS);
      if (equality !== undefined) return equality === 'equal';
      if (comparing.takeRest()) return false;
    }
  } catch {
    // An accessor or a proxy has thrown.
  }
  return false;
}
