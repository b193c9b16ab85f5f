import { posix } from 'node:path';
import { breakLists } from './list-edit.js';
import { Source } from './source.js';
import type { ProjectStyle } from './style.js';
import type { TypeScript } from './typescript.js';

/** The files of a project, by paths from its root, with slashes. */
export interface ProjectFiles {
  /** Reads a file; undefined if there is none. */
  read(path: string): string | undefined;
  list(directory: string): { readonly files: readonly string[]; readonly directories: readonly string[] };
}

const NO_SOURCES = /^(?:\.|node_modules$|dist$|build$|coverage$|tests?$|e2e$|__)/;
const NO_SOURCE = /\.(?:d|spec|test|e2e-spec)\.ts$/;

/** What `nest-cli.json` says of a project. */
export interface NestConfiguration {
  readonly sourceRoot: string;
  readonly entryFile: string;
}

interface PrettierConfiguration {
  readonly printWidth?: unknown;
  readonly trailingComma?: unknown;
  readonly useTabs?: unknown;
  readonly tabWidth?: unknown;
}

/** A project that is read and changed. Nothing is written before its changes are taken. */
export class Project {
  private readonly sources = new Map<string, Source>();
  private readonly created = new Map<string, string>();
  private readonly style: ProjectStyle;

  constructor(
    readonly ts: TypeScript,
    private readonly files: ProjectFiles,
  ) {
    this.style = this.readStyle();
  }

  /** Reads a file of TypeScript; undefined if there is none. */
  source(path: string): Source | undefined {
    const normal = posix.normalize(path);
    const known = this.sources.get(normal);
    if (known !== undefined) return known;
    const text = this.files.read(normal);
    if (text === undefined) return undefined;
    const source = new Source(this.ts, normal, text, this.style);
    this.sources.set(normal, source);
    return source;
  }

  /** Lists the files of TypeScript in a directory and below that hold a text: no tests, and nothing that is built. */
  sourcesWith(word: string, directory: string): Source[] {
    const { files, directories } = this.files.list(directory);
    const own = files
      .filter((name) => name.endsWith('.ts') && !NO_SOURCE.test(name))
      .map((name) => posix.join(directory, name))
      .filter((path) => this.files.read(path)?.includes(word));
    const below = directories.filter((name) => !NO_SOURCES.test(name)).map((name) => posix.join(directory, name));
    return [
      ...own.sort().flatMap((path) => this.source(path) ?? []),
      ...below.sort().flatMap((path) => this.sourcesWith(word, path)),
    ];
  }

  /** Reads a file of JSON that may have comments; empty if there is none. */
  json(path: string): Readonly<Record<string, unknown>> {
    const text = this.files.read(path);
    const { config } = this.ts.parseConfigFileTextToJson(path, text ?? '{}') as { config?: unknown };
    return typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {}; // any object can be asked
  }

  exists(path: string): boolean {
    return this.files.read(posix.normalize(path)) !== undefined;
  }

  create(path: string, text: string): void {
    this.created.set(posix.normalize(path), text);
  }

  /** Returns the files that have changed, with their new texts. */
  changes(): Map<string, string> {
    for (const source of this.sources.values()) breakLists(source);
    const changed = [...this.sources.values()].map((source) => [source, source.changed()] as const);
    return new Map([
      ...this.created,
      ...changed.filter(([source, text]) => text !== source.text).map(([{ path }, text]) => [path, text] as const),
    ]);
  }

  /** Reads where the sources of a project of `nest-cli.json` are. */
  configuration(name: string | undefined): NestConfiguration | undefined {
    const root = this.json('nest-cli.json');
    const projects = root['projects'] as Readonly<Record<string, unknown>> | undefined; // as its schema has it
    const own = name === undefined ? {} : (projects?.[name] as Readonly<Record<string, unknown>> | undefined);
    if (own === undefined) return undefined;
    return {
      sourceRoot: textOf(own['sourceRoot']) ?? textOf(root['sourceRoot']) ?? 'src',
      entryFile: textOf(own['entryFile']) ?? textOf(root['entryFile']) ?? 'main',
    };
  }

  /** Reads what Prettier's configuration says, where that is JSON. */
  private readStyle(): ProjectStyle {
    const { printWidth, trailingComma, useTabs, tabWidth } = {
      ...this.json('.prettierrc'),
      ...this.json('.prettierrc.json'),
    } as PrettierConfiguration; // any value is looked at
    return {
      indent: useTabs === true ? '\t' : ' '.repeat(typeof tabWidth === 'number' ? tabWidth : 2),
      width: typeof printWidth === 'number' ? printWidth : 80,
      trailingComma: trailingComma === 'none' ? '' : ',',
    };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
