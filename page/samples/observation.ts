import { isRecord, type Json } from './json.js';

/** Observation of one side in a run, as far as it was kept. */
export interface Observation {
  readonly gave: Gave;
  /** Duration in ms. */
  readonly duration: number | undefined;
  readonly cpuTime: number | undefined;
}

/** Result of one side: a value, an error, the beginning of the JSON of a large one, or nothing if it is not kept. */
export type Gave =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'error'; readonly error: Json }
  | { readonly kind: 'cut'; readonly what: 'value' | 'error'; readonly beginning: string }
  | { readonly kind: 'unknown'; readonly what: 'value' | 'error' };

/** Reads the observation of a recorded result. */
export function observationOf(plain: unknown): Observation {
  const observed = isRecord(plain) ? plain : {};
  return { gave: gaveOf(observed), duration: numberIn(observed, 'duration'), cpuTime: numberIn(observed, 'cpuTime') };
}

function gaveOf(observed: { readonly [key: string]: Json }): Gave {
  const what = observed['kind'] === 'threw' ? 'error' : 'value';
  const given = observed[what];
  if (given === undefined) return { kind: 'unknown', what };
  if (isRecord(given) && given['cut'] === true && typeof given['beginning'] === 'string' && Object.keys(given).length === 2)
    return { kind: 'cut', what, beginning: given['beginning'] };
  return what === 'error' ? { kind: 'error', error: given } : { kind: 'value', value: given };
}

function numberIn(observed: { readonly [key: string]: Json }, key: string): number | undefined {
  const value = observed[key];
  return typeof value === 'number' ? value : undefined;
}
