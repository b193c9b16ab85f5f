import { URL } from 'node:url';
import { types } from 'node:util';
import type { EqualityRules } from '../values/equality-rules.js';
import { unbox } from '../values/kind-of.js';
import { digestNumber, mix } from './mix-digest.js';

/** Depth and number of parts up to which a digest reads a value. */
export interface Reach {
  readonly levels: number;
  readonly parts: number;
}

/** Reaches that are tried in this order while values with the same digest differ. */
export const REACHES: readonly Reach[] = [
  { levels: 2, parts: 256 },
  { levels: 5, parts: 2_048 },
  { levels: 40, parts: 4_096 },
];

/** Characters of a text that are read at its beginning, and at its end. */
const CHARACTERS = 24;

/** Longest text that is read, in characters. */
const TEXT = 100_000;

/**
 * Hash of values. Values that are deeply equal have the same one, whatever the order of their properties, members and entries. Has 32 bits,
 * and uses the mixing steps of MurmurHash3.
 */
export class Digest {
  private left = 0;
  private looked = 0;

  constructor(private readonly rules?: EqualityRules) {}

  compute(value: unknown, { levels, parts }: Reach): number {
    // A value with more parts is read less deeply. The number of parts doesn't depend on their order either.
    for (let depth = levels; depth > 0; depth >>= 1) {
      this.left = parts;
      const digest = this.digestValue(value, depth);
      this.looked += parts - this.left;
      if (this.left >= 0) return digest;
    }
    return this.digestValue(value, 0);
  }

  /** Returns the number of parts that were read since the last call. */
  takeParts(): number {
    const { looked } = this;
    this.looked = 0;
    return looked;
  }

  private digestValue(value: unknown, levels: number): number {
    this.left -= 1;
    switch (typeof value) {
      case 'number':
        return digestNumber(value);
      case 'string':
        return digestText(value);
      case 'bigint':
        return mix(3, Number(BigInt.asIntN(32, value)));
      case 'symbol':
        return digestText(value.description ?? '');
      case 'boolean':
        return value ? 5 : 7;
      case 'object':
        return value === null ? 11 : this.digestObject(value, levels);
      case 'undefined':
        return 13;
      default:
        return 17;
    }
  }

  private digestObject(value: object, levels: number): number {
    // Instances that differ in all that can be read may be equal by a function of the user's.
    if (this.rules?.findFor(value) !== undefined) return 61;
    if (Array.isArray(value)) return this.digestList(value, levels);
    if (types.isSet(value)) return this.digestSet(value, levels);
    if (types.isMap(value)) return this.digestMap(value, levels);
    if (types.isDate(value)) return mix(19, digestNumber(Date.prototype.getTime.call(value)));
    if (types.isRegExp(value)) return digestText(value.source);
    if (types.isBoxedPrimitive(value)) return this.digestValue(unbox(value), levels);
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return digestBytes(value);
    return this.digestRecord(value, levels);
  }

  private digestList(list: readonly unknown[], levels: number): number {
    let digest = mix(29, list.length);
    if (levels === 0 || this.left < 0) return digest;
    for (let index = 0; index < list.length && this.left >= 0; index += 1)
      digest = mix(digest, this.digestValue(list[index], levels - 1));
    return digest;
  }

  private digestSet(set: Set<unknown>, levels: number): number {
    const digest = mix(31, Reflect.get(Set.prototype, 'size', set));
    if (levels === 0) return digest;
    let sum = 0;
    for (const member of Set.prototype.values.call(set)) {
      if (this.left < 0) break;
      sum = (sum + this.digestValue(member, levels - 1)) | 0;
    }
    return mix(digest, sum);
  }

  private digestMap(map: Map<unknown, unknown>, levels: number): number {
    const digest = mix(37, Reflect.get(Map.prototype, 'size', map));
    if (levels === 0) return digest;
    let sum = 0;
    for (const [key, item] of Map.prototype.entries.call(map)) {
      if (this.left < 0) break;
      sum = (sum + mix(this.digestValue(key, levels - 1), this.digestValue(item, levels - 1))) | 0;
    }
    return mix(digest, sum);
  }

  private digestRecord(record: object, levels: number): number {
    if (levels === 0) return 41;
    if (record instanceof URL) return digestText(record.href);
    const keys = Object.keys(record);
    this.left -= keys.length;
    let sum = mix(43, keys.length);
    const message: unknown = types.isNativeError(record) ? record.message : undefined;
    if (typeof message === 'string') sum = mix(sum, digestText(message));
    if (this.left < 0) return sum;
    for (const key of keys) {
      if (this.left < 0) break;
      sum = (sum + mix(digestText(key), this.digestValue(Reflect.get(record, key), levels - 1))) | 0;
    }
    return sum;
  }
}

function digestBytes(data: ArrayBufferLike | ArrayBufferView): number {
  const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
  const bytes = new Uint8Array(view.buffer, view.byteOffset, Math.min(view.byteLength, 2 * CHARACTERS));
  let digest = mix(47, view.byteLength);
  for (const byte of bytes) digest = mix(digest, byte);
  return digest;
}

function digestText(text: string): number {
  const { length } = text;
  let digest = mix(53, length);
  if (length > TEXT) return digest;
  const end = Math.min(length, CHARACTERS);
  for (let at = 0; at < end; at += 1) digest = (Math.imul(digest, 31) + text.charCodeAt(at)) | 0;
  for (let at = Math.max(end, length - CHARACTERS); at < length; at += 1)
    digest = (Math.imul(digest, 31) + text.charCodeAt(at)) | 0;
  return digest;
}
