import { cp, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { failureOf, run, succeed, type Finished } from './command.js';
import type { Tarball } from './tarball.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const repository = createRequire(import.meta.url);

/** How a script of a consumer ended: by itself, and without a word on its standard error. */
export interface Report<Printed> {
  readonly printed: Printed;
  readonly endedAt: number;
}

/** A project of a user who has installed the package. */
export class Consumer {
  private constructor(private readonly directory: string) {}

  /**
   * Makes the project and installs the package with all else that it needs.
   *
   * @param fixture the folder with its `package.json`; the application itself is the same for all
   */
  static async install(fixture: string, tarball: Tarball, workspace: string): Promise<Consumer> {
    const directory = join(workspace, fixture);
    await cp(join(FIXTURES, fixture), directory, { recursive: true });
    await cp(join(FIXTURES, 'application'), join(directory, 'src'), { recursive: true });
    const quick = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await succeed('npm', ['install', '--strict-peer-deps', ...quick, tarball.file], { cwd: directory, timeout: 300_000 });
    // The driver is the repository's own: to compile it once more takes a minute.
    const driver = dirname(repository.resolve('better-sqlite3/package.json'));
    await symlink(driver, join(directory, 'node_modules/better-sqlite3'), 'dir');
    return new Consumer(directory);
  }

  /** Compiles the application by the project's own TypeScript. */
  compile(config = 'tsconfig.json'): Promise<Finished> {
    return this.node(['node_modules/typescript/bin/tsc', '-p', config]);
  }

  /**
   * Runs a compiled script, which prints one line of JSON.
   *
   * @throws Error when it fails, warns, or does not end by itself
   */
  async run<Printed>(script: string, ...args: string[]): Promise<Report<Printed>> {
    const finished = await this.node([script, ...args]);
    const endedAt = Date.now();
    if (finished.exitCode !== 0 || finished.stderr !== '') throw failureOf(script, finished);
    return { printed: JSON.parse(finished.stdout) as Printed, endedAt };
  }

  /** Runs Node in the project, without what the tests have in their environment. */
  private node(args: readonly string[]): Promise<Finished> {
    return run(process.execPath, args, { cwd: this.directory, env: { PATH: process.env.PATH }, timeout: 120_000 });
  }
}
