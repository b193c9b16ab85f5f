import type { JsonValue } from './json-value.js';

/** Beginning of a value as JSON. */
export interface JsonPrefix {
  /** The whole JSON text, or slightly more of it than was asked for. */
  readonly text: string;
  readonly isWhole: boolean;
}

/** Writes a value as JSON, but stops once it has enough characters, because values can be many megabytes large. */
export function jsonPrefix(value: JsonValue, characters: number): JsonPrefix {
  const writer = new Writer(characters);
  return { isWhole: writer.write(value), text: writer.text };
}

class Writer {
  text = '';

  constructor(private readonly limit: number) {}

  /** Writes a value. Returns whether there is room for more. */
  write(value: JsonValue): boolean {
    if (Array.isArray(value)) {
      return this.put('[') && value.every((item, index) => this.separate(index) && this.write(item)) && this.put(']');
    }
    if (typeof value !== 'object' || value === null) return this.primitive(value);
    const entries = Object.entries(value);
    const put = ([key, item]: [string, JsonValue], index: number) =>
      this.separate(index) && this.primitive(key) && this.put(':') && this.write(item);
    return this.put('{') && entries.every(put) && this.put('}');
  }

  private separate(index: number): boolean {
    return index === 0 || this.put(',');
  }

  private primitive(value: string | number | boolean | null): boolean {
    return this.put(JSON.stringify(typeof value === 'string' ? value.slice(0, this.limit) : value));
  }

  private put(piece: string): boolean {
    this.text += piece;
    return this.text.length <= this.limit;
  }
}
