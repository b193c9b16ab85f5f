/** Rows that one statement names at most. Each row is a few parameters, and databases accept thousands of them. */
const CHUNK = 100;

/** Splits a list into parts that one statement can take. */
export function splitIntoChunks<Item>(items: readonly Item[], size = CHUNK): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** Splits a list into parts whose total size stays within a limit. An item above the limit gets a part of its own. */
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
