import { Store, useStore } from '../live/store.js';
import { hashOf, routeOf, type Route, type RouteQuery } from './route.js';

const hash = new Store(window.location.hash);

window.addEventListener('hashchange', () => hash.set(window.location.hash));

/** Returns the current route. */
export function useRoute(): Route {
  return routeOf(useStore(hash));
}

/** Goes to another view. */
export function go(route: Route): void {
  window.location.hash = hashOf(route);
}

/** Writes choices in a view into its address, without adding a step to the browser's history. */
export function refine(changes: RouteQuery): void {
  const route = routeOf(hash.value);
  const address = hashOf({ ...route, query: { ...route.query, ...changes } });
  window.history.replaceState(null, '', address);
  hash.set(address);
}
