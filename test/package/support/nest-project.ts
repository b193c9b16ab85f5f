import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { failureOf, run, succeed } from './command.js';
import type { NodeVersion } from './node-version.js';
import { REPOSITORY, type Tarball } from './tarball.js';

/** Which project `nest new` makes. */
export interface NestTemplate {
  readonly major: 11 | 12;
  readonly type: 'cjs' | 'esm';
}

const FIXTURES = join(import.meta.dirname, '../fixtures/nest-new');

const QUICK = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];

/** A project as `nest new` makes it. */
export class NestProject {
  private constructor(
    private readonly directory: string,
    private readonly template: NestTemplate,
    private readonly database: string,
    /** Time that Nest's generator took, in ms. */
    readonly generatedIn: number,
  ) {}

  /**
   * Makes the project, and installs what it names and what the README says.
   *
   * @param maker Node that Nest's generator runs on
   * @param database address of its own database on PostgreSQL
   */
  static async make(
    template: NestTemplate,
    tarball: Tarball,
    workspace: string,
    maker: NodeVersion,
    database: string,
  ): Promise<NestProject> {
    const { major, type } = template;
    const name = `nest-${major}-${type}`;
    const schematic = ['schematics', '@nestjs/schematics:application', `--name=${name}`, '--no-dry-run'];
    const choice = major === 11 ? [] : [`--type=${type}`];
    const options = { cwd: workspace, env: maker.environment(), timeout: 300_000 };
    const begun = performance.now();
    await succeed('npx', ['-y', `--package=@nestjs/cli@${major}`, '--', ...schematic, ...choice], options);
    const project = new NestProject(join(workspace, name), template, database, performance.now() - begun);
    const packages = await packagesToInstall(major);
    await succeed('npm', ['install', ...QUICK, tarball.file, ...packages], { ...options, cwd: project.directory });
    return project;
  }

  /** Adds a data source, as an application of the user has it. */
  async addDataSource(): Promise<void> {
    await this.edit('src/app.module.ts', [
      [/^import /, "import { TypeOrmModule } from '@nestjs/typeorm';\nimport "],
      [
        'imports: [],',
        `imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: '${this.database}',
      autoLoadEntities: true,
    }),
  ],`,
      ],
    ]);
  }

  /**
   * Puts experiments into it: by the command of the library, or by the schematic through Nest's.
   *
   * @param given options of the command
   * @returns what was printed
   */
  async init(by: 'command' | 'schematic', node: NodeVersion, ...given: string[]): Promise<string> {
    const args = by === 'command' ? ['nestjs-studies', 'init', ...given] : ['nest', 'g', '-c', 'nestjs-studies', 'init'];
    const options = { cwd: this.directory, env: this.environment(node), timeout: 120_000 };
    const finished = await run('npx', ['--no-install', ...args], options);
    if (finished.exitCode !== 0) throw failureOf(args.join(' '), finished);
    return stripVTControlCharacters(finished.stdout + finished.stderr);
  }

  /** Writes by hand what a user does: another candidate. */
  async changeCandidate(): Promise<void> {
    await this.edit('src/app.controller.ts', [[/(?<=getHelloV2\(\): string {\n\s*return )[^;]*/, "'Hello, world!'"]]);
  }

  /** Adds a spec of the candidate, and a script that tries it. */
  async addTrials(): Promise<void> {
    await this.add('try.ts');
    await this.add('candidate.spec.ts');
  }

  /** Reads one of its files. */
  read(path: string): Promise<string> {
    return readFile(join(this.directory, path), 'utf8');
  }

  /**
   * Starts the built application, turns the experiment on, calls it, and asks for the summary, as a user does.
   *
   * @returns what the command prints
   */
  async summarize(node: NodeVersion, experiment: string): Promise<string> {
    const token = { STUDIES_ADMIN_TOKEN: 'open-sesame', NESTJS_STUDIES_TOKEN: 'open-sesame' };
    const env = { ...this.environment(node), ...token, PORT: String(await freePort()) };
    const url = `http://127.0.0.1:${env.PORT}`;
    const options = { cwd: this.directory, env, timeout: 60_000 };
    const application = spawn('node', ['dist/main'], { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
    try {
      await answered(url);
      const ask = (...args: string[]) =>
        succeed('npx', ['--no-install', 'nestjs-studies', ...args, '--url', `${url}/studies`], options);
      await ask('enable', experiment);
      await answered(url);
      return await ask('summary', experiment);
    } finally {
      application.kill('SIGKILL');
    }
  }

  /**
   * Runs one of the project's scripts, which has to succeed.
   *
   * @returns what it wrote
   */
  async runScript(script: string, node: NodeVersion): Promise<string> {
    const options = { cwd: this.directory, env: this.environment(node), timeout: 120_000 };
    const finished = await run('npm', ['run', '--silent', script], options);
    if (finished.exitCode !== 0) throw failureOf(`npm run ${script}`, finished);
    return stripVTControlCharacters(finished.stdout + finished.stderr);
  }

  /** Runs the script that tries the built application. It prints one line of JSON. */
  async try(node: NodeVersion): Promise<unknown> {
    const options = { cwd: this.directory, env: this.environment(node), timeout: 60_000 };
    return JSON.parse(await succeed('node', ['dist/try.js'], options));
  }

  /** Environment in which the application finds its database. */
  private environment(node: NodeVersion): NodeJS.ProcessEnv {
    return { ...node.environment(), DATABASE_URL: this.database };
  }

  private async add(fixture: string): Promise<void> {
    const text = await readFile(join(FIXTURES, fixture), 'utf8');
    // Generated CommonJS projects import without extensions, and Jest finds no file otherwise.
    const fitting = this.template.type === 'cjs' ? text : text.replaceAll(/'(\.\/[^']*?)(\.js)?'/g, "'$1.js'");
    await writeFile(join(this.directory, 'src', fixture), fitting);
  }

  private async edit(path: string, changes: readonly (readonly [string | RegExp, string])[]): Promise<void> {
    const file = join(this.directory, path);
    let text = await readFile(file, 'utf8');
    for (const [from, to] of changes) {
      const changed = text.replace(from, () => to);
      if (changed === text)
        throw new Error(`${this.template.major}: ${path} has no ${String(from)}. Has the template of Nest changed?`);
      text = changed;
    }
    await writeFile(file, text);
  }
}

/** Reads from the README what is installed beside the library, with the driver of PostgreSQL for that of SQLite, which is compiled. */
async function packagesToInstall(major: number): Promise<string[]> {
  const readme = await readFile(join(REPOSITORY, 'README.md'), 'utf8');
  const packages = new RegExp(`^npm install nestjs-studies (.*?) +# NestJS ${major}$`, 'm').exec(readme)?.[1];
  if (packages === undefined) throw new Error(`The README does not say what to install for NestJS ${major}.`);
  return packages.replace('better-sqlite3', 'pg').split(' ');
}

/** Finds a port on which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  return port;
}

/** Waits until an application answers. */
async function answered(url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok === true) return;
    await pause(100);
  }
  throw new Error(`${url} doesn't answer.`);
}
