import type { DifferenceKind, Outcome } from './summary.js';

/** A result that was kept: what both sides did in a run. */
export interface Result {
  readonly id: string;
  readonly candidate: string;
  readonly outcome: Outcome;
  readonly ranAt: string;
  readonly control: unknown;
  readonly observed: unknown;
  readonly context: unknown;
  readonly differences: readonly ResultDifference[];
  readonly diff: unknown;
}

/** A field in which the two differ. */
export interface ResultDifference {
  readonly path: string;
  readonly kind: DifferenceKind;
  readonly control?: unknown;
  readonly candidate?: unknown;
}

/** Which results are asked for. */
export interface ResultQuery {
  readonly outcome?: Outcome | undefined;
  readonly candidate?: string | undefined;
  readonly cursor?: string | undefined;
}
