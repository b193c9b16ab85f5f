import { types } from 'node:util';
import { describeBytes } from './described-bytes.js';
import { freezeDeep } from './freeze-deep.js';
import { isShownOf, ownName, readHref, shortenText, sizeOfParameters } from './json-names.js';
import { JSON_COSTS as COSTS, JSON_LIMITS as LIMITS } from './json-limits.js';
import { ownValue, propertyOf, prototypeOf, unbox } from './kind-of.js';
import { REDACTED, type Redaction } from './redaction/redaction.js';
import { nameOfIds } from './redaction/named-ids.js';
import { RedactedTrail } from './redaction/redacted-trail.js';

/**
 * Value that JSON can hold.
 *
 * @publicApi
 */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/**
 * Converts any value to one that JSON can hold, without throwing and without running code of the value's. Accessors are named and not
 * called; cycles, and what exceeds the limits, are marked as such.
 *
 * @param redaction values to leave out
 */
export function toJsonValue(value: unknown, redaction?: Redaction): JsonValue {
  return new JsonConverter(redaction).convert(value, 0);
}

/** Converts as `toJsonValue` does, and freezes the result at all levels. */
export function toFrozenJsonValue(value: unknown, redaction?: Redaction): JsonValue {
  return freezeDeep(toJsonValue(value, redaction));
}

/** Converts as `toFrozenJsonValue` does, and tells whether all of the value was read and nothing of it is redacted. */
export function toCheckedJsonValue(
  value: unknown,
  redaction: Redaction,
): { readonly plain: JsonValue; readonly isWhole: boolean } {
  const converter = new JsonConverter(redaction);
  const plain = freezeDeep(converter.convert(value, 0));
  return { plain, isWhole: converter.isWhole };
}

/** @internal Conversion of one value. */
export class JsonConverter {
  /** Tells whether everything was read so far, and nothing redacted. */
  isWhole = true;
  private readonly above = new Set<object>();
  private readonly trail: RedactedTrail;
  private left = LIMITS.total;
  private characters = LIMITS.characters;
  private written = LIMITS.written;

  constructor(redaction: Redaction | undefined) {
    this.trail = new RedactedTrail(redaction);
  }

  /** Tells whether the rest may be missing. */
  protected get isEnough(): boolean {
    return false;
  }

  convert(value: unknown, depth: number): JsonValue {
    switch (typeof value) {
      case 'string':
        return this.convertText(value);
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return this.convertInteger(value);
      case 'undefined':
        return '[undefined]';
      case 'symbol':
        return `Symbol(${this.convertText(value.description ?? '')})`;
      case 'function':
        return types.isProxy(value) ? this.mark('[Proxy]') : `[Function ${this.convertText(ownName(value))}]`;
      case 'object':
        return value === null ? null : this.convertObject(value, depth);
    }
  }

  /** Returns the beginning of a text, as far as there is room. */
  protected convertText(text: string): string {
    if (text.length > this.written || this.characters <= 0) return this.mark(`[Text of ${text.length} characters]`);
    this.written -= text.length;
    const begun = shortenText(text);
    this.characters -= begun.length;
    const shown = this.trail.text(begun);
    if (shown !== text) this.isWhole = false;
    if (shown !== begun) this.characters -= COSTS.secrets * begun.length;
    return shown;
  }

  private convertInteger(value: bigint): string {
    if (this.characters <= 0) return this.mark('[Cut]');
    if (BigInt.asIntN(LIMITS.bits, value) !== value) return `[BigInt of more than ${LIMITS.bits} bits]`;
    const text = `${value}n`;
    this.characters -= text.length;
    return text;
  }

  /** Notes that something was not read, or is redacted. Returns what stands in its place. */
  private mark(instead: string): string {
    this.isWhole = false;
    return instead;
  }

  private convertObject(value: object, depth: number): JsonValue {
    if (types.isProxy(value)) return this.mark('[Proxy]');
    if (this.above.has(value)) return '[Circular]';
    if (depth >= LIMITS.depth || this.left <= 0) return this.mark('[Cut]');
    this.above.add(value);
    try {
      return this.convertEntries(value, depth + 1);
    } catch {
      return this.mark('[Unreadable]');
    } finally {
      this.above.delete(value);
    }
  }

  private convertEntries(value: object, depth: number): JsonValue {
    // Most objects are plain, and the other checks take a while.
    if (prototypeOf(value) === Object.prototype) return this.convertRecord(value, Object.keys(value), depth);
    if (Array.isArray(value)) return this.convertList(value.length, (index) => this.convertMember(value, index, depth));
    if (types.isDate(value))
      return Number.isNaN(Date.prototype.getTime.call(value)) ? '[Invalid Date]' : Date.prototype.toISOString.call(value);
    if (types.isRegExp(value)) return this.convertText(RegExp.prototype.toString.call(value));
    if (types.isNativeError(value)) return this.convertError(value, depth);
    if (types.isArrayBufferView(value) || types.isAnyArrayBuffer(value)) {
      this.left -= COSTS.bytes;
      return describeBytes(value);
    }
    if (types.isBoxedPrimitive(value)) return this.convert(unbox(value), depth);
    if (types.isPromise(value)) return '[Promise]';
    if (types.isSet(value)) {
      const items = Set.prototype.values.call(value);
      return this.convertList(value.size, (index) => this.convertItem(items.next().value, index, depth));
    }
    if (types.isMap(value)) {
      const entries = Map.prototype.entries.call(value);
      return this.convertList(value.size, (index) => this.convertEntry(entries.next().value, index, depth));
    }
    if (prototypeOf(value) === URLSearchParams.prototype) {
      const entries = URLSearchParams.prototype.entries.call(value) as Iterator<[string, string], undefined>; // it is of that class
      return this.convertList(sizeOfParameters(value), (index) => this.convertEntry(entries.next().value, index, depth));
    }
    if (prototypeOf(value) === URL.prototype) return this.convertText(String(readHref(value)));
    return this.convertRecord(value, Object.keys(value), depth);
  }

