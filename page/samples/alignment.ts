import { contentOf, isRecord, type Json } from './json.js';

/** A row of two aligned lists: both items, one without a counterpart, or one that is elsewhere in the other list. */
export interface Placed {
  readonly control?: number;
  readonly candidate?: number;
  readonly isMoved?: true;
}

/** Number of comparisons above which items are only paired by position. */
const MOST = 250_000;

/** Properties that identify an item of a list. The first one that it has is used. */
const KEYS = ['id', '_id', 'key'];

/** Aligns two lists by the longest sequence of items that both have. */
export function alignmentOf(control: readonly Json[], candidate: readonly Json[]): Placed[] {
  if (control.length * candidate.length > MOST) return gapOf(range(0, control.length), range(0, candidate.length));
  const [here, there] = [control.map(labelOf), candidate.map(labelOf)];
  const common = commonOf(here, there);
  const moved = movedOf(here, there, common);
  const placed: Placed[] = [];
  let [from, to] = [0, 0];
  for (const [left, right] of [...common, [here.length, there.length] as const]) {
    const gone = range(from, left);
    const come = range(to, right);
    placed.push(...gone.filter((index) => moved.control.has(index)).map((index) => ({ control: index, isMoved: true as const })));
    placed.push(
      ...come.filter((index) => moved.candidate.has(index)).map((index) => ({ candidate: index, isMoved: true as const })),
    );
    placed.push(
      ...gapOf(
        gone.filter((index) => !moved.control.has(index)),
        come.filter((index) => !moved.candidate.has(index)),
      ),
    );
    if (left < here.length) placed.push({ control: left, candidate: right });
    [from, to] = [left + 1, right + 1];
  }
  return placed;
}

/** Pairs items at the same place between others: they are one item that has changed. */
function gapOf(gone: readonly number[], come: readonly number[]): Placed[] {
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, nth) => {
    const [control, candidate] = [gone[nth], come[nth]];
    return { ...(control === undefined ? {} : { control }), ...(candidate === undefined ? {} : { candidate }) };
  });
}

function labelOf(item: Json): string {
  if (isRecord(item)) {
    for (const key of KEYS) {
      const value = Object.hasOwn(item, key) ? item[key] : undefined;
      if (typeof value === 'string' || typeof value === 'number') return `${key}:${value}`;
    }
  }
  return `=${contentOf(item)}`;
}

/** Returns the pairs of a longest common subsequence. */
function commonOf(here: readonly string[], there: readonly string[]): (readonly [number, number])[] {
  const lengths = Array.from({ length: here.length + 1 }, () => new Uint16Array(there.length + 1));
  const at = (left: number, right: number) => lengths[left]?.[right] ?? 0;
  for (let left = here.length - 1; left >= 0; left -= 1) {
    const row = lengths[left];
    for (let right = there.length - 1; row !== undefined && right >= 0; right -= 1)
      row[right] = here[left] === there[right] ? at(left + 1, right + 1) + 1 : Math.max(at(left + 1, right), at(left, right + 1));
  }
  const pairs: (readonly [number, number])[] = [];
  for (let [left, right] = [0, 0]; left < here.length && right < there.length;) {
    if (here[left] === there[right]) pairs.push([left++, right++]);
    else if (at(left + 1, right) >= at(left, right + 1)) left += 1;
    else right += 1;
  }
  return pairs;
}

/** Finds items that both lists have, but in another order. */
function movedOf(here: readonly string[], there: readonly string[], common: readonly (readonly [number, number])[]) {
  const [left, right] = [new Set(common.map(([index]) => index)), new Set(common.map(([, index]) => index))];
  const free = new Map<string, number[]>();
  there.forEach((label, index) => {
    if (!right.has(index)) free.set(label, [...(free.get(label) ?? []), index]);
  });
  const moved = { control: new Set<number>(), candidate: new Set<number>() };
  here.forEach((label, index) => {
    const other = left.has(index) ? undefined : free.get(label)?.shift();
    if (other === undefined) return;
    moved.control.add(index);
    moved.candidate.add(other);
  });
  return moved;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(to - from, 0) }, (_, index) => from + index);
}
