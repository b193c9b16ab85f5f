import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Where Chromium is: `CHROMIUM`, or the first on the PATH.
 *
 * @throws Error when there is none
 */
export function chromiumPath({ CHROMIUM, PATH = '' }: NodeJS.ProcessEnv = process.env): string {
  if (CHROMIUM) return CHROMIUM;
  const found = PATH.split(delimiter)
    .map((directory) => join(directory, 'chromium'))
    .find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    'There is no "chromium" on the PATH, which the tests of the page run in. Install it (Debian: apt-get install chromium), ' +
      'or say where a browser is that is made of it: CHROMIUM=/path/to/chrome.',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
