import { types } from 'node:util';
import { viewBytes } from '../values/binary.js';
import { hasManyKeys } from '../values/many-keys.js';
import { digestNumber, mix } from './mix-digest.js';

/** Depth, number of parts and number of characters up to which an input is read. */
const LEVELS = 6;
const PARTS = 128;
const CHARACTERS = 4_096;

/** Characters of one text that are read at its beginning, and as many at its end. */
const TEXT_END = 256;

/**
 * Hashes what a call was asked, to tell inputs apart. Runs no code of the values. Equal inputs have the same hash; so may others, where they
 * differ only beyond the bounds or in what can't be looked into.
 *
 * @param isPlain whether the values are ordinary data, as `Copier` says that a copy is. It is read faster, and its hash is the same
 */
export function digestInput(values: readonly unknown[], isPlain = false): number {
  return new InputDigest(isPlain).list(values, LEVELS);
}

/** Hashes a text as a whole. */
export function digestWhole(text: string): number {
  let digest = mix(53, text.length);
  for (let at = 0; at < text.length; at += 1) digest = Math.imul(digest ^ text.charCodeAt(at), 0x01000193);
  return digest;
}

/** Hash of an accessor, and of a hole of a list. */
const NO_VALUE = 61;

class InputDigest {
  private parts = PARTS;
  private characters = CHARACTERS;

  constructor(private readonly isPlain: boolean) {}

  list(list: readonly unknown[], levels: number): number {
    let digest = mix(29, list.length);
    for (let index = 0; index < list.length && this.parts > 0; index += 1)
      digest = mix(digest, this.value(list[index], levels - 1));
    return digest;
  }

  private value(value: unknown, levels: number): number {
    this.parts -= 1;
    switch (typeof value) {
      case 'number':
        return digestNumber(value);
      case 'string':
        return this.text(value);
      case 'bigint':
        return mix(3, Number(BigInt.asIntN(32, value)));
      case 'boolean':
        return value ? 5 : 7;
      case 'object':
        return value === null
          ? 11
          : levels <= 0 || this.parts <= 0 || (!this.isPlain && types.isProxy(value))
            ? 41
            : this.object(value, levels);
      case 'undefined':
        return 13;
      default:
        return 17;
    }
  }

  private text(text: string): number {
    const { length } = text;
    let digest = mix(53, length);
    const most = Math.min(TEXT_END, this.characters);
    const end = Math.min(length, most);
    const rest = Math.max(end, length - most);
    for (let at = 0; at < end; at += 1) digest = Math.imul(digest ^ text.charCodeAt(at), 0x01000193);
    for (let at = rest; at < length; at += 1) digest = Math.imul(digest ^ text.charCodeAt(at), 0x01000193);
    this.characters -= end + length - rest;
    return digest;
  }

  private object(value: object, levels: number): number {
    if (Array.isArray(value)) return this.elements(value, levels);
    if (this.isPlain) return this.properties(value, levels);
    if (types.isDate(value)) return mix(19, digestNumber(Date.prototype.getTime.call(value)));
    if (types.isSet(value))
      return mix(
        31,
        this.sum(Set.prototype.values.call(value), (member) => this.value(member, levels - 1)),
      );
    if (types.isMap(value)) {
      const entries = Map.prototype.entries.call(value);
      return mix(
        37,
        this.sum(entries, ([key, item]) => mix(this.value(key, levels - 1), this.value(item, levels - 1))),
      );
    }
    if (types.isRegExp(value)) return mix(73, this.text(Reflect.get(RegExp.prototype, 'source', value)));
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return digestBytes(value);
    return this.properties(value, levels);
  }

  /** Reads the own elements of a list, none of which may be an accessor's. */
  private elements(list: readonly unknown[], levels: number): number {
    let digest = mix(29, list.length);
    for (let index = 0; index < list.length && this.parts > 0; index += 1)
      digest = mix(digest, this.element(list, index, levels));
    return digest;
  }

  private element(list: readonly unknown[], index: number, levels: number): number {
    if (!this.isPlain) return this.property(list, String(index), levels);
    const item = list[index];
    return item === undefined && !Object.hasOwn(list, index) ? this.nothing() : this.value(item, levels - 1);
  }

  private properties(record: object, levels: number): number {
    // Ordinary data has few.
    if (!this.isPlain && hasManyKeys(record)) return 67;
    const keys = Object.keys(record);
    const digest = mix(43, keys.length);
    const own = this.sum(keys, (key) => mix(this.text(key), this.property(record, key, levels)));
    return !this.isPlain && types.isNativeError(record)
      ? mix(mix(digest, own), this.property(record, 'message', levels))
      : mix(digest, own);
  }

  private property(holder: object, key: string, levels: number): number {
    if (this.isPlain) return this.value(Reflect.get(holder, key), levels - 1);
    const property = Object.getOwnPropertyDescriptor(holder, key);
    return property !== undefined && 'value' in property ? this.value(property.value, levels - 1) : this.nothing();
  }

  /** Counts a part without a value, since a list can have millions of holes. */
  private nothing(): number {
    this.parts -= 1;
    return NO_VALUE;
  }

  /** Adds up the digests of items, so that their order doesn't matter. */
  private sum<Item>(items: Iterable<Item>, digest: (item: Item) => number): number {
    let sum = 0;
    for (const item of items) {
      if (this.parts <= 0) break;
      sum = (sum + digest(item)) | 0;
    }
    return sum;
  }
}

function digestBytes(data: ArrayBufferLike | ArrayBufferView): number {
  const bytes = viewBytes(data);
  let digest = mix(47, bytes.length);
  for (const byte of bytes.subarray(0, TEXT_END)) digest = Math.imul(digest ^ byte, 0x01000193);
  for (const byte of bytes.subarray(Math.max(bytes.length - TEXT_END, 0))) digest = Math.imul(digest ^ byte, 0x01000193);
  return digest;
}
