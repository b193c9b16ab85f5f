import { isRecord, type Json } from './json.js';

/** What one side did in a run, as far as it was kept. */
export interface Observation {
  readonly gave: Gave;
  /** In ms. */
  readonly duration: number | undefined;
  readonly cpuTime: number | undefined;
}

/** A value, an error, the beginning of the JSON of what was too large, or something that is not kept. */
export type Gave =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'error'; readonly error: Json }
  | { readonly kind: 'cut'; readonly what: 'value' | 'error'; readonly beginning: string }
  | { readonly kind: 'unknown'; readonly what: 'value' | 'error' };

/** Reads an observation as results have it. */
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
