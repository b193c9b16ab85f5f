import { types } from 'node:util';
import { areBrieflyEqual } from '../../comparing/brief-equality.js';
import type { EqualityRules } from '../../values/equality-rules.js';
import { isObject, numberOf, prototypeOf } from '../../values/kind-of.js';
import { splitNames, type Redaction } from '../../values/redaction/redaction.js';
import { joinPath, LIMITS, type ValueDifference } from './differences.js';
import type { DifferenceKind } from './field-difference.js';
import { KnownPaths } from './known-paths.js';
import { className, isBoxedAs, typeName } from './type-names.js';
import { isBytes, isContainer, listKeys } from './visited-parts.js';

/** Pairs of values that are visited at most, and those that are visited whatever time they take. */
const PAIRS = 5_000;
const LEAST = 500;

/** Longest time, in ms, after the least of them. */
const TIME = 3;

/** Pairs that are charged per ms of comparing a part as a whole, and the most for one part: the process may have been interrupted. */
const PAIRS_PER_MS = 1_000;
const MOST = PAIRS / 3;

/** Members of a set that count as a pair, and the most members or entries of a set or map that are copied without its other properties. */
const MEMBERS_PER_PAIR = 16;
const COPIED = 5_000;

/** Pairs that are visited between two readings of the clock. */
const PAIRS_PER_CHECK = 32;

/** Levels of nested values. */
const LEVELS = 200;

const sizeOfMap = numberOf(Map.prototype, 'size');
const sizeOfSet = numberOf(Set.prototype, 'size');

/** Options of an experiment that decide what is found, and named. */
export interface UnseenOptions {
  readonly equality: EqualityRules | undefined;
  readonly redaction: Redaction | undefined;
}

/**
 * Lists the fields in which two values differ, as they are, and not as JSON shows them: also those beyond the parts that JSON shows, and
 * where only their classes differ. Names no values, but the classes. A redacted property is named, and nothing within it. At most 200
 * fields. Runs accessors as comparing does.
 */
export function unseenDifferences(control: unknown, candidate: unknown, options: UnseenOptions): ValueDifference[] {
  const walk = new Walk(options);
  try {
    walk.visit('$', control, candidate);
  } catch {
    // An accessor or a proxy has thrown. What was found until then is so.
  }
  return [...walk.found.values()];
}

class Walk {
  readonly found = new Map<string, ValueDifference>();
  private readonly visited = new Map<object, Set<object>>();
  private readonly trail: string[] = [];
  private readonly paths = new KnownPaths();
  private left = PAIRS;
  private level = 0;
  private readonly end = performance.now() + TIME;

  constructor(private readonly options: UnseenOptions) {}

  visit(path: string, one: unknown, other: unknown): void {
    this.isOver();
    if (Object.is(one, other) || this.left < 0 || this.found.size >= LIMITS.entries) return;
    const isStructural = this.options.equality?.isStructural === true;
    if (typeof one === 'function' && typeof other === 'function') return;
    if (!isObject(one) || !isObject(other)) {
      if (isStructural && this.areEqual(one, other)) return;
      if (isBoxedAs(one, other) || isBoxedAs(other, one)) this.addClasses(path, one, other);
      else this.add(path, typeName(one) === typeName(other) ? 'value' : 'type');
      return;
    }
    if (this.isVisited(one, other) || this.level >= LEVELS) return;
    this.level += 1;
    this.visitObjects(path, one, other, isStructural);
    this.level -= 1;
  }

  /** Counts a pair. If there is no time for further ones, none are left. Returns whether that is so. */
  private isOver(): boolean {
    this.left -= 1;
    const visited = PAIRS - this.left;
    if (visited >= LEAST && visited % PAIRS_PER_CHECK === 0 && performance.now() >= this.end) this.left = 0;
    return this.left <= 0;
  }

  private visitObjects(path: string, one: object, other: object, isStructural: boolean): void {
    const { equality } = this.options;
    if (typeName(one) !== typeName(other)) this.add(path, 'type');
    else if (types.isProxy(one) || types.isProxy(other) || (equality?.findFor(one) ?? equality?.findFor(other)) !== undefined)
      this.addUnlessEqual(path, one, other);
    else {
      const before = this.found.size;
      if (!isStructural && prototypeOf(one) !== prototypeOf(other)) this.addClasses(path, one, other);
      this.visitContents(path, one, other);
      // The content of other kinds, such as dates and bytes, is compared as a whole.
      if (this.found.size === before && !(isContainer(one) && isContainer(other))) this.addUnlessEqual(path, one, other);
    }
  }

  private visitContents(path: string, one: object, other: object): void {
    if (Array.isArray(one) && Array.isArray(other)) this.visitLists(path, one, other);
    else if (types.isMap(one) && types.isMap(other)) this.visitMaps(path, one, other);
    else if (types.isSet(one) && types.isSet(other)) this.visitSets(path, one, other);
    this.visitProperties(path, one, other);
  }

  /** Visits the properties other than items, bytes and characters. */
  private visitProperties(path: string, one: object, other: object): void {
    const [keys, others] = [listKeys(one), listKeys(other)];
    const areSameKeys = keys.length === others.length && keys.every((key, index) => key === others[index]);
    const there = areSameKeys ? undefined : new Set(others);
    for (const key of keys) {
      if (this.left <= 0) return;
      this.visitProperty(path, key, one, there === undefined || there.delete(key) ? other : undefined);
    }
    for (const key of there ?? []) this.within(path, String(key), (at) => this.add(at, 'extra'));
  }

