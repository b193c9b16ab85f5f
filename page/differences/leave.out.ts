import type { Wanted } from '../experiment/use.changing.js';

/** Leaves a path out of the comparison from now on. */
export function leaveOut(path: string): Wanted {
  return {
    text: `${path} is left out`,
    change: ({ ignorePaths }) => ({ ignorePaths: [...ignorePaths.filter((one) => one !== path), path] }),
  };
}

/** Compares a path again. */
export function takeBack(path: string): Wanted {
  return {
    text: `${path} is compared again`,
    change: ({ ignorePaths }) => ({ ignorePaths: ignorePaths.filter((one) => one !== path) }),
  };
}
