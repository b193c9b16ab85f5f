import { fieldPath, type Step } from './field-path.js';

/** Place in a value, with the continuations of paths that pass through it. */
export class Branch {
  readonly properties = new Map<string, Branch>();
  readonly items = new Map<number, Branch>();
  anyProperty: Branch | undefined;
  anyItem: Branch | undefined;
  /** Tells whether a path ends here, so that this part is ignored. */
  isEnd = false;

  grow(step: Step): Branch {
    switch (step.kind) {
      case 'property':
        return growBranch(this.properties, step.name);
      case 'item':
        return growBranch(this.items, step.index);
      case 'anyProperty':
        return (this.anyProperty ??= new Branch());
      case 'anyItem':
        return (this.anyItem ??= new Branch());
      default:
        return step satisfies never;
    }
  }
}

function growBranch<Key>(branches: Map<Key, Branch>, key: Key): Branch {
  const known = branches.get(key);
  if (known !== undefined) return known;
  const branch = new Branch();
  branches.set(key, branch);
  return branch;
}

/** Fields that a comparison ignores, by their paths. */
export class IgnoredFields {
  private constructor(readonly root: Branch) {}

  /** Compiles paths. Skips what is no path. Undefined if there are none. */
  static of(paths: readonly unknown[]): IgnoredFields | undefined {
    if (paths.length === 0) return undefined;
    const root = new Branch();
    let count = 0;
    for (const text of paths) {
      const path = typeof text === 'string' ? fieldPath(text) : undefined;
      if (path?.kind !== 'path') continue;
      path.steps.reduce((branch, step) => branch.grow(step), root).isEnd = true;
      count += 1;
    }
    return count === 0 ? undefined : new IgnoredFields(root);
  }
}
