import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { optionShape } from '../../lib/experiment/validation.js';
import packageJson from '../../package.json' with { type: 'json' };
import {
  anchorsOf,
  linksOf,
  pathsOf,
  readDocument,
  readDocuments,
  ROOT,
  scriptsOf,
  searchesOf,
  type Document,
} from '../support/documents.js';

/** The most lines that the README may have: it is read in two minutes. */
const README_LINES = 250;

/** Words of prose before the first line of code. */
const WORDS_BEFORE_INSTALL = [67, 157] as const;

const documents = readDocuments();

/** Gives what is wrong with a relative link, or undefined. */
function problemOf(from: Document, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = '', anchor] = link.split('#');
  const path = join(dirname(from.path), file);
  if (!existsSync(join(ROOT, path))) return `${from.path}: ${link} does not exist`;
  if (anchor === undefined) return undefined;
  const { text } = file === '' ? from : readDocument(path);
  return anchorsOf(text).includes(anchor) ? undefined : `${from.path}: ${link} is no heading`;
}

function problemsOf(document: Document): string[] {
  return linksOf(document.text).flatMap((link) => problemOf(document, link) ?? []);
}

/** Reads the sources in a folder of the repository. */
function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => readFileSync(join(ROOT, folder, path), 'utf8'));
}

/** Lists the names in a declaration of lib/, which ends at the first line that is not indented. */
function namesIn(declaration: string, name: RegExp): string[] {
  const source = sourcesIn('lib').find((text) => text.includes(declaration)) ?? '';
  const [body = ''] = source.slice(source.indexOf(declaration) + declaration.length).split(/\n(?=\S)/);
  return Array.from(body.matchAll(name), ([, found = '']) => found);
}

describe('the documents', () => {
  it('link to files and headings that exist', () => {
    expect(documents.flatMap(problemsOf)).toEqual([]);
  });

  it('would be found out if a link led nowhere', () => {
    const wrong = {
      path: 'docs/wrong.md',
      text: '# Wrong\n\n[a](#wrong) [b](#right) [c](README.md#documentation) [d](gone.md) <img src="no.png" />',
    };
    expect(problemsOf(wrong)).toEqual([
      'docs/wrong.md: #right is no heading',
      'docs/wrong.md: gone.md does not exist',
      'docs/wrong.md: no.png does not exist',
    ]);
  });

  it('name files and folders that exist', () => {
    const missing = documents
      .filter(({ path }) => path !== 'CHANGELOG.md') // it names what was there
      .flatMap(({ path, text }) =>
        pathsOf(text)
          .filter((named) => !existsSync(join(ROOT, named)) && !existsSync(join(ROOT, dirname(path), named)))
          .map((named) => `${path}: ${named}`),
      );
    expect(documents.flatMap(({ text }) => pathsOf(text)).length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  it('call scripts that package.json has', () => {
    const called = documents.flatMap(({ text }) => scriptsOf(text));
    expect(called.length).toBeGreaterThan(5);
    expect(called.filter((script) => !(script in packageJson.scripts))).toEqual([]);
  });

  it('tell to search for what is found', () => {
    const searches = documents.flatMap((document) => searchesOf(document.text));
    expect(searches.length).toBeGreaterThan(5);
    expect(searches.filter(({ text, folder }) => !sourcesIn(folder).some((source) => source.includes(text)))).toEqual([]);
  });

  it.each([
    ['options of an experiment', Object.keys(optionShape), 'docs/options.md'],
    ['options of the module', namesIn('export interface StudiesOptions {', /^  (\w+)\?:/gm), 'docs/options.md'],
    ['operations that can fail', namesIn('export type StudiesOperation =', /'(\w+)'/g), 'docs/errors.md'],
    ['codes of errors', namesIn('export type StudiesErrorCode =', /'(\w+)'/g), 'docs/errors.md'],
    ['reasons for skipping', namesIn('export type SkipReason =', /'(\w+)'/g), 'docs/running.md'],
  ])('name all %s', (_, names, path) => {
    const { text } = readDocument(path);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('are all reached from the index of docs/, each opening with the question that it answers', () => {
    const index = linksOf(readDocument('docs/README.md').text);
    const pages = documents.filter(({ path }) => path.startsWith('docs/') && path !== 'docs/README.md');
    expect(pages.map(({ path }) => path.replace('docs/', '')).filter((name) => !index.includes(name))).toEqual([]);
    expect(pages.filter(({ text }) => !/^# .+\n\n[^\n]+(?:\n[^\n]+)*\?\n/.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('the README', () => {
  const { text } = readDocument('README.md');

  it('is short, and soon comes to the point', () => {
    const [before = ''] = text.split('```');
    const words = before.replace(/<[^>]*>/g, '').match(/[\p{L}\p{N}][^\s]*/gu) ?? [];
    expect(text.split('\n').length).toBeLessThanOrEqual(README_LINES);
    expect(words.length).toBeGreaterThanOrEqual(WORDS_BEFORE_INSTALL[0]);
    expect(words.length).toBeLessThanOrEqual(WORDS_BEFORE_INSTALL[1]);
  });

  it('has the two commands', () => {
    expect(text).toContain('npm ci && npm start');
    expect(text).toContain('npm ci && npm test');
  });
});
