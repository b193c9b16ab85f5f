/** How many entries a map takes: when a larger one grows, that takes several ms in one piece. */
const GENERATION = 16_384;

/** How many objects are watched for being met again, and how often one of them must be. */
const WATCHED = 1_024;
const MET_AGAIN = 8;

/** A map of objects that grows in small pieces. */
class ObjectMap<Value> {
  private newest = new Map<object, Value>();
  private readonly generations = [this.newest];

  get(key: object): Value | undefined {
    for (const generation of this.generations) {
      const value = generation.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Adds a key that is not there. */
  add(key: object, value: Value): void {
    if (this.newest.size >= GENERATION) this.generations.unshift((this.newest = new Map<object, Value>()));
    this.newest.set(key, value);
  }

  delete(key: object): void {
    for (const generation of this.generations) generation.delete(key);
  }
}

/** A set of equal objects, by its representative. */
interface Class {
  parent: Class | undefined;
  size: number;
}

/**
 * Pairs of objects that are taken to be equal, until something is found that differs. Equality is transitive, so that of `n` objects on
 * one side and `m` on the other at most `n + m` pairs are ever compared (Hopcroft and Karp, "A linear algorithm for testing equivalence
 * of finite automata", 1971), however they share and contain each other.
 *
 * Each object of one side has a partner on the other; partners that equal the same object are united into classes.
 */
export class PairMemo {
  private readonly partners = new ObjectMap<object>();
  private readonly classes = new ObjectMap<Class>();
  private readonly undoings: (() => void)[] = [];

  /** @param isUndoable whether pairs may have to be forgotten again */
  add(one: object, other: object, isUndoable: boolean): boolean {
    const partner = this.partners.get(one);
    if (partner === undefined) {
      this.partners.add(one, other);
      if (isUndoable) this.undoings.push(() => this.partners.delete(one));
      return true;
    }
    if (partner === other) return false;
    return this.unite(this.rootOf(partner), this.rootOf(other), isUndoable);
  }

  /** A place to return to. */
  get mark(): number {
    return this.undoings.length;
  }

  /** Forgets the pairs that were added since. */
  undo(mark: number): void {
    while (this.undoings.length > mark) this.undoings.pop()?.();
  }

  /** Keeps the pairs that were added, for good. */
  keep(): void {
    this.undoings.length = 0;
  }

  private unite(one: Class, other: Class, isUndoable: boolean): boolean {
    if (one === other) return false;
    const [small, large] = one.size < other.size ? [one, other] : [other, one];
    small.parent = large;
    large.size += small.size;
    if (isUndoable) {
      this.undoings.push(() => {
        small.parent = undefined;
        large.size -= small.size;
      });
    }
    return true;
  }

  private rootOf(object: object): Class {
    let root = this.classes.get(object);
    if (root === undefined) this.classes.add(object, (root = { parent: undefined, size: 1 }));
    // Paths are short, since the smaller class goes below the larger; and they are not shortened, so that they can be undone.
    while (root.parent !== undefined) root = root.parent;
    return root;
  }
}

/**
 * Notices that objects are met again and again. Most values are trees, in which no object is met twice, and remembering them all would
 * take longer than comparing them. So a sample of the objects is watched, drawn evenly from all so far.
 */
export class Revisits {
  private readonly watched = new Set<object>();
  private stride = 1;
  private met = 0;
  private again = 0;

  /** Takes an object. Tells whether it is time to remember all. */
  meet(object: object): boolean {
    this.met += 1;
    if (this.watched.has(object)) {
      this.again += 1;
      return this.again >= MET_AGAIN;
    }
    if (this.met % this.stride === 0) this.watch(object);
    return false;
  }

  private watch(object: object): void {
    this.watched.add(object);
    if (this.watched.size < WATCHED) return;
    this.stride *= 2;
    let isKept = false;
    for (const one of this.watched) {
      if (!isKept) this.watched.delete(one);
      isKept = !isKept;
    }
  }
}
