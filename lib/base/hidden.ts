/** Base of objects that the library puts on the application's instances. `is` recognises them without running code of the object's. */
export abstract class Hidden {
  readonly #isHidden = true;

  static is(this: void, found: unknown): boolean {
    return typeof found === 'object' && found !== null && #isHidden in found;
  }
}
