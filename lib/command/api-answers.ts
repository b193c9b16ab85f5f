import type { SummaryLike } from '../reports/text/summary.text.js';
import type { DifferenceLike } from '../reports/text/difference.text.js';

/** A JSON object with unknown properties. */
export type Item = Readonly<Record<string, unknown>>;

/** An epoch as the API returns it. */
export interface EpochLike extends Item {
  readonly number: number;
  readonly release: string;
  readonly fingerprint: string;
  readonly current: boolean;
}

/** Decides whether a value is an epoch. */
export function isEpoch(value: unknown): value is EpochLike {
  return (
    isItem(value) &&
    typeof value['number'] === 'number' &&
    typeof value['release'] === 'string' &&
    typeof value['fingerprint'] === 'string' &&
    typeof value['current'] === 'boolean'
  );
}

/** A result as the API returns it. */
export interface ResultLike extends Item {
  readonly candidate: string;
  readonly outcome: string;
  /** The control's observation. */
  readonly control: Item;
  /** The candidate's observation. */
  readonly observed: Item;
  readonly differences: readonly DifferenceLike[];
}

/** Decides whether a value is a JSON object. */
export function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Decides whether a value is a result, as far as its parts are used. */
export function isResult(value: unknown): value is ResultLike {
  return (
    isItem(value) &&
    typeof value['candidate'] === 'string' &&
    typeof value['outcome'] === 'string' &&
    isItem(value['control']) &&
    isItem(value['observed']) &&
    isListOf(value['differences'], (one) => typeof one['path'] === 'string' && typeof one['kind'] === 'string')
  );
}

/** Decides whether a value is a summary, as far as readiness is concerned. The rest is only printed. */
export function isSummary(value: unknown): value is SummaryLike {
  return (
    isItem(value) && typeof value['name'] === 'string' && isItem(value['span']) && isListOf(value['candidates'], isCandidate)
  );
}

function isCandidate({ name, counts, readiness }: Item): boolean {
  return (
    typeof name === 'string' &&
    isItem(counts) &&
    isItem(readiness) &&
    ['collecting', 'notReady', 'noisy', 'ready'].includes(String(readiness['state'])) &&
    typeof readiness['reason'] === 'string'
  );
}

function isListOf(value: unknown, is: (item: Item) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isItem(item) && is(item));
}
