import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (place: string) => fileURLToPath(new URL(place, import.meta.url));

/** Builds the admin page into `dist/page`: a script and its styles, with a manifest that the server reads. */
export default defineConfig({
  root: at('..'),
  base: './',
  publicDir: false,
  // Off even if NODE_ENV says otherwise, as in tests: development output reveals where this was built.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  build: {
    outDir: at('../dist/page'),
    emptyOutDir: true,
    manifest: true,
    assetsDir: '',
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: true,
    rolldownOptions: {
      input: at('main.tsx'),
      output: {
        entryFileNames: 'page-[hash].js',
        chunkFileNames: 'part-[hash].js',
        assetFileNames: 'page-[hash][extname]',
      },
    },
  },
});
