import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProjectFiles } from './editing/project.js';

/** The files of a project on the disk. */
export class DiskFiles implements ProjectFiles {
  constructor(private readonly root: string) {}

  read(path: string): string | undefined {
    try {
      return readFileSync(join(this.root, path), 'utf8');
    } catch {
      return undefined;
    }
  }

  list(directory: string): { files: string[]; directories: string[] } {
    try {
      const entries = readdirSync(join(this.root, directory), { withFileTypes: true });
      return {
        files: entries.filter((entry) => entry.isFile()).map(({ name }) => name),
        directories: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
      };
    } catch {
      return { files: [], directories: [] };
    }
  }

  /** Writes all files beside their places first, so that a full disk leaves none half written. */
  write(files: ReadonlyMap<string, string>): void {
    const written = [...files].map(([path, text]) => {
      const place = join(this.root, path);
      const beside = `${place}.nestjs-studies`;
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(beside, text);
      return { place, beside };
    });
    for (const { place, beside } of written) renameSync(beside, place);
  }
}
