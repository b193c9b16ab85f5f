import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeed } from './command.js';

/** The top of the repository. */
export const REPOSITORY = join(import.meta.dirname, '../../..');

/** Where the packed package is. */
export interface PackedTarball {
  /** The archive. */
  readonly file: string;
  /** Where it is unpacked. */
  readonly directory: string;
  /** The paths of the files in it, sorted. */
  readonly files: readonly string[];
}

/** The package as it would be published. */
export class Tarball {
  readonly file: string;
  readonly files: readonly string[];
  private readonly directory: string;

  constructor({ file, files, directory }: PackedTarball) {
    this.file = file;
    this.files = files;
    this.directory = directory;
  }

  /** Builds, packs and unpacks the repository. */
  static async pack(workspace: string): Promise<PackedTarball> {
    await succeed('npm', ['pack', '--pack-destination', workspace], { cwd: REPOSITORY, timeout: 300_000 });
    const archive = (await readdir(workspace)).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error('npm pack left no archive.');
    const unpacked = join(workspace, 'unpacked');
    await mkdir(unpacked);
    await succeed('tar', ['-xzf', archive, '-C', unpacked], { cwd: workspace, timeout: 60_000 });
    const directory = join(unpacked, 'package');
    return { file: join(workspace, archive), directory, files: await filesIn(directory) };
  }

  /** The archive itself. */
  async bytes(): Promise<ArrayBuffer> {
    return new Uint8Array(await readFile(this.file)).buffer;
  }

  /** The text of a file in it. */
  read(path: string): Promise<string> {
    return readFile(join(this.directory, path), 'utf8');
  }
}

/** The paths of the files in a directory and below, relative to it, sorted. */
export async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}
