import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';

/** A page as Vite builds one: with a script that is split, styles, a sign, and what is no part of it. */
export const BUILT: Readonly<Record<string, string>> = {
  '.vite/manifest.json': JSON.stringify({
    'main.tsx': { file: 'page-GOVohDq_.js', isEntry: true, imports: ['_shared.js'], dynamicImports: ['later.ts'] },
    '_shared.js': { file: 'part-Sh4r3d00.js' },
    'later.ts': { file: 'part-B4kyd98S.js', isDynamicEntry: true },
    'style.css': { file: 'page-W1erjkBN.css', src: 'style.css' },
    'icon.svg': { file: 'page-DI8b0nTG.svg', src: 'icon.svg' },
  }),
  'page-GOVohDq_.js': `import './part-Sh4r3d00.js';\n${'console.log("a line of the page");\n'.repeat(100)}`,
  'part-Sh4r3d00.js': 'export {};\n',
  'part-B4kyd98S.js': 'export const later = true;\n',
  'page-W1erjkBN.css': 'body { color: rebeccapurple; }\n'.repeat(100),
  'page-DI8b0nTG.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'plain.png': 'not hashed',
  'notes.txt': 'not of the page',
  'below/deep-B4kyd98S.js': 'not of the page either',
};

/** A folder that holds a page, and is gone after the test. */
export async function pageFolder(files: Readonly<Record<string, string>> = BUILT): Promise<URL> {
  const directory = await mkdtemp(join(tmpdir(), 'nestjs-studies-page-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const folder = pathToFileURL(`${directory}/`);
  await fill(folder, files);
  return folder;
}

/** Writes the files of a page. */
export async function fill(folder: URL, files: Readonly<Record<string, string>> = BUILT): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = new URL(name, folder);
    await mkdir(dirname(file.pathname), { recursive: true });
    await writeFile(file, text);
  }
}
