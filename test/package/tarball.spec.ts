import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { describe, expect, inject, it } from 'vitest';
import { filesIn, REPOSITORY, Tarball } from './support/tarball.js';

interface Manifest {
  readonly version: string;
  readonly bin?: Record<string, string>;
  readonly exports?: Record<string, unknown>;
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

/** What Vite says of a file of the page. */
interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
  readonly isEntry?: boolean;
}

/** Optional packages, and the subpaths that are for them. */
const ADAPTED: Readonly<Record<string, string>> = { 'nestjs-cls': 'cls', 'typeorm-transactional': 'typeorm-transactional' };

/** Where the page is, and what names its files. */
const PAGE = 'dist/page/';
const MANIFEST = '.vite/manifest.json';

const tarball = new Tarball(inject('tarball'));
const manifest = JSON.parse(await tarball.read('package.json')) as Manifest;

describe('the packed package', () => {
  it('holds the built code, the documents a user needs, and nothing else', () => {
    const documents = tarball.files.filter((file) => !file.startsWith('dist/'));
    expect(documents).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
  });

  it('holds the JavaScript and the typings of every source, and nothing that has no source', async () => {
    const sources = (await filesIn(join(REPOSITORY, 'lib'))).filter((file) => /\.m?ts$/.test(file));
    const built = sources
      .flatMap((source) => [source.replace(/ts$/, 'js'), source.replace(/\.(m?)ts$/, '.d.$1ts')])
      .map((file) => `dist/${file}`);
    const schematic = ['dist/init/collection.json', 'dist/init/schema.json'];
    const files = [...built, ...schematic, 'dist/package.json']; // the last says that it is CommonJS
    expect(tarball.files.filter((file) => file.startsWith('dist/') && !file.startsWith(PAGE))).toEqual(files.sort());
  });

  it('holds the page of the administration, whole, as its manifest names it', async () => {
    const chunks = Object.values(JSON.parse(await tarball.read(`${PAGE}${MANIFEST}`)) as Record<string, Chunk>);
    const named = chunks.flatMap(({ file, css = [], assets = [] }) => [file, ...css, ...assets]);
    const files = tarball.files.filter((file) => file.startsWith(PAGE)).map((file) => file.slice(PAGE.length));
    expect(files).toEqual([MANIFEST, ...new Set(named)].sort());
    expect(chunks.filter(({ isEntry }) => isEntry)).toHaveLength(1);
  });

  it('tells nothing of the place where it was built', async () => {
    const texts = await Promise.all(tarball.files.map(async (file) => ({ file, text: await tarball.read(file) })));
    expect(texts.filter(({ text }) => text.includes(REPOSITORY)).map(({ file }) => file)).toEqual([]);
  });

  it('runs nothing when it is installed', () => {
    const scripts = Object.keys(manifest.scripts ?? {});
    expect(scripts.filter((script) => /^(pre|post)?install$|^(pre|post)?prepare$/.test(script))).toEqual([]);
  });

  it('imports only what every user has, in its code and in its typings', async () => {
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
    const peers = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);
    const had = new Set([...Object.keys(dependencies), ...peers]);
    const files = tarball.files.filter((file) => /\.(m?js|d\.m?ts)$/.test(file));
    const imports = await Promise.all(files.map(async (file) => importsOf(file, await tarball.read(file))));
    // What is for one package alone is imported by who has it.
    const isOfItsSubpath = ({ file, name }: { file: string; name: string }) =>
      file.startsWith(`dist/isolation/${ADAPTED[name] ?? name}/index.`);
    // `init` uses the project's TypeScript, whose typings nobody else reads.
    const isOfInit = ({ file, name }: { file: string; name: string }) =>
      name === 'typescript' && /^dist\/init\/.*\.d\.ts$/.test(file);
    const isAllowed = (one: { file: string; name: string }) =>
      had.has(one.name) || isOfInit(one) || (one.name in ADAPTED && isOfItsSubpath(one));
    expect(imports.flat().filter((one) => !isAllowed(one))).toEqual([]);
    expect(await reachedFrom('dist/index.js')).not.toEqual(expect.arrayContaining([expect.stringMatching(/cls|transactional/)]));
  });

  it('has a command that needs nothing but Node, zod and files of its own', async () => {
    const command = manifest.bin?.['nestjs-studies'] ?? '';
    expect(await tarball.read(command)).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(new Set(await reachedFrom(command))).toEqual(new Set(['zod']));
  });

  it('has typings at every entrance that fit what is there, for each way in which TypeScript looks for them', async () => {
    const found = await checkPackage(createPackageFromTarballData(new Uint8Array(await tarball.bytes())));
    if (found.types === false) throw new Error('There are no typings.');
    expect(found.problems).toEqual([]);
    expect(Object.keys(found.entrypoints)).toEqual(Object.keys(manifest.exports ?? {}));
  });

  it('has nothing that publint would change', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: await tarball.bytes() }, level: 'suggestion', strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });
});

/** The packages that a file of the package needs, by itself or by what it imports. */
async function reachedFrom(file: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = await tarball.read(file);
  const own = ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => join(dirname(file), fileName));
  const further = await Promise.all(own.map((one) => reachedFrom(one, seen)));
  return [...importsOf(file, text).map(({ name }) => name), ...further.flat()];
}

/** The packages that a file imports, or whose types it refers to; not Node's own modules, and not files of ours. */
function importsOf(file: string, text: string): { file: string; name: string }[] {
  const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(text, true, true);
  return [...importedFiles, ...typeReferenceDirectives]
    .map(({ fileName }) => fileName)
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map((specifier) => ({ file, name: /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier }));
}
