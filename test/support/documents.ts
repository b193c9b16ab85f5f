import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** A Markdown file. */
export interface Document {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** A block of code of a document. */
export interface Snippet {
  readonly document: string;
  /** The line at which its code begins, from 1. */
  readonly line: number;
  readonly code: string;
}

/** Where documents are, from the root. */
const FOLDERS = ['.', 'docs', 'sample/01-city-search', '.github', '.github/ISSUE_TEMPLATE'];

/** Reads all documents of the repository. */
export function readDocuments(): Document[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => readDocument(join(folder, name))),
  );
}

/** @param path from the root of the repository */
export function readDocument(path: string): Document {
  return { path: relative(ROOT, join(ROOT, path)), text: readFileSync(join(ROOT, path), 'utf8') };
}

/** Lists the blocks of code in a language, also those that are indented within a list. */
export function snippetsOf({ path, text }: Document, language: string): Snippet[] {
  const lines = text.split('\n');
  return lines.flatMap((opening, index) => {
    const indent = opening.length - opening.trimStart().length;
    if (opening.trim() !== `\`\`\`${language}`) return [];
    const end = lines.findIndex((line, at) => at > index && line.trim() === '```');
    const code = lines.slice(index + 1, end).map((line) => line.slice(indent));
    return [{ document: path, line: index + 2, code: code.join('\n') }];
  });
}

/** Takes the blocks of code out of a Markdown text. */
export function proseOf(text: string): string {
  return text.replace(/^( *)```[^]*?^\1```$/gm, '');
}

/** Lists the addresses of the links and pictures in a text. */
export function linksOf(text: string): string[] {
  const prose = proseOf(text).replace(/`[^`\n]*`/g, '');
  const found = prose.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g);
  return Array.from(found, ([, markdown, html]) => markdown ?? html ?? '');
}

/** Lists the anchors of a text's headings, as code hosts make them. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return Array.from(proseOf(text).matchAll(/^#{1,6} (.+)$/gm), ([, heading = '']) => {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** Lists the files and folders of the repository that a text names in backticks, outside of blocks of code. */
export function pathsOf(text: string): string[] {
  const named = /`((?:lib|page|test|sample|docs|\.ci|\.github)\/[\w./-]*|[\w.-]+\.(?:md|json|config\.js))`/g;
  return Array.from(proseOf(text).matchAll(named), ([, path = '']) => path);
}

/** Lists the scripts of package.json that a text calls. */
export function scriptsOf(text: string): string[] {
  return Array.from(text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g), ([, script = '']) => script);
}

/** What a text tells its readers to search for with `git grep`, and in which folder. */
export function searchesOf(text: string): { text: string; folder: string }[] {
  const searches = text.matchAll(/`git grep -n (?:'([^'\n]+)'|"([^"\n]+)"|(\w+)) (\w+)`/g);
  return Array.from(searches, ([, single, double, word, folder = '']) => ({ text: single ?? double ?? word ?? '', folder }));
}
