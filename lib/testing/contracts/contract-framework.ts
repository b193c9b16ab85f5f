/**
 * The functions of a test framework with which the suites define tests: those of Vitest, Jest, or others with the same.
 *
 * @publicApi
 */
export interface ContractFramework {
  /** Defines a group of tests. */
  describe(this: void, name: string, define: () => void): unknown;

  /**
   * Defines a test.
   *
   * @param timeout in ms, for a test that may take longer than most
   */
  it(this: void, name: string, test: () => Promise<void>, timeout?: number): unknown;

  /** Prepares each test of a group. */
  beforeEach(this: void, prepare: () => Promise<void>): unknown;

  readonly expect: ContractExpect;
}

/**
 * Makes assertions.
 *
 * @publicApi
 */
export interface ContractExpect {
  (actual: unknown): ContractMatchers;

  /** Matches a list that has all these items, in any order. */
  arrayContaining(items: unknown[]): unknown;
}

/**
 * The assertions that the suites make.
 *
 * @publicApi
 */
export interface ContractMatchers {
  readonly not: Pick<ContractMatchers, 'toContain'>;
  toBe(expected: unknown): unknown;
  toBeGreaterThan(expected: number): unknown;
  toBeGreaterThanOrEqual(expected: number): unknown;
  toBeUndefined(): unknown;
  toContain(item: unknown): unknown;
  toContainEqual(item: unknown): unknown;
  toEqual(expected: unknown): unknown;
  toHaveLength(length: number): unknown;
  toMatchObject(expected: object): unknown;
}

/**
 * A storage that a suite tests. The suite calls both functions before each test.
 *
 * @publicApi
 */
export interface ContractSubject<Storage> {
  /** Gives the storage as a process of its own has it: each call may give another instance, and all of them share the data. */
  storage(): Storage;

  /** Removes all data. */
  clear(): unknown;
}

/**
 * Clears a storage before each test.
 *
 * @returns what gives the test's own instance, opened at its first use: suites that share a group clear each other's storages
 */
export function freshStorage<Storage>({ beforeEach }: ContractFramework, subject: ContractSubject<Storage>): () => Storage {
  let opened: { readonly storage: Storage } | undefined;
  beforeEach(async () => {
    opened = undefined;
    await subject.clear();
  });
  return () => (opened ??= { storage: subject.storage() }).storage;
}
