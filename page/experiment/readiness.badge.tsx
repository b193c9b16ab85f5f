import type { Readiness } from '../api/summary.js';
import { Shape, type ShapeKind } from '../parts/shape.js';
import { READINESS_WORDS } from '../text/word.text.js';
import { seen } from '../text/visible.js';

const SHAPES: Readonly<Record<Readiness['state'], ShapeKind>> = {
  ready: 'good',
  collecting: 'open',
  noisy: 'open',
  notReady: 'bad',
};

/** Readiness, as a shape and in words. */
export function ReadinessBadge({ readiness }: { readonly readiness: Readiness }) {
  return (
    <span class={`readiness readiness-${readiness.state}`} title={seen(readiness.reason)}>
      <Shape kind={SHAPES[readiness.state]} />
      {READINESS_WORDS[readiness.state]}
    </span>
  );
}
