/** How many rows one statement names at the most: each is a few parameters, of which databases take thousands. */
const CHUNK = 100;

/** A list in parts that one statement can take. */
export function splitIntoChunks<Item>(items: readonly Item[], size = CHUNK): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** A list in parts whose items are no larger together than a limit; an item that is larger by itself is alone. */
export function splitBySize<Item>(items: readonly Item[], limit: number, sizeOf: (item: Item) => number): Item[][] {
  const chunks: Item[][] = [];
  let left = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (size > left || chunks.length === 0) {
      chunks.push([]);
      left = limit;
    }
    chunks.at(-1)?.push(item);
    left -= size;
  }
  return chunks;
}
