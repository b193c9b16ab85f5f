/** A text in three parts, of which the middle one differs from another text's. */
export type Parts = readonly [before: string, differing: string, after: string];

/** Finds the part in which two texts differ. */
export function differingParts(control: string, candidate: string): readonly [Parts, Parts] {
  const [left, right] = [Array.from(control), Array.from(candidate)];
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const parts = (characters: readonly string[]): Parts => [
    characters.slice(0, start).join(''),
    characters.slice(start, characters.length - end).join(''),
    characters.slice(characters.length - end).join(''),
  ];
  return [parts(left), parts(right)];
}
