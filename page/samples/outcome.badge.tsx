import type { Outcome } from '../api/summary.js';
import { Shape, type ShapeKind } from '../parts/shape.js';
import { OUTCOME_WORDS } from '../text/word.text.js';

const SHAPES: Readonly<Record<Outcome, ShapeKind>> = {
  matched: 'good',
  ignored: 'off',
  mismatched: 'bad',
  errored: 'stopped',
  timedOut: 'waiting',
};

/** Outcome of a candidate, as a shape and in words. */
export function OutcomeBadge({ outcome }: { readonly outcome: Outcome }) {
  return (
    <span class={`outcome outcome-${outcome}`}>
      <Shape kind={SHAPES[outcome]} />
      {OUTCOME_WORDS[outcome]}
    </span>
  );
}
