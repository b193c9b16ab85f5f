/**
 * Limits of what a JSON form keeps: levels, entries of one object or list, entries in total, characters of a string, characters in total,
 * and the total length of strings of which a part is kept. The last one exists because V8 flattens a concatenated string first.
 */
export const JSON_LIMITS = { depth: 8, breadth: 100, total: 2_000, length: 4_096, characters: 250_000, written: 1_000_000 };
