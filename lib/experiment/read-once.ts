import { types } from 'node:util';

/**
 * Whether a value can be read only once, so that comparing it would take it from its reader: a Node or web stream, Nest's
 * `StreamableFile`, a `Response`, a generator, or another async iterable.
 */
export function isReadOnce(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false;
  try {
    return (
      types.isGeneratorObject(value) ||
      Symbol.asyncIterator in value ||
      hasMethod(value, 'pipe') ||
      hasMethod(value, 'getReader') ||
      hasMethod(value, 'getStream') ||
      (hasMethod(value, 'arrayBuffer') && 'bodyUsed' in value)
    );
  } catch {
    return false;
  }
}

/** Frees what a value holds that nobody will read, such as an open file. Never throws. */
export function discard(value: unknown): void {
  if (!isReadOnce(value)) return;
  const { getStream, destroy, cancel, on } = value as Partial<Record<string, (...args: unknown[]) => unknown>>; // it may have these
  try {
    if (hasMethod(value, 'getStream')) discard(getStream?.call(value));
    else if (hasMethod(value, 'destroy')) {
      on?.call(value, 'error', () => undefined);
      destroy?.call(value);
    } else if (hasMethod(value, 'cancel')) Promise.resolve(cancel?.call(value)).catch(() => undefined);
  } catch {
    // A stream that can't be freed is its candidate's loss.
  }
}

function hasMethod(value: object, name: string): boolean {
  return typeof (value as Record<string, unknown>)[name] === 'function'; // any object may have it
}
