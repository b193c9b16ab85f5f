import type { CopyPace } from './copy-budget.js';
import { TOO_LARGE } from './copy-budget.js';
import type { Rebuild } from './copies.js';
import { accessorOf, numberOf, ownValue } from '../kind-of.js';

const readHref = accessorOf(URL.prototype, 'href');
const readSize = numberOf(URLSearchParams.prototype, 'size');

/** Shortest units of work for a parameter of an address: it is written, and parsed. */
const UNITS_PER_PARAMETER = 20;

/** Units of work for a field of a form. */
const FIELD = 20;

/** Classes of the platform whose instances only their constructors can make, and which are always loaded. */
const LOADED = new Map<object, Rebuild>([
  [URL.prototype, (value) => orUndefined(() => new URL(readHref(value) as string))], // an address is a text
  [URLSearchParams.prototype, copyParameters],
]);

/** Others, by name, which Node loads when somebody asks for them. */
const LAZY: Readonly<Record<string, Rebuild>> = {
  Headers: (value) => orUndefined(() => new Headers([...Headers.prototype.entries.call(value)])),
  FormData: (value, pace) =>
    orUndefined(() => {
      const copy = new FormData();
      for (const [name, entry] of FormData.prototype.entries.call(value)) {
        pace.work(FIELD);
        copy.append(name, entry);
      }
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

function copyParameters(value: object, pace: CopyPace): object | undefined {
  return orUndefined(() => {
    pace.fit(readSize(value) * UNITS_PER_PARAMETER);
    return new URLSearchParams(URLSearchParams.prototype.toString.call(value));
  });
}

/** Returns undefined for an object that only inherits from the class. */
function orUndefined(rebuild: () => object): object | undefined {
  try {
    return rebuild();
  } catch (error) {
    if (error === TOO_LARGE) throw error;
    return undefined;
  }
}
