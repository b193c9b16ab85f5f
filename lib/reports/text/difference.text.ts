import { ELSEWHERE } from '../../recording/tallies/difference-tally.js';
import { brief } from './printable.js';
import type { DifferenceKind } from '../../recording/differences/field-difference.js';

/** Values of both sides in a field. */
interface Sides {
  readonly control?: unknown;
  readonly candidate?: unknown;
}

/** A differing field, as in JSON. */
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
    class: 'another class',
  } satisfies Record<DifferenceKind, string>),
);

/** Describes a differing field and the kind of its difference. */
export function differenceText({ path, kind }: Pick<DifferenceLike, 'path' | 'kind'>): string {
  return path === ELSEWHERE ? 'all other fields' : `${brief(path)}  ${KINDS.get(kind) ?? brief(kind)}`;
}

/** Renders the values of both sides, a line for each side that has one. */
export function sideLines(sides: Sides): string[] {
  return (['control', 'candidate'] as const).flatMap((side) =>
    sides[side] === undefined ? [] : [`${side.padEnd(11)}${brief(JSON.stringify(sides[side]))}`],
  );
}
