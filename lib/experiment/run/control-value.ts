import type { ResolvedOptions } from '../definition.js';
import type { ExperimentState } from './experiment-state.js';
import type { Snapshot } from './snapshot.js';
import { holdsSingleUse, isReadOnce } from '../../values/single-use.js';

/** Copy of a control's value, and whether it is ordinary data. */
export interface ValueCopy {
  readonly value: unknown;
  readonly isPlain: boolean;
}

/** Parts of a run that copying needs. */
interface CopyingRun {
  readonly state: ExperimentState;
  readonly snapshot: Snapshot;
  readonly options: ResolvedOptions;
}

/** Copies a value of the control; undefined if it is too large. */
export function copyValue(value: unknown, { state, snapshot, options }: CopyingRun): ValueCopy | undefined {
  const { isolate, shared } = options;
  if (isolate === 'none') return { value, isPlain: false };
  const { copier, turn } = state.environment;
  const { budget } = snapshot;
  const before = budget.spent;
  const copied = copier.copy(value, budget, shared);
  turn.spend(budget.spent - before, 0);
  state.copyRest.note(budget);
  return copied.kind === 'copied' ? copied : undefined;
}

/** Tells whether an experiment defines what to compare of a value that can't be compared by itself. */
export function saysHowToCompare({ compare, clean }: ResolvedOptions): boolean {
  return compare !== undefined || clean !== undefined;
}

/** Decides whether a value can be used only once, and nothing says how to compare it. */
export function isUncomparable(value: unknown, options: ResolvedOptions): boolean {
  return !saysHowToCompare(options) && isReadOnce(value) && !hasEqualityFor(value, options);
}

/** Decides whether a value holds something that can be used only once, and nothing says how to compare it. */
export function holdsUncomparable(value: unknown, options: ResolvedOptions): boolean {
  return !saysHowToCompare(options) && holdsSingleUse(value, (part) => hasEqualityFor(part, options));
}

function hasEqualityFor(part: object, { equality }: ResolvedOptions): boolean {
  return equality?.findFor(part) !== undefined;
}
