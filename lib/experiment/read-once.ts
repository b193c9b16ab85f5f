import { types } from 'node:util';

/**
 * Whether a value can be read only once, so that comparing it would take it from its reader: a Node or web stream, Nest's
 * `StreamableFile`, a `Response`, an iterator, or an async iterable.
 */
export function isReadOnce(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  try {
    return (
      Symbol.asyncIterator in value ||
      (Symbol.iterator in value && hasMethod(value, 'next')) ||
      hasMethod(value, 'pipe') ||
      hasMethod(value, 'getReader') ||
      hasMethod(value, 'getStream') ||
      (hasMethod(value, 'arrayBuffer') && 'bodyUsed' in value)
    );
  } catch {
    return false;
  }
}

/**
 * Frees what a candidate's value holds that nobody will read, such as an open file. Never throws.
 *
 * @param others what the value may have come from: one that is found there is not the candidate's to be freed
 */
export function discard(value: unknown, others: readonly unknown[]): void {
  if (!isReadOnce(value) || mayBeReached(value, others)) return;
  try {
    const { getStream, destroy, cancel, on } = value as Partial<Record<string, (...args: unknown[]) => unknown>>; // it may have these
    if (typeof getStream === 'function') discard(getStream.call(value), others);
    else if (typeof destroy === 'function') {
      if (typeof on === 'function') on.call(value, 'error', () => undefined);
      destroy.call(value);
    } else if (typeof cancel === 'function') Promise.resolve(cancel.call(value)).catch(() => undefined);
  } catch {
    // A stream that can't be freed is its candidate's loss.
  }
}

/** About how many values are looked at for one that might be found there. */
const LOOKED_AT = 10_000;

/** Whether a value can be reached through the properties of others; the nearest are looked at first. */
function mayBeReached(value: object, others: readonly unknown[]): boolean {
  const seen = new Set<unknown>(others);
  for (const other of seen) {
    if (other === value) return true;
    if (seen.size > LOOKED_AT) return false;
    if (typeof other !== 'object' || other === null || types.isProxy(other) || ArrayBuffer.isView(other)) continue;
    for (const key of Reflect.ownKeys(other)) seen.add(Object.getOwnPropertyDescriptor(other, key)?.value);
  }
  return false;
}

function hasMethod(value: object, name: string): boolean {
  return typeof (value as Record<string, unknown>)[name] === 'function'; // any object may have it
}
