/** Sections of an experiment's view. */
export type Section = 'overview' | 'differences' | 'samples' | 'settings' | 'history';

/** All sections, in the order of the tabs. */
export const SECTIONS = ['overview', 'differences', 'samples', 'settings', 'history'] as const satisfies readonly Section[];

/** Current view. The query has its search, filters and choices. */
export type Route =
  | { readonly view: 'list'; readonly query: RouteQuery }
  | { readonly view: 'experiment'; readonly name: string; readonly section: Section; readonly query: RouteQuery }
  | { readonly view: 'sample'; readonly name: string; readonly id: string; readonly query: RouteQuery }
  | { readonly view: 'unknown'; readonly query: RouteQuery };

/** Query of a route. */
export type RouteQuery = Readonly<Record<string, string>>;

/** Reads the part of an address behind `#`. */
export function routeOf(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const query = Object.fromEntries(new URLSearchParams(search));
  const [root, name, section = 'overview', id, ...rest] = path
    .split('/')
    .filter((step) => step !== '')
    .map(decoded);
  if (root === undefined) return { view: 'list', query };
  if (root !== 'experiments' || name === undefined || rest.length > 0) return { view: 'unknown', query };
  if (section === 'samples' && id !== undefined) return { view: 'sample', name, id, query };
  const known = SECTIONS.find((one) => one === section);
  return known === undefined || id !== undefined
    ? { view: 'unknown', query }
    : { view: 'experiment', name, section: known, query };
}

/** Writes the address that `routeOf` reads. Empty values of the query are left out. */
export function hashOf(route: Route): string {
  return `#/${pathOf(route).map(encodeURIComponent).join('/')}${searchOf(route.query)}`;
}

function pathOf(route: Route): string[] {
  switch (route.view) {
    case 'experiment':
      return ['experiments', route.name, ...(route.section === 'overview' ? [] : [route.section])];
    case 'sample':
      return ['experiments', route.name, 'samples', route.id];
    case 'list':
    case 'unknown':
      return [];
    default:
      return route satisfies never;
  }
}

function searchOf(query: RouteQuery): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return search === '' ? '' : `?${search}`;
}

/** Decodes a step of an address. An invalid encoding is kept as it is. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
