/** Time, in ms, that listing the symbols of an object with some 20,000 properties takes. */
const LONG = 0.3;

/** Time, in ms, from which it is measured again, because the process may have been interrupted meanwhile. */
const AGAIN = 0.05;

/** Numbers of properties that take as long to list. */
const MANY = 16_384;

/** Smallest number of properties that are looked for by their numbers, and the places that are looked at. */
const FIRST = 1_024;
const PLACES: readonly number[] = [1, 3 / 4, 1 / 2, 1 / 4];

/**
 * Detects objects with so many properties that listing their names would hold the event loop for ms. Many numbers as names are detected
 * only where they are those of a list.
 */
export function hasManyKeys(value: object): boolean {
  return timeToList(value) >= LONG;
}

/**
 * Returns the ms that listing the symbols of an object takes, of which there are few or none: V8 lists them ten times as fast as the names.
 * Infinity if the object has a great number of properties for certain.
 */
export function timeToList(value: object): number {
  if (countNumbers(value) >= MANY) return Infinity;
  const took = measure(value);
  return took < AGAIN ? took : Math.min(took, measure(value));
}

/**
 * Estimates how many of an object's properties have the numbers of a list as names, as those of records by number, and of boxed texts: at
 * least half of them, or 0 if there are few.
 */
export function countNumbers(value: object): number {
  let count = 0;
  for (let next = FIRST; hasNumbers(value, next); next *= 2) count = next;
  return count;
}

function hasNumbers(value: object, count: number): boolean {
  return PLACES.every((place) => Object.hasOwn(value, count * place));
}

function measure(value: object): number {
  const begun = performance.now();
  Object.getOwnPropertySymbols(value);
  return performance.now() - begun;
}
