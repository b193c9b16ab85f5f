import { fieldPath, type Step } from './field-path.js';

/** Where paths lead on from a place in a value. */
export class Branch {
  readonly properties = new Map<string, Branch>();
  readonly items = new Map<number, Branch>();
  anyProperty: Branch | undefined;
  anyItem: Branch | undefined;
  /** Whether a path ends here: what is here is left out. */
  isEnd = false;

  grow(step: Step): Branch {
    switch (step.kind) {
      case 'property':
        return grown(this.properties, step.name);
      case 'item':
        return grown(this.items, step.index);
      case 'anyProperty':
        return (this.anyProperty ??= new Branch());
      case 'anyItem':
        return (this.anyItem ??= new Branch());
      default:
        return step satisfies never;
    }
  }
}

function grown<Key>(branches: Map<Key, Branch>, key: Key): Branch {
  const known = branches.get(key);
  if (known !== undefined) return known;
  const branch = new Branch();
  branches.set(key, branch);
  return branch;
}

/** The fields that a comparison leaves out, by their paths. */
export class IgnoredFields {
  private constructor(readonly root: Branch) {}

  /** Compiles paths, if there are any; what is none is passed over. */
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
