import { Comparing } from './comparing.js';
import type { EqualityRules } from '../values/equality-rules.js';
import type { LeftOut } from './left-out.js';

/** Longest time, in ms, that a comparison may take. */
const BRIEF = 3;

const STEPS = 512;

/**
 * Decides in one short piece whether two values are deeply equal. A comparison that takes longer, throws or has no answer, counts as
 * different.
 */
export function areBrieflyEqual(one: unknown, other: unknown, leftOut?: LeftOut, rules?: EqualityRules): boolean {
  const comparing = new Comparing(one, other, leftOut, rules);
  const until = performance.now() + BRIEF;
  try {
    do {
      const equality = comparing.advance(STEPS);
      if (equality !== undefined) return equality === 'equal';
    } while (performance.now() < until && !comparing.takeRest());
  } catch {
    // An accessor or a proxy has thrown.
  }
  return false;
}
