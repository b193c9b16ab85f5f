import { connection } from '../live/connection.js';
import { useStore } from '../live/store.js';
import { paused } from '../live/wakefulness.js';
import { Notice } from '../parts/notice.js';
import { Seen } from '../parts/seen.js';
import { Shape } from '../parts/shape.js';
import { clockText } from '../text/time.text.js';

/** Status of the automatic refresh, with a button that pauses it. */
export function LiveStatus() {
  const isPaused = useStore(paused);
  const { kind } = useStore(connection);
  const isBad = kind === 'away' || kind === 'closed';
  return (
    <div class="live">
      <span class={`live-state${isBad ? ' is-away' : ''}`}>
        <Shape kind={isBad ? 'bad' : isPaused ? 'off' : 'on'} />
        {kind === 'away' ? 'Unreachable' : kind === 'closed' ? 'No access' : isPaused ? 'Paused' : 'Live'}
      </span>
      <button type="button" class="small" aria-pressed={isPaused} onClick={() => paused.set(!isPaused)}>
        {isPaused ? 'Resume' : 'Pause'}
      </button>
    </div>
  );
}

/** Notice that the server can't be reached, since when, and how old the figures are. */
export function ConnectionNotice() {
  const now = useStore(connection);
  return (
    <div role="status" class="connection">
      {now.kind === 'away' && (
        <Notice kind="bad">
          <strong>The server has been unreachable since {clockText(new Date(now.since))}.</strong>{' '}
          {now.lastAt !== undefined && <>The figures are from {clockText(new Date(now.lastAt))}. </>}
          Retrying every few seconds.{' '}
          <span class="quiet">
            <Seen text={now.reason} />
          </span>
        </Notice>
      )}
    </div>
  );
}
