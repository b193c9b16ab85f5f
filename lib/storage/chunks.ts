/** How many rows one statement names at the most: each is a few parameters, of which databases take thousands. */
const CHUNK = 100;

/** A list in parts that one statement can take. */
export function chunksOf<Item>(items: readonly Item[], size = CHUNK): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
