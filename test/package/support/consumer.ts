import { spawn, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { failureOf, run, succeed, type Finished } from './command.js';
import { Server } from './server.js';
import type { Tarball } from './tarball.js';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const repository = createRequire(import.meta.url);

/** Longest time for a script, in ms. */
const TIMEOUT = 120_000;

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
   * @param fixture the folder with its `package.json`
   * @param sources the folders with the application itself, by default one that is the same for all
   * @param packages further packages to install
   */
  static async install(
    fixture: string,
    tarball: Tarball,
    workspace: string,
    sources: readonly string[] = ['application'],
    packages: readonly string[] = [],
  ): Promise<Consumer> {
    const directory = join(workspace, fixture);
    await cp(join(FIXTURES, fixture), directory, { recursive: true });
    for (const source of sources) await cp(join(FIXTURES, source), join(directory, 'src'), { recursive: true });
    const quick = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await succeed('npm', ['install', '--strict-peer-deps', ...quick, tarball.file, ...packages], {
      cwd: directory,
      timeout: 300_000,
    });
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
  run<Printed>(script: string, ...args: string[]): Promise<Report<Printed>> {
    return this.runFor(TIMEOUT, script, ...args);
  }

  /** Runs a script as `run` does, for at most that many ms. */
  async runFor<Printed>(timeout: number, script: string, ...args: string[]): Promise<Report<Printed>> {
    const finished = await this.node([script, ...args], timeout);
    const endedAt = Date.now();
    if (finished.exitCode !== 0 || finished.stderr !== '') throw failureOf(script, finished);
    return { printed: JSON.parse(finished.stdout) as Printed, endedAt };
  }

  /** Starts a compiled script, which prints its address and serves until it is told to stop. */
  async start(script: string, ...args: string[]): Promise<Server> {
    const options: SpawnOptions = { cwd: this.directory, env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] };
    return Server.started(spawn(process.execPath, [script, ...args], options));
  }

  /** Tells whether a package is installed. */
  has(name: string): boolean {
    return existsSync(join(this.directory, 'node_modules', name));
  }

  /** Generates Prisma's client. The engine for migrations, which it would download, isn't needed for that. */
  async generatePrisma(): Promise<void> {
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
    await succeed('npx', ['prisma', 'generate'], { cwd: this.directory, env, timeout: 120_000 });
  }

  /** Runs Node in the project, without what the tests have in their environment. */
  private node(args: readonly string[], timeout = TIMEOUT): Promise<Finished> {
    return run(process.execPath, args, { cwd: this.directory, env: { PATH: process.env.PATH }, timeout });
  }
}