  /** Converts an error: its name, message, stack and cause, the errors that it aggregates, and its other properties. */
  private convertError(error: Error, depth: number): JsonValue {
    this.left -= COSTS.error;
    const own = ['name', 'message', 'stack', 'cause', 'errors', ...Object.keys(error)];
    const plain = this.convertRecord(
      error,
      [...new Set(own)].filter((key) => isShownOf(error, key)),
      depth,
    );
    // A stack begins with the message, so it is redacted with it.
    if (plain['message'] === REDACTED && 'stack' in plain) plain['stack'] = REDACTED;
    const constructor: unknown = propertyOf(error, 'constructor')?.value;
    return {
      name: typeof constructor === 'function' && !types.isProxy(constructor) ? this.convertText(ownName(constructor)) : 'Error',
      ...plain,
    };
  }

  private convertItem(value: unknown, index: number, depth: number): JsonValue {
    return this.within(String(index), () => this.convert(value, depth), true);
  }

  /** Converts an item of a list. In pairs of a name and a value, or a list of those in turn, a name can say that its value is redacted. */
  protected convertMember(list: readonly unknown[], index: number, depth: number): JsonValue {
    if (index % 2 === 1 && list.length % 2 === 0 && this.trail.hidesNamed(ownValue(list, index - 1))) return this.mark(REDACTED);
    this.left -= 1;
    const property = nameOfIds(list);
    if (property === undefined && !this.trail.isKept) return this.readProperty(list, String(index), depth);
    const read = () => this.readProperty(list, String(index), depth);
    return property === undefined ? this.within(String(index), read, true) : this.within(property, read);
  }

  /** Converts an entry to a pair of key and value. For redaction, a key that can be a property's name is one. */
  private convertEntry(entry: [unknown, unknown] | undefined, index: number, depth: number): JsonValue {
    const [key, value] = entry ?? [];
    const name = typeof key === 'string' || typeof key === 'number' ? String(key) : String(index);
    this.left -= 2;
    if (depth >= LIMITS.depth || this.left <= 0) return this.mark('[Cut]');
    return [this.convert(key, depth + 1), this.within(name, () => this.convert(value, depth + 1))];
  }

  /** Continues within a property of that name, unless it is redacted. */
  private within(name: string, tell: () => JsonValue, isItem = false): JsonValue {
    const told = this.trail.within<JsonValue | undefined>(name, undefined, tell, isItem);
    return told === undefined ? this.mark(REDACTED) : told;
  }

  private convertRecord(value: object, keys: string[], depth: number): { [key: string]: JsonValue } {
    const plain: [string, JsonValue][] = [];
    const convertField = this.convertField(value, keys, depth);
    for (const key of keys.slice(0, LIMITS.breadth)) {
      if (this.isEnough) break;
      plain.push([this.convertText(key), convertField(key)]);
    }
    const more = keys.length - LIMITS.breadth;
    if (more > 0) {
      this.left -= Math.floor(more / COSTS.listed);
      plain.push(['…', this.mark(`${more} more`)]);
    }
    return Object.fromEntries(plain);
  }

  /** Returns what converts a property of a record. What other properties redact of it is found once. */
  protected convertField(value: object, keys: readonly string[], depth: number): (key: string) => JsonValue {
    const hidden = this.trail.hiddenOf(prototypeOf(value));
    const labelled = this.trail.findLabelled(keys, (key) => ownValue(value, key));
    return (key) => {
      const isHidden = labelled.includes(key) || (hidden?.some((one) => one.has(key)) ?? false);
      return isHidden ? this.mark(REDACTED) : this.convertProperty(value, key, depth);
    };
  }

  private convertList(length: number, item: (index: number) => JsonValue): JsonValue[] {
    const plain: JsonValue[] = [];
    for (let index = 0; index < Math.min(length, LIMITS.breadth) && !this.isEnough; index += 1) plain.push(item(index));
    if (length > LIMITS.breadth) plain.push(this.mark(`… ${length - LIMITS.breadth} more`));
    return plain;
  }

  private convertProperty(value: object, key: string, depth: number): JsonValue {
    this.left -= 1;
    const property = key === 'id' ? nameOfIds(value) : undefined;
    if (property === undefined && !this.trail.isKept) {
      return this.trail.hidesKey(key) ? this.mark(REDACTED) : this.readProperty(value, key, depth);
    }
    return this.within(key, () => {
      const read = () => this.readProperty(value, key, depth);
      return property === undefined ? read() : this.within(property, read);
    });
  }

  private readProperty(value: object, key: string, depth: number): JsonValue {
    const found = propertyOf(value, key);
    if (found === undefined) return '[Empty]';
    return 'value' in found ? this.convert(found.value, depth) : this.mark('[Accessor]');
  }
}
