import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const source = (file: string) => fileURLToPath(new URL(`lib/${file}`, import.meta.url));

export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: {
    alias: [
      { find: /^nestjs-studies\/testing$/, replacement: source('testing/index.ts') },
      { find: /^nestjs-studies\/cls$/, replacement: source('isolation/cls/index.ts') },
      { find: /^nestjs-studies\/typeorm-transactional$/, replacement: source('isolation/typeorm-transactional/index.ts') },
      { find: /^nestjs-studies$/, replacement: source('index.ts') },
    ],
  },
  test: {
    exclude: [...configDefaults.exclude, 'test/package/**', 'test/applications/**', 'test/browser/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'rules', include: ['test/unit/**/*.spec.ts', 'test/simulation/**/*.spec.ts'] },
      },
      {
        extends: true,
        // Its setup loads Nest, for longer than most files of the other project take.
        test: {
          name: 'applications',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/unit/**', 'test/simulation/**'],
          setupFiles: ['test/support/setup.ts'],
        },
      },
    ],
  },
});
