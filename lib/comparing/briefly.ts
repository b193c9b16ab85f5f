import { Comparing } from './comparing.js';
import type { LeftOut } from './left-out.js';

/** ms that it may take. */
const BRIEF = 4;

const STEPS = 512;

/** Tells whether two values are deeply equal, in one short piece: what takes longer to know, or throws, counts as different. */
export function areBrieflyEqual(one: unknown, other: unknown, leftOut: LeftOut | undefined): boolean {
  const comparing = new Comparing(one, other, leftOut);
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