  private visitProperty(path: string, key: PropertyKey, one: object, other: object | undefined): void {
    if (other === undefined) return this.within(path, String(key), (at) => this.add(at, 'missing'));
    const [part, across] = [Reflect.get(one, key) as unknown, Reflect.get(other, key) as unknown];
    // Most are the same, and the path to them takes a while.
    if (Object.is(part, across)) this.isOver();
    else
      this.within(path, String(key), (at, isRedacted) =>
        isRedacted ? this.addUnlessEqual(at, part, across) : this.visit(at, part, across),
      );
  }

  private visitLists(path: string, one: readonly unknown[], other: readonly unknown[]): void {
    const items = joinPath(path, '[*]');
    if (one.length > other.length) this.add(items, 'missing');
    if (one.length < other.length) this.add(items, 'extra');
    for (let index = 0; index < one.length && one.length === other.length && this.left > 0; index += 1) {
      const [isHere, isThere] = [Object.hasOwn(one, index), Object.hasOwn(other, index)];
      if (isHere !== isThere) this.add(items, isHere ? 'missing' : 'extra');
      else this.visit(items, one[index], other[index]);
    }
  }

  private visitMaps(path: string, one: ReadonlyMap<unknown, unknown>, other: ReadonlyMap<unknown, unknown>): void {
    let areKeysKnown = true;
    for (const [key, value] of Map.prototype.entries.call(one) as Iterable<[unknown, unknown]>) {
      if (this.isOver()) return;
      if (isObject(key)) areKeysKnown = false;
      else if (!Map.prototype.has.call(other, key)) this.within(path, String(key), (at) => this.add(at, 'missing'));
      else {
        const across: unknown = Map.prototype.get.call(other, key);
        if (Object.is(value, across)) continue;
        this.within(path, String(key), (at, isRedacted) =>
          isRedacted ? this.addUnlessEqual(at, value, across) : this.visit(at, value, across),
        );
      }
    }
    for (const key of Map.prototype.keys.call(other) as Iterable<unknown>) {
      if (this.isOver()) return;
      if (isObject(key)) areKeysKnown = false;
      else if (!Map.prototype.has.call(one, key)) this.within(path, String(key), (at) => this.add(at, 'extra'));
    }
    if (areKeysKnown) return;
    // Their other properties are visited by themselves.
    const areCopied = Math.max(sizeOfMap(one), sizeOfMap(other)) <= COPIED;
    this.addUnlessEqual(
      joinPath(path, '[*]'),
      ...(areCopied ? ([new Map(one), new Map(other)] as const) : ([one, other] as const)),
    );
  }

  private visitSets(path: string, one: ReadonlySet<unknown>, other: ReadonlySet<unknown>): void {
    const items = joinPath(path, '[*]');
    const before = this.found.size;
    if (this.hasMore(one, other)) this.add(items, 'missing');
    if (this.hasMore(other, one)) this.add(items, 'extra');
    if (this.found.size > before) return;
    const areCopied = Math.max(sizeOfSet(one), sizeOfSet(other)) <= COPIED;
    this.addUnlessEqual(items, ...(areCopied ? ([new Set(one), new Set(other)] as const) : ([one, other] as const)));
  }

  /** Decides whether a set has a primitive that another one hasn't, as far as there is time. */
  private hasMore(here: ReadonlySet<unknown>, there: ReadonlySet<unknown>): boolean {
    let looked = 0;
    for (const member of Set.prototype.values.call(here) as Iterable<unknown>) {
      looked += 1;
      if (looked % MEMBERS_PER_PAIR === 0 && this.isOver()) return false;
      if (!isObject(member) && !Set.prototype.has.call(there, member)) return true;
    }
    return false;
  }

  /** Continues within a property of that name. */
  private within(path: string, name: string, go: (path: string, isRedacted: boolean) => void): void {
    const { redaction } = this.options;
    const { length } = this.trail;
    if (redaction !== undefined) this.trail.push(...splitNames(name));
    go(this.paths.join(path, name), redaction?.hides(this.trail) ?? false);
    this.trail.length = length;
  }

  private addUnlessEqual(path: string, one: unknown, other: unknown): void {
    if (this.areEqual(one, other)) return;
    this.add(path, 'value');
    // The same bytes are not equal as numbers of another kind, also where classes don't count otherwise.
    if (this.options.equality?.isStructural === true && isBytes(one) && isBytes(other) && prototypeOf(one) !== prototypeOf(other))
      this.addClasses(path, one, other);
  }

  private areEqual(one: unknown, other: unknown): boolean {
    const begun = performance.now();
    const areEqual = areBrieflyEqual(one, other, undefined, this.options.equality);
    const took = performance.now() - begun;
    this.left -= Math.floor(Math.min(took * PAIRS_PER_MS, MOST));
    return areEqual;
  }

  private addClasses(path: string, one: unknown, other: unknown): void {
    const [control, candidate] = [className(one), className(other)];
    const isNamesake = control === candidate;
    this.add(path, 'class', { control, candidate: isNamesake ? `${candidate} (another class of that name)` : candidate });
  }

  private add(path: string, kind: DifferenceKind, examples: Partial<ValueDifference> = {}): void {
    const entry = `${kind} ${path}`;
    if (this.found.size < LIMITS.entries && !this.found.has(entry)) this.found.set(entry, { path, kind, ...examples });
  }

  private isVisited(one: object, other: object): boolean {
    const known = this.visited.get(one);
    if (known?.has(other)) return true;
    if (known === undefined) this.visited.set(one, new Set([other]));
    else known.add(other);
    return false;
  }
}
