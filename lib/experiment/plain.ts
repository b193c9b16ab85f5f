import { types } from 'node:util';

/** What JSON can hold. */
export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

/** How much of a value is kept: levels, entries of one object or list, entries in all, characters of a string. */
const LIMITS = { depth: 8, breadth: 100, total: 2_000, length: 4_096 };

/**
 * Turns any value into one that JSON can hold, without throwing and without running code of the value's: accessors are
 * named and not called, cycles and what lies beyond the limits are marked as such.
 */
export function toPlain(value: unknown): Plain {
  return new Plainer().plain(value, 0);
}

class Plainer {
  private readonly above = new Set<object>();
  private left = LIMITS.total;

  plain(value: unknown, depth: number): Plain {
    switch (typeof value) {
      case 'string':
        return shortened(value);
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return `${value}n`;
      case 'undefined':
        return '[undefined]';
      case 'symbol':
        return value.toString();
      case 'function':
        return types.isProxy(value) ? '[Proxy]' : `[Function ${ownName(value)}]`;
      case 'object':
        return value === null ? null : this.object(value, depth);
    }
  }

  private object(value: object, depth: number): Plain {
    if (types.isProxy(value)) return '[Proxy]';
    if (this.above.has(value)) return '[Circular]';
    if (depth >= LIMITS.depth || this.left <= 0) return '[Cut]';
    this.above.add(value);
    try {
      return this.entries(value, depth + 1);
    } catch {
      return '[Unreadable]';
    } finally {
      this.above.delete(value);
    }
  }

  private entries(value: object, depth: number): Plain {
    if (types.isDate(value))
      return Number.isNaN(Date.prototype.getTime.call(value)) ? '[Invalid Date]' : Date.prototype.toISOString.call(value);
    if (types.isRegExp(value)) return RegExp.prototype.toString.call(value);
    if (types.isNativeError(value)) return this.error(value, depth);
    if (types.isArrayBufferView(value) || types.isAnyArrayBuffer(value)) return `[Binary ${value.byteLength} bytes]`;
    if (types.isPromise(value)) return '[Promise]';
    if (Array.isArray(value)) return this.list(value.length, (index) => this.property(value, String(index), depth));
    if (types.isSet(value)) return this.list(value.size, this.following(Set.prototype.values.call(value), depth));
    if (types.isMap(value)) return this.list(value.size, this.following(Map.prototype.entries.call(value), depth));
    return this.record(value, Object.keys(value), depth);
  }

  /** Name, message, stack and cause of an error, and what else it carries. */
  private error(error: Error, depth: number): Plain {
    const own = ['name', 'message', 'stack', 'cause', ...Object.keys(error)];
    const plain = this.record(
      error,
      [...new Set(own)].filter((key) => key in error),
      depth,
    );
    return { name: error.constructor.name, ...plain };
  }

  private record(value: object, keys: string[], depth: number): { [key: string]: Plain } {
    const plain: [string, Plain][] = [];
    for (const key of keys.slice(0, LIMITS.breadth)) plain.push([shortened(key), this.property(value, key, depth)]);
    if (keys.length > LIMITS.breadth) plain.push(['…', `${keys.length - LIMITS.breadth} more`]);
    return Object.fromEntries(plain);
  }

  private list(length: number, item: (index: number) => Plain): Plain[] {
    const plain = Array.from({ length: Math.min(length, LIMITS.breadth) }, (_, index) => item(index));
    if (length > LIMITS.breadth) plain.push(`… ${length - LIMITS.breadth} more`);
    return plain;
  }

  private following(items: Iterator<unknown>, depth: number): () => Plain {
    return () => this.plain(items.next().value, depth);
  }

  private property(value: object, key: string, depth: number): Plain {
    this.left -= 1;
    let holder: object | null = value;
    while (holder !== null) {
      const found = Object.getOwnPropertyDescriptor(holder, key);
      if (found !== undefined) return 'value' in found ? this.plain(found.value, depth) : '[Accessor]';
      holder = Object.getPrototypeOf(holder) as object | null; // typed as any
    }
    return '[undefined]';
  }
}

function shortened(text: string): string {
  if (text.length <= LIMITS.length) return text.toWellFormed();
  return `${text.slice(0, LIMITS.length).toWellFormed()}… (${text.length - LIMITS.length} more characters)`;
}

function ownName(value: object): string {
  const name: unknown = Object.getOwnPropertyDescriptor(value, 'name')?.value;
  return typeof name === 'string' && name !== '' ? name : '(anonymous)';
}
