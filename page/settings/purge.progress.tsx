import { useEffect, useRef } from 'preact/hooks';
import { rowsToPurge } from '../api/api.js';
import { useResource } from '../live/use.resource.js';
import { number } from '../text/figure.text.js';

/** How often it is asked for while something is removed, and while nothing is known to be, in ms. */
const OFTEN = 700;
const SELDOM = 5_000;

/** How far the removing of results is, also where somebody else has begun it. */
export function PurgeProgress({ name, isAsked }: { readonly name: string; readonly isAsked: boolean }) {
  const most = useRef(0);
  const isMoving = useRef(false);
  const { data: left = 0, reload } = useResource(
    `purging ${name}`,
    (signal) => rowsToPurge(name, signal),
    isAsked || isMoving.current ? OFTEN : SELDOM,
  );
  isMoving.current = left > 0;
  most.current = left === 0 ? 0 : Math.max(most.current, left);
  useEffect(reload, [isAsked]);

  if (!isAsked && left === 0) return null;
  return (
    <div class="progress" role="status">
      <label>
        <span>Removing results …</span>
        {left > 0 ? <progress max={most.current} value={most.current - left} /> : <progress />}
      </label>
      {left > 0 && <span class="quiet">{number(left)} rows left</span>}
    </div>
  );
}
