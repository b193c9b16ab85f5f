/** Error of `init` whose message is shown to the user as it is. Nothing has been written. */
export class InitFailure extends Error {
  /**
   * @param fact what was found, and where
   * @param byHand lines to write instead
   */
  constructor(fact: string, byHand: readonly string[] = []) {
    const remedy = byHand.length === 0 ? '' : ` Write by hand:\n${byHand.map((line) => `  ${line}`).join('\n')}`;
    super(`${fact} Nothing was written.${remedy}`);
  }
}
