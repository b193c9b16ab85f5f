/**
 * Longest text that is compared, in characters. V8 flattens a concatenated text in one piece when it is first read, which takes some 3 ns
 * per character, or 10 ns beyond Latin-1. No function detects such a text, or reads it in parts.
 */
export const LONG = 1_000_000;
