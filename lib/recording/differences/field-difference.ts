import type { JsonValue } from '../../values/json-value.js';

/**
 * In which way a field differs: only in the control, only in the candidate, another type, another value, or another order.
 *
 * @publicApi
 */
export type DifferenceKind = 'missing' | 'extra' | 'type' | 'value' | 'order';

/**
 * A field in which the candidate differs from the control.
 *
 * @publicApi
 */
export interface FieldDifference {
  /** Such as `$.items[*].price`; `$` is the value as a whole. */
  readonly path: string;
  readonly kind: DifferenceKind;
  /** In how many runs. */
  readonly count: number;
  /** In how many of the runs in which the control was compared with itself. */
  readonly noise: number;
  /** Whether it differs no more often than the control does from itself, as far as that was measured. */
  readonly isNoise: boolean;
  readonly example: { readonly control?: JsonValue; readonly candidate?: JsonValue } | null;
}
