import { connection } from '../live/connection.js';
import { useStore } from '../live/store.js';
import { paused } from '../live/wakefulness.js';
import { Notice } from '../parts/notice.js';
import { Seen } from '../parts/seen.js';
import { Shape } from '../parts/shape.js';
import { clockText } from '../text/time.text.js';

/** Whether figures refresh by themselves, and a button that stops them. */
export function LiveStatus() {
  const isPaused = useStore(paused);
  const { kind } = useStore(connection);
  const isBad = kind === 'away' || kind === 'closed';
  return (
    <div class="live">
      <span class={`live-state${isBad ? ' is-away' : ''}`}>
        <Shape kind={isBad ? 'bad' : isPaused ? 'off' : 'on'} />
        {kind === 'away' ? 'Not reached' : kind === 'closed' ? 'Not let in' : isPaused ? 'Paused' : 'Live'}
      </span>
      <button type="button" class="small" aria-pressed={isPaused} onClick={() => paused.set(!isPaused)}>
        {isPaused ? 'Go on refreshing' : 'Pause'}
      </button>
    </div>
  );
}

/** That the server can't be reached, since when, and from when the figures are. */
export function ConnectionNotice() {
  const now = useStore(connection);
  return (
    <div role="status" class="connection">
      {now.kind === 'away' && (
        <Notice kind="bad">
          <strong>The server can’t be reached since {clockText(new Date(now.since))}.</strong>{' '}
          {now.lastAt !== undefined && <>The figures are from {clockText(new Date(now.lastAt))}. </>}
          It is tried again every few seconds.{' '}
          <span class="quiet">
            <Seen text={now.reason} />
          </span>
        </Notice>
      )}
    </div>
  );
}
