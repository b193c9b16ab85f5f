import { types } from 'node:util';
import { kindOfClient } from './known-clients.js';

/** Client that a candidate can reach. */
export interface ReachableClient {
  /** Where it is, such as `OrdersService.mailer.transport`. */
  readonly place: string;
  /** Kind of client, for people. */
  readonly kind: string;
}

/** Deepest dependency that is looked at, and the most objects. */
const DEEPEST = 3;
const MOST = 500;

/**
 * Finds clients among the dependencies of an object: its properties, and theirs.
 *
 * @param isLeftOut decides which objects are not looked at, such as those behind a gate
 */
export function findReachableClients(host: object, isLeftOut: (value: object) => boolean): ReachableClient[] {
  const found: ReachableClient[] = [];
  const seen = new Set<object>([host]);
  let level: (readonly [place: string, value: object])[] = [[nameOf(host), host]];
  for (let depth = 0; depth < DEEPEST && seen.size < MOST; depth++) {
    const next: typeof level = [];
    for (const [place, value] of level) {
      for (const [key, property] of propertiesOf(value)) {
        if (seen.has(property) || seen.size >= MOST) continue;
        seen.add(property);
        if (isLeftOut(property)) continue;
        const kind = kindOfClient(property);
        if (kind === undefined) next.push([`${place}.${key}`, property]);
        else found.push({ place: `${place}.${key}`, kind });
      }
    }
    level = next;
  }
  return found;
}

/** Lists the objects that an object holds in properties of its own. Runs no accessors. */
function propertiesOf(value: object): [key: string, property: object][] {
  if (types.isProxy(value) || ArrayBuffer.isView(value)) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([key, { value: property }]) => {
    const isObject = (typeof property === 'object' && property !== null) || typeof property === 'function';
    return isObject ? [[key, property as object]] : [];
  });
}

function nameOf(host: object): string {
  const constructor: unknown = (Object.getPrototypeOf(host) as { constructor?: unknown } | null)?.constructor;
  return typeof constructor === 'function' ? constructor.name : 'this';
}
