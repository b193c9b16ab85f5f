import { escapeText } from '../base/escaping.js';
import { jsonPrefix } from '../values/json-prefix.js';
import type { Observation } from '../experiment/observation.js';
import type { JsonValue } from '../values/json-value.js';

/** Bytes reserved in a line for the note on how much is missing. */
const ROOM = 60;

/**
 * Formats an observation as one line of JSON, without characters that could control a terminal, and within a limit. Anything
 * beyond the limit is counted but never serialised.
 *
 * @param bytes limit in bytes of UTF-8, 100 or more
 */
export function observationLine(observation: Observation, bytes: number): string {
  const plain = observation.toJSON();
  const { text, isWhole } = jsonPrefix(plain, bytes);
  // JSON escapes the control characters of ASCII; others could still control a terminal.
  const line = escapeText(text);
  if (isWhole && Buffer.byteLength(line) <= bytes) return line;
  const beginning = lineStart(line, bytes - ROOM);
  return `${beginning}… (${Math.max(textLength(plain) - beginning.length, 1)} more characters)`;
}

/** Returns the beginning of a text, in whole characters. */
function lineStart(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}

/**
 * Counts the characters of a value as JSON, without escapes. It is counted rather than serialised, because it may be megabytes.
 */
function textLength(plain: JsonValue): number {
  if (typeof plain === 'string') return plain.length + 2;
  if (typeof plain !== 'object' || plain === null) return String(plain).length;
  const inner = Array.isArray(plain)
    ? plain.reduce<number>((sum, item) => sum + textLength(item) + 1, 0)
    : Object.entries(plain).reduce((sum, [key, item]) => sum + key.length + textLength(item) + 4, 0);
  return Math.max(inner - 1, 0) + 2;
}
