import { useEffect, useRef } from 'preact/hooks';
import { rowsToPurge } from '../api/api.js';
import { useResource } from '../live/use.resource.js';
import { number } from '../text/figure.text.js';

/** Refresh intervals while rows are being removed, and otherwise, in ms. */
const OFTEN = 700;
const SELDOM = 5_000;

/** Progress of the removal of results, also if somebody else has started it. */
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
