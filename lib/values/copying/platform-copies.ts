import type { Rebuild } from './copies.js';
import { accessorOf, ownValue } from '../kind-of.js';

const readHref = accessorOf(URL.prototype, 'href');

/** Classes of the platform whose instances only their constructors can make, and which are always loaded. */
const LOADED = new Map<object, Rebuild>([
  [URL.prototype, (value) => orUndefined(() => new URL(readHref(value) as string))], // an address is a text
  [URLSearchParams.prototype, (value) => orUndefined(() => new URLSearchParams(URLSearchParams.prototype.toString.call(value)))],
]);

/** Others, by name, which Node loads when somebody asks for them. */
const LAZY: Readonly<Record<string, Rebuild>> = {
  Headers: (value) => orUndefined(() => new Headers([...Headers.prototype.entries.call(value)])),
  FormData: (value) =>
    orUndefined(() => {
      const copy = new FormData();
      for (const [name, entry] of FormData.prototype.entries.call(value)) copy.append(name, entry);
      return copy;
    }),
};

/** Finds what rebuilds instances of a class of the platform, by its prototype. */
export function findPlatformRebuild(prototype: object): Rebuild | undefined {
  const loaded = LOADED.get(prototype);
  if (loaded !== undefined) return loaded;
  const name: unknown = ownValue(prototype, Symbol.toStringTag);
  if (typeof name !== 'string' || !Object.hasOwn(LAZY, name)) return undefined;
  // A class that is not loaded has an accessor.
  const loadedClass: unknown = ownValue(globalThis, name);
  return typeof loadedClass === 'function' && loadedClass.prototype === prototype ? LAZY[name] : undefined;
}

/** Returns undefined for an object that only inherits from the class. */
function orUndefined(rebuild: () => object): object | undefined {
  try {
    return rebuild();
  } catch {
    return undefined;
  }
}
