/** ms that it takes to list the symbols of an object of some 20,000 properties. */
const LONG = 0.3;

/**
 * Whether an object has so many properties that to list their names would keep the event loop for ms, as far as that can be told: V8
 * lists the symbols of an object, of which there are few or none, ten times as fast as its names. It has nothing that tells how many
 * properties with numbers for names there are.
 */
export function hasManyKeys(value: object): boolean {
  // The process may have been interrupted meanwhile: so what takes long is looked at again.
  return takesLong(value) && takesLong(value);
}

function takesLong(value: object): boolean {
  const begun = performance.now();
  Object.getOwnPropertySymbols(value);
  return performance.now() - begun >= LONG;
}
