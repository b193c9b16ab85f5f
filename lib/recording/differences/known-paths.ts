import { joinPath, pathStep } from './differences.js';

/** Paths to properties, each of which is made once. */
export class KnownPaths {
  private readonly known = new Map<string, Map<string, string>>();

  join(path: string, name: string): string {
    let names = this.known.get(path);
    if (names === undefined) this.known.set(path, (names = new Map<string, string>()));
    let joined = names.get(name);
    if (joined === undefined) names.set(name, (joined = joinPath(path, pathStep(name))));
    return joined;
  }
}
