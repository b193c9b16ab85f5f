import { ELSEWHERE } from '../../recording/tallies/difference-tally.js';
import { brief } from './printable.js';
import type { DifferenceKind } from '../../recording/differences/field-difference.js';

/** What two values have in a field. */
interface Sides {
  readonly control?: unknown;
  readonly candidate?: unknown;
}

/** A field that differs, as JSON has it. */
export interface DifferenceLike extends Sides {
  readonly path: string;
  readonly kind: string;
}

const KINDS = new Map<string, string>(
  Object.entries({
    missing: 'only in the control',
    extra: 'only in the candidate',
    type: 'another type',
    value: 'another value',
    order: 'another order',
  } satisfies Record<DifferenceKind, string>),
);

/** Where two values differ, and in which way. */
export function differenceText({ path, kind }: Pick<DifferenceLike, 'path' | 'kind'>): string {
  return path === ELSEWHERE ? 'all other fields' : `${brief(path)}  ${KINDS.get(kind) ?? brief(kind)}`;
}

/** What the two have there, a line for each that has something. */
export function sideLines(sides: Sides): string[] {
  return (['control', 'candidate'] as const).flatMap((side) =>
    sides[side] === undefined ? [] : [`${side.padEnd(11)}${brief(JSON.stringify(sides[side]))}`],
  );
}
