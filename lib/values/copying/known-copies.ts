import { Refused } from './copy-mode.js';

/** Copies of a value's objects so far, by their originals, so that what the value shares is shared in its copy. */
export class KnownCopies {
  private readonly copies = new Map<object, object>();
  /** Originals whose copies may have to be forgotten, in the order of copying. */
  private journal: object[] | undefined;

  /** Returns the copy of an object; undefined if there is none yet. */
  of(original: object): object | undefined {
    return this.copies.get(original);
  }

  /** Keeps a copy, and returns it. */
  keep<Copy extends object>(original: object, copy: Copy): Copy {
    this.copies.set(original, copy);
    this.journal?.push(original);
    return copy;
  }

  /** Tries a copy. If something is refused, forgets the copies that were made for it, and returns undefined. */
  attempt<Copy>(copy: () => Copy): { readonly value: Copy } | undefined {
    const { journal: before } = this;
    const journal = (this.journal = [] as object[]);
    try {
      return { value: copy() };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      for (const original of journal.splice(0)) this.copies.delete(original);
      return undefined;
    } finally {
      this.journal = before;
      before?.push(...journal);
    }
  }
}
