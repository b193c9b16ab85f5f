/**
 * Limits of what a JSON form keeps: levels, entries of one object or list, entries in total, characters of a string, characters in total,
 * and the total length of strings of which a part is kept. The last one exists because V8 flattens a concatenated string first.
 * Integers of more bits are not written in digits.
 */
export const JSON_LIMITS = {
  depth: 8,
  breadth: 100,
  total: 2_000,
  length: 4_096,
  characters: 250_000,
  written: 1_000_000,
  bits: 4_096,
};

/**
 * What counts for more than it shows, because it takes long: times that a text with secrets counts in addition; entries for binary data, and
 * for an error, whose stack is formatted; and properties, listed and not shown, that count as an entry.
 */
export const JSON_COSTS = { secrets: 3, bytes: 3, error: 20, listed: 10 };
