import type { JsonValue } from '../../values/json-value.js';

/**
 * Kind of a difference: only in the control, only in the candidate, another type, another value, another order,
 * or another class, whose properties may be the same.
 *
 * @publicApi
 */
export type DifferenceKind = 'missing' | 'extra' | 'type' | 'value' | 'order' | 'class';

/**
 * A field in which the candidate differs from the control.
 *
 * @publicApi
 */
export interface FieldDifference {
  /** Such as `$.items[*].price`; `$` is the value as a whole. */
  readonly path: string;
  readonly kind: DifferenceKind;
  /** Number of runs in which it differs. */
  readonly count: number;
  /** Number of runs in which the control differed from itself here. */
  readonly noise: number;
  /** True if the control differs from itself here as well. */
  readonly isNoise: boolean;
  readonly example: { readonly control?: JsonValue; readonly candidate?: JsonValue } | null;
}
