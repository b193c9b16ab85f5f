import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { listFiles, manifestSchema, type Manifest } from './manifest.js';

const compress = promisify(gzip);

/** Directory of the built page, beside the built library. */
const BUILT = pathToFileURL(join(__dirname, '../../page/'));

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** Compressed body, if that is smaller. */
  readonly gzipped: Buffer | undefined;
  /** True if the name contains a hash of the content. */
  readonly isHashed: boolean;
}

/** The built page. */
export interface BuiltPage {
  readonly manifest: Manifest;
  /** Files by name. Only these files are served. */
  readonly files: ReadonlyMap<string, PageFile>;
}

/** Files of the page. They are read and compressed once, on first use. */
export class PageFiles {
  private built: Promise<BuiltPage | undefined> | undefined;

  /** @param directory their directory; ends with a slash */
  constructor(private readonly directory: URL = BUILT) {}

  /** Returns the page; undefined if it is not built. */
  page(): Promise<BuiltPage | undefined> {
    this.built ??= this.read().then(
      (page) => {
        // A missing page may be built later.
        if (page === undefined) this.built = undefined;
        return page;
      },
      (error: unknown) => {
        this.built = undefined;
        throw error;
      },
    );
    return this.built;
  }

  private async read(): Promise<BuiltPage | undefined> {
    const text = await this.textOf('.vite/manifest.json');
    if (text === undefined) return undefined;
    const manifest = manifestSchema.parse(JSON.parse(text));
    const hashed = new Set(listFiles(manifest));
    const entries = await readdir(this.directory, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined).map(({ name }) => name);
    const files = await Promise.all(names.map(async (name) => [name, await this.fileOf(name, hashed.has(name))] as const));
    return { manifest, files: new Map(files) };
  }

  private async fileOf(name: string, isHashed: boolean): Promise<PageFile> {
    const body = await readFile(new URL(encodeURIComponent(name), this.directory));
    const gzipped = await compress(body, { level: 9 });
    return {
      type: TYPES[extname(name)] ?? 'application/octet-stream',
      body,
      gzipped: gzipped.length < body.length ? gzipped : undefined,
      isHashed,
    };
  }

  private async textOf(name: string): Promise<string | undefined> {
    try {
      return await readFile(new URL(name, this.directory), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // reading a file throws such errors
      throw error;
    }
  }
}
