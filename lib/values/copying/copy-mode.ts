/**
 * Kind of data that is copied: a behaviour's value; arguments of a call, in which the original and the copy must have nothing in common that
 * one side could change for the other; arguments that were made for candidates, by an author who knows what they have in common; or data,
 * which holds no services either.
 */
export type CopyMode = 'value' | 'arguments' | 'made' | 'data';

/** Thrown for a part that can neither be copied nor shared. */
export class Refused {
  constructor(
    readonly value: unknown,
    /** Kind of the part, for people. */
    readonly what: string,
  ) {}
}
