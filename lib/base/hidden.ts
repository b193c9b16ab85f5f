/** What the library puts on instances of the application's. It is told from whatever else is found in its place without asking that. */
export abstract class Hidden {
  readonly #isHidden = true;

  static is(this: void, found: unknown): boolean {
    return typeof found === 'object' && found !== null && #isHidden in found;
  }
}
