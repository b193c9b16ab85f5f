import type { Row } from './side.by.side.js';

/** Rows that are shown, or folded until the reader opens them. */
export interface Fold {
  readonly isFolded: boolean;
  readonly rows: readonly Row[];
}

/** Number of equal lines shown around differing ones. */
const CONTEXT = 2;

/** Folds long stretches of equal lines. */
export function foldsOf(rows: readonly Row[]): Fold[] {
  const isNear = rows.map(() => false);
  rows.forEach(({ mark }, index) => {
    if (mark !== 'same') isNear.fill(true, Math.max(index - CONTEXT, 0), index + CONTEXT + 1);
  });
  const folds: { isFolded: boolean; rows: Row[] }[] = [];
  rows.forEach((row, index) => {
    const isFolded = isNear[index] === false;
    const last = folds.at(-1);
    if (last?.isFolded === isFolded) last.rows.push(row);
    else folds.push({ isFolded, rows: [row] });
  });
  // A fold itself takes a line.
  return folds.map((fold) => (fold.isFolded && fold.rows.length > 3 ? fold : { ...fold, isFolded: false }));
}
