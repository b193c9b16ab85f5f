import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.js';

const unit = [
  'async-context',
  'caller',
  'copier',
  'isolation',
  'late.errors',
  'late.watching',
  'leftovers',
  'modes',
  'passed-through',
  'thenables.context',
  'user-functions.context',
];

const { projects: _, ...test } = base.test ?? {};

/**
 * The tests of what depends on the version of Node: async contexts, what Node does with errors that nobody catches, and how values are
 * copied. None of them opens better-sqlite3, whose binary is made for one version.
 */
export default defineConfig({
  ...base,
  test: {
    ...test,
    include: [
      ...unit.map((name) => `test/unit/${name}.spec.ts`),
      ...['law', 'arguments.law'].map((name) => `test/simulation/${name}.spec.ts`),
      'test/e2e/late.errors.spec.ts',
    ],
    setupFiles: ['test/support/setup.ts'],
  },
});
