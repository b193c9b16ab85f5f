import { defineConfig } from 'vitest/config';

/** The tests of the packed package: they install it as a user does, and so take minutes. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    globalSetup: ['support/pack.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
