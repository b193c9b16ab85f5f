/** Items of two lists that belong together, by index, and items without a counterpart. */
export interface Alignment {
  readonly pairs: readonly (readonly [control: number, candidate: number])[];
  readonly missing: readonly number[];
  readonly extra: readonly number[];
  readonly moved: boolean;
}

/**
 * Aligns two lists by their items' labels, in linear time: items with the same label belong together, in their order. If
 * equally many other items remain on both sides, they are paired in order where `areReplaced` says that one is the other,
 * changed.
 */
export function quicklyAligned(
  control: readonly string[],
  candidate: readonly string[],
  areReplaced: (control: number, candidate: number, asMany: boolean) => boolean,
): Alignment {
  const places = new Map<string, number[]>();
  for (let index = candidate.length - 1; index >= 0; index -= 1) {
    const label = candidate[index] ?? '';
    const known = places.get(label);
    if (known === undefined) places.set(label, [index]);
    else known.push(index);
  }
  const pairs: [number, number][] = [];
  const gone: number[] = [];
  const come = new Set(candidate.keys());
  let last = -1;
  let moved = false;
  for (const [index, label] of control.entries()) {
    const place = places.get(label)?.pop();
    if (place === undefined) {
      gone.push(index);
      continue;
    }
    pairs.push([index, place]);
    come.delete(place);
    moved ||= place < last;
    last = place;
  }
  const extra = [...come];
  const missing: number[] = [];
  const unpaired: number[] = [];
  for (const [nth, from] of gone.entries()) {
    const to = extra[nth];
    if (gone.length === extra.length && to !== undefined && areReplaced(from, to, true)) pairs.push([from, to]);
    else {
      missing.push(from);
      if (to !== undefined) unpaired.push(to);
    }
  }
  return { pairs, missing, extra: [...unpaired, ...extra.slice(gone.length)], moved };
}
