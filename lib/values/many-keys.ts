/** Time, in ms, that listing the symbols of an object with some 20,000 properties takes. */
const LONG = 0.3;

/**
 * Detects objects with so many properties that listing their names would hold the event loop for ms. V8 lists an object's symbols, of which
 * there are few or none, ten times as fast as its names. Properties with numbers for names can't be detected.
 */
export function hasManyKeys(value: object): boolean {
  // The process may have been interrupted meanwhile, so measure again.
  return takesLong(value) && takesLong(value);
}

function takesLong(value: object): boolean {
  const begun = performance.now();
  Object.getOwnPropertySymbols(value);
  return performance.now() - begun >= LONG;
}
