import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Route } from '../route/route.js';
import { focusHeading } from './focus.js';
import { seen } from '../text/visible.js';

/** Announces a new view to the browser: by the title, and by moving the focus to its heading. */
export function useArrival(route: Route): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const before = useRef<string | undefined>(undefined);
  const place = JSON.stringify({ ...route, query: {} });

  useEffect(() => {
    document.title = titleOf(route);
    if (before.current !== undefined && before.current !== place) {
      window.scrollTo(0, 0);
      focusHeading();
    }
    before.current = place;
  }, [place]);
  return main;
}

function titleOf(route: Route): string {
  switch (route.view) {
    case 'experiment':
      return `${seen(route.name)}: ${route.section} – Studies`;
    case 'sample':
      return `${seen(route.name)}: sample ${seen(route.id)} – Studies`;
    case 'list':
      return 'Experiments – Studies';
    case 'unknown':
      return 'Not found – Studies';
    default:
      return route satisfies never;
  }
}
