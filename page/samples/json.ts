/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonRecord;

/** A JSON object. */
export interface JsonRecord {
  readonly [key: string]: Json;
}

/** Decides whether a value is a JSON object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Decides whether a value is a JSON array. */
export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** Returns a text that is the same for equal values, whatever the order of their properties. */
export function contentOf(value: Json): string {
  if (isList(value)) return `[${value.map(contentOf).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${contentOf(item)}`);
  return `{${entries.sort().join()}}`;
}
