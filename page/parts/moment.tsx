import { serverNow } from '../api/server.clock.js';
import { exactTimeText, timeText } from '../text/time.text.js';

/** A time in the reader's zone. The exact time is shown on hover. */
export function Moment({ time, isExact = false }: { readonly time: string; readonly isExact?: boolean }) {
  const date = new Date(time);
  return (
    <time dateTime={time} title={time}>
      {isExact ? exactTimeText(date) : timeText(date, serverNow())}
    </time>
  );
}
