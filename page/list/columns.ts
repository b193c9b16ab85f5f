import type { SortKey } from './list.query.js';

/** A column of the list. */
export interface Column {
  readonly key: SortKey;
  readonly label: string;
  /** True if the highest values are sorted to the top first. */
  readonly isHighFirst: boolean;
  readonly isNumber: boolean;
}

/** Columns from left to right. */
export const COLUMNS: readonly Column[] = [
  { key: 'name', label: 'Experiment', isHighFirst: false, isNumber: false },
  { key: 'state', label: 'State', isHighFirst: false, isNumber: false },
  { key: 'percent', label: 'Calls', isHighFirst: true, isNumber: true },
  { key: 'runs', label: 'Runs', isHighFirst: true, isNumber: true },
  { key: 'match', label: 'Match rate', isHighFirst: false, isNumber: true },
  { key: 'speedup', label: 'Speed', isHighFirst: true, isNumber: true },
  { key: 'readiness', label: 'Readiness', isHighFirst: true, isNumber: false },
  { key: 'hour', label: 'Last hour', isHighFirst: true, isNumber: false },
  { key: 'last', label: 'Last run', isHighFirst: true, isNumber: false },
];
