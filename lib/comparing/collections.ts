import { types } from 'node:util';
import { pruneFields } from '../values/omit-fields.js';
import { KEY_ONLY, LeftOut, OUT } from './left-out.js';
import { Matching, type Member } from './matching.js';
import type { Comparer, Task } from './comparing-task.js';
import { LONG } from './texts.js';

/** Size of the largest set or map that is copied without its ignored members. */
const COPIED = 30_000;

/** Members that are visited per step: looking one up is quick. */
const PER_STEP = 4;

type Collection = Set<unknown> | Map<unknown, unknown>;

/** Returns the number of members or entries, even if an instance has a `size` of its own. */
export function countMembers(collection: Collection): number {
  return isMap(collection) ? Reflect.get(Map.prototype, 'size', collection) : Reflect.get(Set.prototype, 'size', collection);
}

function isMap(collection: Collection): collection is Map<unknown, unknown> {
  return types.isMap(collection);
}

/** Comparison of two sets of the same size. Runs no code of theirs. */
export class SetTask implements Task {
  private readonly ones: Member[] = [];
  private readonly others: Member[] = [];
  private readonly here: Iterator<unknown>;
  private readonly there: Iterator<unknown>;
  private areOnesFound = false;
  private looked = 0;

  constructor(
    private readonly one: Set<unknown>,
    private readonly other: Set<unknown>,
  ) {
    this.here = Set.prototype.values.call(one);
    this.there = Set.prototype.values.call(other);
  }

  advance(comparer: Comparer): boolean {
    while (comparer.quota > 0) {
      const next = this.areOnesFound ? this.there.next() : this.here.next();
      this.looked += 1;
      if (this.looked % PER_STEP === 0) comparer.quota -= 1;
      if (next.done === true) {
        if (this.areOnesFound || this.ones.length === 0) return this.match(comparer);
        this.areOnesFound = true;
      } else if (!this.keepUnmatched(comparer, next.value)) return false;
    }
    return true;
  }

  /** Keeps a member for matching if it is an object or a function that only one set has. A primitive equals only itself, so it must be in both. */
  private keepUnmatched(comparer: Comparer, member: unknown): boolean {
    if (typeof member === 'string' && member.length > LONG) {
      comparer.giveUp();
      return true;
    }
    const across = this.areOnesFound ? this.one : this.other;
    if (Set.prototype.has.call(across, member)) return true;
    if (!isReference(member)) return false;
    (this.areOnesFound ? this.others : this.ones).push({ key: member, value: undefined, leftOut: undefined });
    return true;
  }

  private match(comparer: Comparer): boolean {
    comparer.pop();
    return pushMatching(comparer, this.ones, this.others, [this.one, this.other]);
  }
}

/** Comparison of two maps. Runs no code of theirs. */
export class MapTask implements Task {
  private readonly ones: Member[] = [];
  private readonly others: Member[] = [];
  private readonly here: Iterator<[unknown, unknown]>;
  private readonly there: Iterator<[unknown, unknown]>;
  private areOnesFound = false;
  /** Number of compared entries that the one has more than the other. */
  private surplus = 0;

  constructor(
    private readonly one: Map<unknown, unknown>,
    private readonly other: Map<unknown, unknown>,
    private readonly leftOut: LeftOut | undefined,
  ) {
    this.here = Map.prototype.entries.call(one);
    this.there = Map.prototype.entries.call(other);
  }

  advance(comparer: Comparer): boolean {
    const { depth } = comparer;
    while (comparer.quota > 0 && comparer.depth === depth) {
      comparer.quota -= 1;
      const next = this.areOnesFound ? this.there.next() : this.here.next();
      if (next.done === true) {
        if (this.areOnesFound || (this.ones.length === 0 && this.leftOut === undefined)) return this.match(comparer);
        this.areOnesFound = true;
      } else if (!this.compareEntry(comparer, ...next.value)) return false;
    }
    return true;
  }

