import { defineConfig } from 'vitest/config';

/** The tests of whole applications: they install and start them, and so take minutes. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    globalSetup: ['../package/support/pack.ts', 'support/play.ts'],
    testTimeout: 30_000,
  },
});
