import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const built = (file: string) => fileURLToPath(new URL(`../../dist/${file}`, import.meta.url));

/** The tests of the page in a real browser, of the library as it is built: one file after the other, for a browser wants a processor. */
export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: {
    alias: [
      { find: /^nestjs-studies\/testing$/, replacement: built('testing/index.js') },
      { find: /^nestjs-studies$/, replacement: built('index.js') },
      { find: /^(?:\.\.\/)+lib\/(.+)$/, replacement: built('$1') },
    ],
  },
  test: {
    root: import.meta.dirname,
    include: ['*.spec.ts'],
    setupFiles: ['../support/setup.ts'],
    fileParallelism: false,
    // Node loads what is built, so that files that tests import are those that the package requires.
    server: { deps: { external: [/\/dist\//] } },
    // On a machine that others use too, a browser is late at times: what fails is tried once more, and the report says so.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
