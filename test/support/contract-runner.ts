import { expect } from 'vitest';
import type { ContractFramework } from '../../lib/testing/index.js';

interface Defined {
  readonly name: string;
  readonly prepare: readonly (() => Promise<void>)[];
  readonly test: () => Promise<void>;
}

/**
 * Runs the tests of contract suites until one fails.
 *
 * @param group what the names of tests begin with; others are left out
 * @returns the name of the one that fails, if one does
 */
export async function failuresOf(define: (framework: ContractFramework) => void, group = ''): Promise<string[]> {
  const defined: Defined[] = [];
  let prepare: (() => Promise<void>)[] = [];
  let path: string[] = [];
  define({
    describe: (name, group) => {
      const outside = { prepare, path };
      prepare = [...prepare];
      path = [...path, name];
      group();
      ({ prepare, path } = outside);
    },
    beforeEach: (one) => prepare.push(one),
    it: (name, test) => defined.push({ name: [...path, name].join(': '), prepare: [...prepare], test }),
    expect,
  });
  for (const { name, prepare: before, test } of defined.filter((one) => one.name.startsWith(group))) {
    try {
      for (const one of before) await one();
      await test();
    } catch {
      return [name];
    }
  }
  return [];
}
