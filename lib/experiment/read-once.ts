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

/** Frees what a value holds that nobody will read, such as an open file. */
export function discard(value: unknown): void {
  if (!isReadOnce(value)) return;
  const { getStream, destroy, cancel } = value as Record<string, unknown>; // any object may have these
  if (typeof getStream === 'function') discard(getStream.call(value));
  else if (typeof destroy === 'function')
    destroyQuietly(value, destroy as () => unknown); // typeof says Function
  else if (typeof cancel === 'function') Promise.resolve(cancel.call(value)).catch(() => undefined);
}

function destroyQuietly(stream: object, destroy: () => unknown): void {
  const { on } = stream as Record<string, unknown>; // any object may have it
  if (typeof on === 'function') on.call(stream, 'error', () => undefined);
  destroy.call(stream);
}

function hasMethod(value: object, name: string): boolean {
  return typeof (value as Record<string, unknown>)[name] === 'function'; // any object may have it
}
