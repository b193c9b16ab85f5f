import type { Redaction } from '../../values/redaction/redaction.js';
import { areDirectlyEqual, isDirectRecord, isList, showScalar, type DirectRecord } from './direct-content.js';
import type { DirectNames } from './direct-names.js';
import { NotDirect } from './not-direct.js';

/** Assigns numbers to parts of direct data. Equal parts, and no others, get the same number. */
export class DirectNumbers {
  private readonly buckets = new Map<number, { readonly part: unknown; readonly number: number }[]>();
  private readonly texts = new Map<string, number>();
  private count = 0;

  constructor(
    private readonly redaction: Redaction | undefined,
    private readonly names: DirectNames,
  ) {}

  of(part: unknown): number {
    const hash = this.hash(part);
    let bucket = this.buckets.get(hash);
    if (bucket === undefined) this.buckets.set(hash, (bucket = []));
    for (const one of bucket) if (areDirectlyEqual(one.part, part)) return one.number;
    bucket.push({ part, number: this.count });
    this.count += 1;
    return this.count - 1;
  }

  private hash(value: unknown): number {
    if (isList(value)) return this.hashList(value);
    if (isDirectRecord(value)) return this.hashRecord(value);
    const shown = showScalar(value);
    if (typeof shown === 'string') return this.hashText(shown);
    return typeof shown === 'number' ? mix(shown, shown % 1 === 0 ? 1 : shown * 1e9) : mix(2, shown === null ? 1 : Number(shown));
  }

  private hashList(list: readonly unknown[]): number {
    this.names.refuseNamedItems(list);
    let hash = list.length;
    for (const item of list) hash = mix(hash, this.hash(item));
    return hash;
  }

  private hashRecord(record: DirectRecord): number {
    const keys = Object.keys(record);
    this.names.refuseNamedProperties(record);
    let hash = keys.length;
    for (const key of keys) {
      // Parts that differ in it are shown alike.
      if (this.redaction?.mayHide(key)) throw new NotDirect();
      // The order of keys doesn't count.
      hash = (hash + mix(this.hashText(key), this.hash(record[key]))) | 0;
    }
    return hash;
  }

  private hashText(text: string): number {
    let number = this.texts.get(text);
    if (number === undefined) {
      // Texts that differ may be shown alike.
      if (!text.isWellFormed() || (this.redaction !== undefined && this.redaction.text(text) !== text)) throw new NotDirect();
      this.texts.set(text, (number = this.texts.size));
    }
    return number;
  }
}

/** Mixes two numbers to 32 bits. */
function mix(one: number, other: number): number {
  return Math.imul(Math.imul(one | 0, 0x9e3779b1) ^ ((one >>> 15) + other), 0x85ebca6b) | 0;
}
