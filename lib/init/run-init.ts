import { DiskFiles } from './disk-files.js';
import { planInit } from './init.js';
import type { InitOptions } from './init-options.js';
import { loadTypeScript } from './editing/typescript.js';

/**
 * Puts the library into the application of a directory.
 *
 * @param dryRun true to write nothing
 * @returns what to tell the user
 * @throws InitFailure when the application has a shape that isn't known
 */
export function runInit(root: string, options: InitOptions, dryRun: boolean): string {
  const disk = new DiskFiles(root);
  const { files, notes } = planInit(loadTypeScript(root), disk, options);
  if (!dryRun) disk.write(files);
  const written = [...files.keys()].sort().map((path) => `${dryRun ? 'Would write' : 'Written:'} ${path}`);
  return [...(written.length === 0 ? ['Nothing is to be written.'] : written), '', ...notes, ''].join('\n');
}
