import { Buffer } from 'node:buffer';
import { LeftOut, OUT, type Fate } from './left-out.js';
import { isEnumerable } from './property-names.js';
import type { Comparer, Task } from './comparing-task.js';

/** Consecutive holes after which a list counts as sparse. */
const HOLES = 1_000;

/** Bytes that are compared in one step. */
const BYTES = 262_144;

/** Pair of values whose comparison was put off. */
export class PairTask implements Task {
  constructor(
    private readonly one: unknown,
    private readonly other: unknown,
    private readonly leftOut: LeftOut | undefined,
  ) {}

  advance(comparer: Comparer): boolean {
    comparer.pop();
    return comparer.pair(this.one, this.other, 0, this.leftOut);
  }
}

/** Comparison of two lists, item by item. */
export class ListCursor implements Task {
  private index = 0;
  private holes = 0;
  private readonly length: number;

  constructor(
    private readonly one: readonly unknown[],
    private readonly other: readonly unknown[],
    private readonly leftOut: LeftOut | undefined,
  ) {
    this.length = Math.max(one.length, other.length);
  }

  advance(comparer: Comparer): boolean {
    const { one, other, length, leftOut } = this;
    if (this.index >= length) {
      comparer.pop();
      return true;
    }
    const { depth } = comparer;
    while (this.index < length && comparer.quota > 0 && comparer.depth === depth) {
      const { index } = this;
      this.index += 1;
      let within: LeftOut | undefined;
      if (leftOut !== undefined) {
        const fate = leftOut.item(index);
        if (fate === OUT) {
          comparer.quota -= 1;
          comparer.leave();
          continue;
        }
        within = fate;
      }
      const [here, there] = [one[index], other[index]];
      if (here === undefined && !isSameHole(one, other, index)) return false;
      if (!comparer.pair(here, there, 1, within)) return false;
      this.holes = here === undefined && !Object.hasOwn(one, index) ? this.holes + 1 : 0;
      if (this.holes > HOLES && leftOut === undefined) return this.continueByKeys(comparer);
    }
    return true;
  }

  /** Continues with the keys of a sparse list, most of whose items are missing. */
  private continueByKeys(comparer: Comparer): boolean {
    comparer.pop();
    comparer.push(new KeysTask(this.one, this.other, Object.keys(this.one)));
    return true;
  }
}

/** Decides whether an undefined item is missing in both lists, or undefined in both. */
export function isSameHole(one: readonly unknown[], other: readonly unknown[], index: number): boolean {
  return other[index] === undefined && Object.hasOwn(one, index) === Object.hasOwn(other, index);
}

/** Comparison of two objects of which one has many properties. Lists the keys of the other in a piece of its own. */
export class KeysTask implements Task {
  private hasRested = false;

  constructor(
    private readonly one: object,
    private readonly other: object,
    private readonly keys: readonly string[],
  ) {}

  advance(comparer: Comparer): boolean {
    const { one, other, keys } = this;
    if (!this.hasRested) {
      this.hasRested = true;
      comparer.rest();
      return true;
    }
    comparer.pop();
    // Finding a missing key is cheaper than listing all of them.
    for (let at = 0; at < keys.length; at += Math.ceil(keys.length / 64)) {
      if (!isEnumerable(other, keys[at] as string)) return false; // it is within the list
    }
    const there = Object.keys(other);
    comparer.quota -= there.length;
    if (there.length !== keys.length) return false;
    comparer.push(new RecordCursor(one, other, keys));
    return true;
  }
}

/** Comparison of two objects, property by property. */
export class RecordCursor implements Task {
  private index = 0;

  /** @param keys keys of the one; the other has as many */
  constructor(
    private readonly one: object,
    private readonly other: object,
    private readonly keys: readonly PropertyKey[],
    private readonly leftOut?: LeftOut,
  ) {}

  advance(comparer: Comparer): boolean {
    const { one, other, keys, leftOut } = this;
    if (this.index >= keys.length) {
      comparer.pop();
      return true;
    }
    const { depth } = comparer;
    while (this.index < keys.length && comparer.quota > 0 && comparer.depth === depth) {
      const key = keys[this.index] as PropertyKey; // it is within the list
      this.index += 1;
      if (!isEnumerable(other, key)) return false;
      const fate = entryFate(leftOut, key);
      const inside = fate instanceof LeftOut ? findLeftOut(fate, one, other, key) : undefined;
      if (!comparer.pair(Reflect.get(one, key), Reflect.get(other, key), 1, inside)) return false;
    }
    return true;
  }
}

/** Decides whether a property is compared whole, in part, or not at all. */
export function entryFate(leftOut: LeftOut | undefined, key: PropertyKey): Fate {
  return leftOut === undefined || typeof key !== 'string' ? undefined : leftOut.property(key);
}

/** Returns the ignored parts of a property that is compared. The result of an accessor belongs to no field, and is compared whole. */
export function findLeftOut(fate: LeftOut, one: object, other: object, key: PropertyKey): LeftOut | undefined {
  return isAccessor(one, key) || isAccessor(other, key) ? undefined : fate;
}

function isAccessor(object: object, key: PropertyKey): boolean {
  const property = Object.getOwnPropertyDescriptor(object, key);
  return property !== undefined && !('value' in property);
}

/** Comparison of two texts of the same length. V8 flattens each concatenated text first, in a piece of its own. */
export class TextTask implements Task {
  private turn = 0;

  constructor(
    private readonly one: string,
    private readonly other: string,
  ) {}

  advance(comparer: Comparer): boolean {
    this.turn += 1;
    if (this.turn > 2) {
      comparer.pop();
      comparer.quota -= this.one.length >> 10;
      return this.one === this.other;
    }
    (this.turn === 1 ? this.one : this.other).charCodeAt(0);
    comparer.rest();
    return true;
  }
}

/** Comparison of two pieces of binary data of the same length. */
export class BytesCursor implements Task {
  private offset = 0;

  constructor(
    private readonly one: Uint8Array,
    private readonly other: Uint8Array,
  ) {}

  advance(comparer: Comparer): boolean {
    if (this.offset >= this.one.byteLength) {
      comparer.pop();
      return true;
    }
    while (this.offset < this.one.byteLength && comparer.quota > 0) {
      const end = this.offset + BYTES;
      if (Buffer.compare(this.one.subarray(this.offset, end), this.other.subarray(this.offset, end)) !== 0) return false;
      this.offset = end;
      comparer.quota -= 256;
    }
    return true;
  }
}
