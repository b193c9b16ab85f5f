import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
    await succeed('npx', ['-y', `--package=@nestjs/cli@${major}`, '--', ...schematic, ...choice], options);
    const project = new NestProject(join(workspace, name), template, database);
    const packages = await packagesToInstall(major);
    await succeed('npm', ['install', ...QUICK, tarball.file, ...packages], { ...options, cwd: project.directory });
    return project;
  }

  /** Decorates the generated controller, imports the module as the README says, and adds a spec and a script that try it. */
  async decorate(): Promise<void> {
    await this.edit('src/app.controller.ts', [
      [/^import /, "import { Experiment } from 'nestjs-studies';\nimport "],
      ['  @Get()\n', "  @Get()\n  @Experiment({ name: 'hello', candidate: 'getHelloV2' })\n"],
      [/}\s*$/, "\n  getHelloV2(): string {\n    return 'Hello, world!';\n  }\n}\n"],
    ]);
    await this.edit('src/app.module.ts', [
      [
        /^import /,
        "import { TypeOrmModule } from '@nestjs/typeorm';\nimport { STUDIES_MIGRATIONS, StudiesModule } from 'nestjs-studies';\nimport ",
      ],
      [
        'imports: [],',
        `imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: '${this.database}',
      autoLoadEntities: true,
      migrations: [...STUDIES_MIGRATIONS],
      migrationsRun: true,
    }),
    StudiesModule.forRoot({ admin: { public: true } }),
  ],`,
      ],
    ]);
    await this.add('try.ts');
    await this.add('candidate.spec.ts');
  }

  /**
   * Runs one of the project's scripts, which has to succeed.
   *
   * @returns what it wrote
   */
  async runScript(script: string, node: NodeVersion): Promise<string> {
    const options = { cwd: this.directory, env: node.environment(), timeout: 120_000 };
    const finished = await run('npm', ['run', '--silent', script], options);
    if (finished.exitCode !== 0) throw failureOf(`npm run ${script}`, finished);
    return stripVTControlCharacters(finished.stdout + finished.stderr);
  }

  /** Runs the script that tries the built application. It prints one line of JSON. */
  async try(node: NodeVersion): Promise<unknown> {
    const options = { cwd: this.directory, env: node.environment(), timeout: 60_000 };
    return JSON.parse(await succeed('node', ['dist/try.js'], options));
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
