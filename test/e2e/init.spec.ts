import { mkdtemp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Tree } from '@angular-devkit/schematics';
import { SchematicTestRunner } from '@angular-devkit/schematics/testing/index.js';
import { Controller, Get, Module } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StudiesModule } from '../../lib/index.js';
import { MemoryStudiesStorage } from '../../lib/testing/index.js';
import { MemoryProject } from '../support/memory-project.js';
import { projectOf, SHAPES } from '../unit/init/shapes.js';

const ROOT = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

describe('the schematic nestjs-studies:init', () => {
  const runner = new SchematicTestRunner('nestjs-studies', join(ROOT, 'dist/init/collection.json'));

  /** Runs it in an application, with what Nest's command passes on. */
  async function generate(files: Record<string, string>, options: object = {}) {
    const tree = Tree.empty();
    for (const [path, text] of Object.entries(files)) tree.create(path, text);
    const told: string[] = [];
    runner.logger.subscribe(({ message }) => void told.push(message));
    const passedOn = { language: 'ts', sourceRoot: 'src', spec: true, flat: false, specFileSuffix: 'spec', format: false };
    const result = await runner.runSchematic('init', { ...passedOn, ...options }, tree);
    return { result, told };
  }

  it.each(Object.entries(SHAPES))('writes what the command writes, in an application %s', async (_, files) => {
    const project = new MemoryProject(projectOf(files));
    const { result, told } = await generate(projectOf(files));
    const { changed, notes } = project.init();
    expect(Object.fromEntries(Object.keys(changed).map((path) => [path, result.readContent(path)]))).toEqual(changed);
    expect(told.join('\n')).toBe(notes);
  });

  it('takes the method as a name, and the module as a path', async () => {
    const files = projectOf({ 'src/other.module.ts': (projectOf({})['src/app.module.ts'] ?? '').replace('AppModule', 'Other') });
    const { result } = await generate(files, { name: 'app-controller.get-hello', path: 'src/other.module.ts' });
    expect(result.readContent('src/other.module.ts')).toContain('StudiesModule.forRoot');
    expect(result.readContent('src/app.controller.ts')).toContain("@Experiment({ name: 'app-get-hello'");
  });

  it('writes nothing where the application has a shape that isn’t known', async () => {
    const files = projectOf({ 'src/app.module.ts': 'export class AppModule {}' });
    await expect(generate(files)).rejects.toThrow('Nothing was written. Write by hand:');
  });
});

describe('the command nestjs-studies init', () => {
  let directory: string;

  const init = (...args: string[]) =>
    execute(process.execPath, [join(ROOT, 'dist/command/main.js'), 'init', ...args], { cwd: directory });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nestjs-studies-init-'));
    for (const [path, text] of Object.entries(projectOf({}))) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    await mkdir(join(directory, 'node_modules'));
    const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
    await symlink(typescript, join(directory, 'node_modules/typescript'), 'dir');
  });

  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('writes into the application of the directory, and tells what', async () => {
    const dry = await init('--dry-run');
    expect(dry.stdout).toContain('Would write src/studies-admin.guard.ts\n');
    expect(await readdir(join(directory, 'src'))).toEqual(['app.controller.ts', 'app.module.ts', 'main.ts']);

    const { stdout } = await init('AppController.getHello', '--database', 'mariadb');
    expect(stdout).toContain('Written: src/app.controller.ts\nWritten: src/app.module.ts\nWritten: src/studies-admin.guard.ts\n');
    expect(stdout).toContain('npm install mysql2');
    expect(await readFile(join(directory, 'src/app.module.ts'), 'utf8')).toContain("database: { type: 'mariadb', url:");
    expect(await readdir(join(directory, 'src'))).toHaveLength(4);

    expect((await init()).stdout).toContain('Nothing is to be written.');
  });

  it.each([
    [['search'], 64, '"init" takes a method such as CitiesController.search, not "search".'],
    [['A.b', 'C.d'], 64, '"init" does not take "C.d".'],
    [['--limit', '3'], 64, '"init" does not take --limit.'],
    [['--project', 'x'], 1, 'nest-cli.json has no project "x". Nothing was written.'],
  ])('refuses %j', async (args, code, message) => {
    await expect(init(...args)).rejects.toMatchObject({ code, stderr: expect.stringContaining(message) as unknown });
  });

  it('says so where there is no TypeScript', async () => {
    await rm(join(directory, 'node_modules/typescript'));
    for (const name of ['typescript', '@nestjs/cli']) {
      const folder = join(directory, 'node_modules', name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'package.json'), '{ "main": "index.js" }');
      await writeFile(join(folder, 'index.js'), ''); // as one that only compiles
    }
    await expect(init()).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No TypeScript was found') as unknown,
    });
  });
});

describe('the guard that init writes', () => {
  type Guard = new () => { canActivate(): boolean };
  let folder: string;
  let guard: Guard;

  beforeAll(async () => {
    const text = new MemoryProject(projectOf({})).init().changed['src/studies-admin.guard.ts'] ?? '';
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023, experimentalDecorators: true };
    folder = await mkdtemp(join(import.meta.dirname, 'guard-'));
    await writeFile(join(folder, 'guard.cjs'), ts.transpileModule(text, { compilerOptions }).outputText);
    ({ StudiesAdminGuard: guard } = createRequire(import.meta.url)(join(folder, 'guard.cjs')) as { StudiesAdminGuard: Guard });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));
  afterEach(() => {
    delete process.env['STUDIES_ADMIN_TOKEN'];
  });

  it.each(['express', 'fastify'])('lets in who knows the token, on %s, and asks browsers for it', async (platform) => {
    @Controller()
    class Hello {
      @Get()
      hello() {
        return 'Hello';
      }
    }
    @Module({
      imports: [StudiesModule.forRoot({ storage: new MemoryStudiesStorage(), admin: { guards: [guard] } })],
      controllers: [Hello],
    })
    class App {}
    const app =
      platform === 'express'
        ? await NestFactory.create(App, { logger: false })
        : await NestFactory.create(App, new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    try {
      const url = `${await app.getUrl()}/studies/experiments`;
      const status = async (authorization?: string) =>
        (await fetch(url, { headers: authorization === undefined ? {} : { authorization } })).status;
      expect(await status('Bearer ')).toBe(401);
      expect(await status('Bearer undefined')).toBe(401);
      process.env['STUDIES_ADMIN_TOKEN'] = 'open:sesame';
      expect(await status('Bearer open:sesame')).toBe(200);
      expect(await status(`Basic ${btoa('anybody:open:sesame')}`)).toBe(200);
      for (const wrong of ['Bearer open', 'Bearer', `Basic ${btoa('open:sesame')}`, 'Basic ?'])
        expect(await status(wrong)).toBe(401);
      const asked = await fetch(url);
      expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="studies"']);
    } finally {
      await app.close();
    }
  });
});
