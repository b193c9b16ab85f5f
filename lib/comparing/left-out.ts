import type { Branch, IgnoredFields } from '../values/ignored-fields.js';

/** Fate of a part of a value: compared whole (undefined), without some of its own parts, or not at all. */
export type Fate = LeftOut | typeof OUT | undefined;

/** Mark of a part that is not compared. */
export const OUT = Symbol('left out');

/** Mark of a map's entry of which only the key is compared. */
export const KEY_ONLY = Symbol('key only');

type Branches = readonly Branch[];

/** Parts of a value that a comparison ignores. They are the same for both values. */
export class LeftOut {
  private readonly named = new Map<string, Fate>();
  private readonly placed = new Map<number, Fate>();
  private readonly entries = new Map<string, Fate | typeof KEY_ONLY>();
  private readonly names: ReadonlySet<string>;
  private readonly indices: ReadonlySet<number>;
  // Computed on demand, since paths such as `$.*.*.*` lead to more branches than values have. Null until then.
  private anyProperty: Fate | null = null;
  private anyItem: Fate | null = null;
  private anyEntry: Fate | typeof KEY_ONLY | null = null;

  private constructor(
    readonly branches: Branches,
    /** Tells whether these are parts of a thrown error. Other errors are compared whole. */
    readonly isOfThrown = false,
  ) {
    this.names = new Set(branches.flatMap(({ properties }) => [...properties.keys()]));
    this.indices = new Set(branches.flatMap(({ items }) => [...items.keys()]));
  }

  /** Combines the fields of several sources; undefined if there are none. */
  static of(ignored: readonly IgnoredFields[]): LeftOut | undefined {
    return ignored.length === 0 ? undefined : new LeftOut(ignored.map(({ root }) => root));
  }

  /** Combines the fields of several sources for what was thrown; undefined if there are none. */
  static ofThrown(ignored: readonly IgnoredFields[]): LeftOut | undefined {
    return ignored.length === 0
      ? undefined
      : new LeftOut(
          ignored.map(({ root }) => root),
          true,
        );
  }

  /** @internal */
  static within(branches: Branches): LeftOut {
    return new LeftOut(branches);
  }

  property(name: string): Fate {
    const known = this.named.get(name);
    if (known !== undefined) return known;
    if (!this.names.has(name)) return this.otherProperty;
    const next = this.branches.flatMap(({ properties, anyProperty }) => withoutMissing([properties.get(name), anyProperty]));
    const fate = decideFate(next);
    this.named.set(name, fate);
    return fate;
  }

  /** Fate of properties that no path names. */
  get otherProperty(): Fate {
    if (this.anyProperty === null)
      this.anyProperty = decideFate(withoutMissing(this.branches.map(({ anyProperty }) => anyProperty)));
    return this.anyProperty;
  }

  /** Returns the fate of an item of a list, or a member of a set. */
  item(index: number): Fate {
    if (!this.indices.has(index)) {
      if (this.anyItem === null) this.anyItem = decideFate(itemBranches(this.branches, index));
      return this.anyItem;
    }
    if (!this.placed.has(index)) this.placed.set(index, decideFate(itemBranches(this.branches, index)));
    return this.placed.get(index);
  }

  /** Returns the fate of a map's entry. The entry counts as a list of its key and its value. */
  entry(key: unknown, index: number): Fate | typeof KEY_ONLY {
    if (this.namesItems) return entryFate(this.branches, key, index);
    if (typeof key === 'string' && this.names.has(key)) {
      if (!this.entries.has(key)) this.entries.set(key, entryFate(this.branches, key, index));
      return this.entries.get(key);
    }
    return this.anyEntry === null ? (this.anyEntry = entryFate(this.branches, undefined, index)) : this.anyEntry;
  }

  /** Tells whether paths distinguish items by their index. */
  get namesItems(): boolean {
    return this.indices.size > 0;
  }

  /** Returns the number of compared items of a list of that length. */
  countKept(length: number): number {
    const placed = [...this.indices].filter((index) => index < length);
    const others = this.item(-1) === OUT ? 0 : length - placed.length;
    return others + placed.filter((index) => this.item(index) !== OUT).length;
  }
}

function decideFate(branches: Branches): Fate {
  if (branches.length === 0) return undefined;
  return branches.some(({ isEnd }) => isEnd) ? OUT : LeftOut.within(branches);
}

function itemBranches(branches: Branches, index: number): Branch[] {
  const literal = branches.flatMap(({ items }) => withoutMissing([items.get(index)]));
  return [...literal, ...branches.flatMap(({ anyItem, anyProperty }) => withoutMissing([anyItem, anyProperty]))];
}

function entryFate(branches: Branches, key: unknown, index: number): Fate | typeof KEY_ONLY {
  const pairs = branches.flatMap((branch) => withoutMissing([branch.items.get(index), branch.anyItem]));
  if (pairs.some(({ isEnd, anyItem }) => isEnd || anyItem?.isEnd)) return OUT;
  if (pairs.some(({ items }) => items.get(1)?.isEnd)) return KEY_ONLY;
  const ofValue = pairs.flatMap((pair) => withoutMissing([pair.items.get(1), pair.anyItem]));
  const ofKey = branches.flatMap(({ properties, anyProperty }) =>
    withoutMissing([typeof key === 'string' ? properties.get(key) : undefined, anyProperty]),
  );
  return decideFate([...ofKey, ...ofValue]);
}

function withoutMissing(branches: readonly (Branch | undefined)[]): Branch[] {
  return branches.filter((branch) => branch !== undefined);
}
