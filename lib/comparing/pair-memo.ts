/** Entries per map. Growing a larger one takes several ms in one piece. */
const GENERATION = 16_384;

/** Objects that are watched for being met again, and the number of such meetings after which all are remembered. */
const WATCHED = 1_024;
const MET_AGAIN = 8;

/** Map of objects that grows in small pieces. */
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

  /** Adds a key that the map doesn't have. */
  add(key: object, value: Value): void {
    if (this.newest.size >= GENERATION) this.generations.unshift((this.newest = new Map<object, Value>()));
    this.newest.set(key, value);
  }

  delete(key: object): void {
    for (const generation of this.generations) generation.delete(key);
  }
}

/** Set of equal objects, as a tree whose root represents it. */
interface Class {
  parent: Class | undefined;
  size: number;
}

/**
 * Memory of pairs of objects that count as equal until a difference is found. Equality is transitive. So, of `n` objects on one side and
 * `m` on the other, at most `n + m` pairs are ever compared, however the objects share and contain each other (Hopcroft and Karp, "A linear
 * algorithm for testing equivalence of finite automata", 1971).
 *
 * Each object of one side has a partner on the other. Partners that equal the same object are united into classes.
 */
export class PairMemo {
  private readonly partners = new ObjectMap<object>();
  private readonly classes = new ObjectMap<Class>();
  private readonly undoings: (() => void)[] = [];

  /**
   * Adds a pair.
   *
   * @param isUndoable whether the pair may have to be forgotten again
   * @returns false if the pair was known, or follows from known ones
   */
  add(one: object, other: object, isUndoable: boolean): boolean {
    const partner = this.partners.get(one);
    if (partner === undefined) {
      this.partners.add(one, other);
      if (isUndoable) this.undoings.push(() => this.partners.delete(one));
      return true;
    }
    if (partner === other) return false;
    return this.unite(this.findRoot(partner), this.findRoot(other), isUndoable);
  }

  /** Position that `undo` can return to. */
  get mark(): number {
    return this.undoings.length;
  }

  /** Forgets the pairs that were added after a mark. */
  undo(mark: number): void {
    while (this.undoings.length > mark) this.undoings.pop()?.();
  }

  /** Keeps the pairs that were added: they can't be undone any more. */
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

  private findRoot(object: object): Class {
    let root = this.classes.get(object);
    if (root === undefined) this.classes.add(object, (root = { parent: undefined, size: 1 }));
    // Paths are short, since the smaller class goes below the larger. They aren't compressed, so that unions can be undone.
    while (root.parent !== undefined) root = root.parent;
    return root;
  }
}

/**
 * Detector of objects that are met repeatedly. Most values are trees, in which no object is met twice, and remembering all objects would
 * take longer than comparing them. So only an even sample of the objects met so far is watched.
 */
export class Revisits {
  private readonly watched = new Set<object>();
  private stride = 1;
  private met = 0;
  private again = 0;

  /** Counts a meeting with an object. Returns true once it is worth remembering all objects. */
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
