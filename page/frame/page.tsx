import { announcement } from '../live/announcer.js';
import { useStore } from '../live/store.js';
import { hashOf } from '../route/route.js';
import { useRoute } from '../route/location.js';
import { ConnectionNotice, LiveStatus } from './live.status.js';
import { useArrival } from './use.arrival.js';
import { View } from './view.js';

/** The whole page: the permanent parts, and the view that the address names. */
export function Page() {
  const route = useRoute();
  const main = useArrival(route);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault(); // the address names the view
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href={hashOf({ view: 'list', query: {} })}>
          <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
            <path d="M3 17c4 0 4-10 9-10s5 10 9 10" />
            <path class="brand-candidate" d="M3 19c5 0 5-7 9-7s4 7 9 7" />
          </svg>
          Studies
        </a>
        <LiveStatus />
      </header>
      <ConnectionNotice />
      <main id="main" ref={main} tabIndex={-1}>
        <View route={route} />
      </main>
      <Announcer />
    </>
  );
}

function Announcer() {
  return (
    <div class="unseen" role="status">
      {useStore(announcement)}
    </div>
  );
}
