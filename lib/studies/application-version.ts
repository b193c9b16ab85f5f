import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nameSchema } from '../experiment/validation.js';

/** Deepest folder of a main script, below the `package.json` of its application. */
const DEPTH = 20;

/**
 * Reads the version of the application from the nearest `package.json` above its main script, or else above the working directory.
 *
 * @returns the empty text if there is none, or its version can't be a release
 */
export function readApplicationVersion(main = process.argv[1], workingDirectory = process.cwd()): string {
  // A process manager or a test runner may be the main script.
  const own = main === undefined || /[\\/]node_modules[\\/]/.test(main) ? [] : [dirname(main)];
  for (const folder of [...own, workingDirectory]) {
    const version = findVersion(folder);
    if (version !== undefined) return version;
  }
  return '';
}

function findVersion(start: string): string | undefined {
  let folder = start;
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const version = nameSchema.safeParse(readVersion(folder));
    if (version.success) return version.data;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  return undefined;
}

function readVersion(folder: string): unknown {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
  } catch {
    return undefined;
  }
}
