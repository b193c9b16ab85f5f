import { delimiter, dirname } from 'node:path';
import { succeed } from './command.js';

/** What the tests have in their environment, and an application doesn't. */
const OF_TESTS = /^(NODE_ENV|TEST|VITEST.*|STUDIES_.*)$/;

/** A version of Node, which npm fetches unless it is the one that runs the tests. */
export class NodeVersion {
  private constructor(
    readonly major: number,
    private readonly file: string,
  ) {}

  static async find(major: number): Promise<NodeVersion> {
    if (process.versions.node.startsWith(`${major}.`)) return new NodeVersion(major, process.execPath);
    const options = { cwd: import.meta.dirname, timeout: 300_000 };
    const file = await succeed('npx', ['-y', `node@${major}`, '-p', 'process.execPath'], options);
    return new NodeVersion(major, file.trim());
  }

  /** Environment in which `node` is this one. */
  environment(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !OF_TESTS.test(name));
    return { ...Object.fromEntries(inherited), PATH: `${dirname(this.file)}${delimiter}${process.env['PATH'] ?? ''}` };
  }
}
