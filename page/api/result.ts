import type { DifferenceKind, Outcome } from './summary.js';

/** A recorded result: the observations of both sides in a run. */
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

/** A differing field. */
export interface ResultDifference {
  readonly path: string;
  readonly kind: DifferenceKind;
  readonly control?: unknown;
  readonly candidate?: unknown;
}

/** Selection of results. */
export interface ResultQuery {
  readonly outcome?: Outcome | undefined;
  readonly candidate?: string | undefined;
  readonly epoch?: string | undefined;
  readonly cursor?: string | undefined;
}
