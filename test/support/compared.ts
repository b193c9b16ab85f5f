import { Comparing } from '../../lib/comparing/comparing.js';
import type { Equality } from '../../lib/comparing/equality.js';
import { LeftOut } from '../../lib/comparing/left-out.js';
import type { EqualityRules } from '../../lib/values/equality-rules.js';
import { IgnoredFields } from '../../lib/values/ignored-fields.js';

/** Compares to the end, in pieces of so many steps. */
export function compared(
  one: unknown,
  other: unknown,
  { piece = 512, paths = [] as string[], most = 1e7, rules = undefined as EqualityRules | undefined } = {},
) {
  const ignored = IgnoredFields.of(paths);
  const comparing = new Comparing(one, other, LeftOut.of(ignored === undefined ? [] : [ignored]), rules);
  let equality: Equality | undefined;
  while (equality === undefined) {
    equality = comparing.advance(piece);
    if (comparing.steps > most) throw new Error(`More than ${most} steps.`);
  }
  return { equality, steps: comparing.steps, hasLeftOut: comparing.hasLeftOut, obstacle: comparing.obstacle };
}