  private compareEntry(comparer: Comparer, key: unknown, value: unknown): boolean {
    const fate = this.leftOut?.entry(key, 0);
    if (fate === OUT || (typeof key === 'string' && key.length > LONG)) {
      if (fate === OUT) comparer.leave();
      else comparer.giveUp();
      return true;
    }
    const leftOut = fate === KEY_ONLY ? undefined : fate;
    if (fate === KEY_ONLY) comparer.leave();
    this.surplus += this.areOnesFound ? -1 : 1;
    if (isReference(key)) {
      (this.areOnesFound ? this.others : this.ones).push({ key, value: fate === KEY_ONLY ? undefined : value, leftOut });
      return true;
    }
    if (this.areOnesFound) return true;
    const across: unknown = Map.prototype.get.call(this.other, key);
    if (across === undefined && !Map.prototype.has.call(this.other, key)) return false;
    return fate === KEY_ONLY || comparer.pair(value, across, 1, leftOut);
  }

  private match(comparer: Comparer): boolean {
    comparer.pop();
    if (this.areOnesFound && this.surplus !== 0) return false;
    return pushMatching(comparer, this.ones, this.others, [this.one, this.other]);
  }
}

/** Decides whether a value may equal another one that it isn't. */
function isReference(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function pushMatching(comparer: Comparer, ones: Member[], others: Member[], holders: readonly [object, object]): boolean {
  if (ones.length !== others.length) return false;
  if (ones.length > 0) comparer.push(new Matching(ones, others, holders, comparer.rules));
  return true;
}

/** One of two sets or maps, with the copy that is made of it. */
interface Side {
  readonly size: number;
  readonly from: Iterator<[unknown, unknown]>;
  readonly copy: Collection;
}

/** Comparison of two sets or maps whose members are ignored by their place. Copies both without these members and compares the copies. */
export class PruningTask implements Task {
  private readonly sides: readonly Side[];
  private index = 0;
  private side = 0;

  constructor(
    one: Collection,
    other: Collection,
    private readonly leftOut: LeftOut,
  ) {
    this.sides = [makeSide(one), makeSide(other)];
  }

  advance(comparer: Comparer): boolean {
    if (this.sides.some(({ size }) => size > COPIED)) {
      comparer.pop();
      comparer.giveUp();
      return true;
    }
    while (comparer.quota > 0) {
      const side = this.sides[this.side];
      if (side === undefined) return this.compare(comparer);
      const next = side.from.next();
      if (next.done === true) {
        this.side += 1;
        this.index = 0;
      } else {
        this.take(comparer, side.copy, ...next.value);
        this.index += 1;
      }
    }
    return true;
  }

  private take(comparer: Comparer, copy: Collection, key: unknown, value: unknown): void {
    comparer.quota -= 1;
    const { leftOut, index } = this;
    const fate = isMap(copy) ? leftOut.entry(key, index) : leftOut.item(index);
    if (fate !== undefined) comparer.leave();
    if (fate === OUT) return;
    const whole = fate === KEY_ONLY ? undefined : value;
    const left = fate instanceof LeftOut ? pruneFields(whole, fate.branches, comparer) : whole;
    if (isMap(copy)) copy.set(key, left);
    else copy.add(left);
  }

  private compare(comparer: Comparer): boolean {
    comparer.pop();
    const [one, other] = this.sides.map(({ copy }) => copy);
    if (one === undefined || other === undefined || countMembers(one) !== countMembers(other)) return false;
    if (isMap(one) && isMap(other)) comparer.push(new MapTask(one, other, undefined));
    else if (!isMap(one) && !isMap(other)) comparer.push(new SetTask(one, other));
    return true;
  }
}

function makeSide(of: Collection): Side {
  const size = countMembers(of);
  return isMap(of)
    ? { size, from: Map.prototype.entries.call(of), copy: new Map() }
    : { size, from: Set.prototype.entries.call(of), copy: new Set() };
}
