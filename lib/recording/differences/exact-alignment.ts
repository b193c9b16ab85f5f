import { diffArrays } from 'diff';
import type { Alignment } from './quick-alignment.js';

/**
 * Aligns two lists by their items' labels: those of the longest common sequence kept their place, and others with the same label
 * moved. What remains in the same gap is paired in order where `areReplaced` says that one is the other, changed; it is told whether
 * the gap has equally many items on both sides.
 */
export function exactlyAligned(
  here: string[],
  there: string[],
  areReplaced: (control: number, candidate: number, asMany: boolean) => boolean,
): Alignment {
  const { removed, added } = unmatched(here, there);
  const moves = movedItems(here, there, removed, added);
  const before = gaps(here.length, removed, new Set(moves.map(([from]) => from)));
  const after = gaps(there.length, added, new Set(moves.map(([, to]) => to)));

  const pairs = [...before.kept.map((index, nth) => [index, after.kept[nth] ?? index] as const), ...moves];
  const missing: number[] = [];
  const extra: number[] = [];
  for (const [gap, gone] of before.gaps.entries()) {
    const come = after.gaps[gap] ?? [];
    for (let nth = 0; nth < Math.max(gone.length, come.length); nth += 1) {
      const [from, to] = [gone[nth], come[nth]];
      const both = from !== undefined && to !== undefined;
      if (both && areReplaced(from, to, gone.length === come.length)) pairs.push([from, to]);
      else {
        if (from !== undefined) missing.push(from);
        if (to !== undefined) extra.push(to);
      }
    }
  }
  return { pairs, missing, extra, moved: moves.length > 0 };
}

/** Returns the indices that have no counterpart in the longest common sequence of both lists. */
function unmatched(here: string[], there: string[]): { removed: Set<number>; added: Set<number> } {
  const removed = new Set<number>();
  const added = new Set<number>();
  let [from, to] = [0, 0];
  for (const change of diffArrays(here, there)) {
    for (let nth = 0; nth < change.count; nth += 1) {
      if (change.removed) removed.add(from);
      if (change.added) added.add(to);
      if (!change.added) from += 1;
      if (!change.removed) to += 1;
    }
  }
  return { removed, added };
}

/** Pairs removed and added items of the same label, in their order, and takes them out of both sets. */
function movedItems(here: string[], there: string[], removed: Set<number>, added: Set<number>): [number, number][] {
  const places = new Map<string | undefined, number[]>();
  for (const from of removed) {
    const known = places.get(here[from]);
    if (known === undefined) places.set(here[from], [from]);
    else known.push(from);
  }
  const moves: [number, number][] = [];
  for (const to of added) {
    const from = places.get(there[to])?.shift();
    if (from === undefined) continue;
    moves.push([from, to]);
    removed.delete(from);
    added.delete(to);
  }
  return moves;
}

/** Returns the number of item pairs left after removing the common beginning and the common end of both lists. */
export function pairsBetween(here: readonly string[], there: readonly string[]): number {
  const shorter = Math.min(here.length, there.length);
  let same = 0;
  while (same < shorter && here[same] === there[same]) same += 1;
  let atEnd = 0;
  while (atEnd < shorter - same && here.at(-1 - atEnd) === there.at(-1 - atEnd)) atEnd += 1;
  return (here.length - same - atEnd) * (there.length - same - atEnd);
}

/** Returns the indices that kept their place, and the changed indices before, between and after them. */
function gaps(length: number, changed: Set<number>, moved: Set<number>): { kept: number[]; gaps: number[][] } {
  const kept: number[] = [];
  let gap: number[] = [];
  const all = [gap];
  for (let index = 0; index < length; index += 1) {
    if (changed.has(index)) gap.push(index);
    else if (!moved.has(index)) {
      kept.push(index);
      all.push((gap = []));
    }
  }
  return { kept, gaps: all };
}
