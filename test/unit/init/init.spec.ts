import { describe, expect, it } from 'vitest';
import { formatted, MemoryProject, syntaxErrors } from '../../support/memory-project.js';
import { CONTROLLER, MODULE, moduleWith, projectOf, SHAPES } from './shapes.js';

/** Formats of people. */
const FORMATS = {
  'as Nest has it': {},
  'with double quotes and tabs': { singleQuote: false, useTabs: true },
  'without semicolons and trailing commas, four spaces wide': { semi: false, trailingComma: 'none', tabWidth: 4 },
  'in long lines, as Windows has them': { printWidth: 130, endOfLine: 'crlf' },
};

async function formattedProject(files: Record<string, string>, format: object): Promise<MemoryProject> {
  const entries = Object.entries(projectOf(files)).map(async ([path, text]) => {
    return [path, path.endsWith('.ts') ? await formatted(text, format) : text] as const;
  });
  const project = new MemoryProject(Object.fromEntries(await Promise.all(entries)));
  project.files['.prettierrc'] = JSON.stringify(format);
  return project;
}

describe.each(Object.entries(SHAPES))('init in an application %s', (_, files) => {
  it.each(Object.entries(FORMATS))('adds all in its format, %s, and nothing the second time', async (_name, format) => {
    const project = await formattedProject(files, format);
    const { changed, notes } = project.init();

    const all = Object.values(changed).join('\n');
    expect(all).toMatch(/StudiesModule\.forRoot\(/);
    expect(all).toMatch(/guards: \[StudiesAdminGuard\]/);
    expect(all).toMatch(/@Experiment\(/);
    expect(notes).not.toContain('By hand');
    for (const [path, text] of Object.entries(changed)) {
      expect(syntaxErrors(text)).toEqual([]);
      expect(text, path).toBe(await formatted(text, format));
    }
    expect(project.init().changed).toEqual({});
  });
});

/** Runs `init` in a project of Nest's format. */
async function initIn(files: Record<string, string>, options = {}) {
  const project = await formattedProject(files, {});
  return project.init(options);
}

describe('init', () => {
  it('writes the module, the guard and a candidate into a project of nest new', async () => {
    const { changed } = await initIn({});
    expect(Object.keys(changed).sort()).toEqual(['src/app.controller.ts', 'src/app.module.ts', 'src/studies-admin.guard.ts']);
    expect(changed['src/app.module.ts']).toBe(`import { Module } from '@nestjs/common';
import { AppController } from './app.controller';
import { StudiesModule } from 'nestjs-studies';
import { StudiesAdminGuard } from './studies-admin.guard';

@Module({
  imports: [
    StudiesModule.forRoot({
      database: { type: 'postgres', url: process.env['DATABASE_URL'] },
      admin: { guards: [StudiesAdminGuard] },
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}
`);
    expect(changed['src/app.controller.ts']).toBe(`import { Controller, Get } from '@nestjs/common';
import { AppService } from './app.service';
import { Experiment } from 'nestjs-studies';

@Controller()
export class AppController {
  constructor(private readonly appService: AppService) {}

  @Get()
  @Experiment({ name: 'app-get-hello', candidate: 'getHelloV2' })
  getHello(): string {
    return this.appService.getHello();
  }

  // The candidate of getHello: a copy, to be changed. No caller gets its value.
  getHelloV2(): string {
    return this.appService.getHello();
  }
}
`);
  });

  it('chooses the database by the driver that is installed, or as it is told', async () => {
    const inDatabase = async (dependencies: object, database?: string) => {
      const { changed, notes } = await initIn({ 'package.json': JSON.stringify({ dependencies }) }, { database });
      return `${/database: {[^}]*}/.exec(changed['src/app.module.ts'] ?? '')?.[0] ?? ''} ${/npm install.*/.exec(notes)?.[0] ?? ''}`;
    };
    const address = `url: process.env['DATABASE_URL']`;
    expect(await inDatabase({ mysql2: '3', typeorm: '1' })).toBe(`database: { type: 'mysql', ${address} } `);
    expect(await inDatabase({ mysql2: '3' }, 'mariadb')).toBe(`database: { type: 'mariadb', ${address} } npm install typeorm`);
    expect(await inDatabase({})).toBe(
      `database: { type: 'better-sqlite3', database: 'studies.sqlite' } npm install typeorm better-sqlite3`,
    );
  });

  it('leaves a data source that can store no experiments alone', async () => {
    const { changed } = await initIn({ 'src/app.module.ts': moduleWith(`[TypeOrmModule.forRoot({ type: 'mongodb' })]`) });
    expect(changed['src/app.module.ts']).toContain(`TypeOrmModule.forRoot({ type: 'mongodb' }),`);
    expect(changed['src/app.module.ts']).toContain(`database: { type: 'postgres'`);
  });

  it('gives the data source migrations, and runs them where it has none', async () => {
    const { changed } = await initIn(SHAPES['with TypeOrmModule.forRoot'] ?? {});
    expect(changed['src/app.module.ts']).toContain(`migrations: [...STUDIES_MIGRATIONS],\n      migrationsRun: true,`);
    expect(changed['src/app.module.ts']).toContain(`import { STUDIES_MIGRATIONS, StudiesModule } from 'nestjs-studies';`);
  });

  it('gives a list of migrations and one of entities their own, and does not decide when migrations run', async () => {
    const { changed } = await initIn(SHAPES['with migrations of its own'] ?? {});
    const module = changed['src/app.module.ts'] ?? '';
    expect(module).toContain('entities: [User, ...STUDIES_ENTITIES]');
    expect(module).toContain('migrations: [First, Second, ...STUDIES_MIGRATIONS]');
    expect(module).toContain('migrationsRun: false');
  });

  it('leaves the migrations to the command of TypeORM where it has a data source of its own', async () => {
    const { changed, notes } = await initIn(SHAPES['with a data source of the command beside it'] ?? {});
    expect(changed['ormconfig.ts']).toContain(`migrations: ['dist/migrations/*.js', ...STUDIES_MIGRATIONS]`);
    expect(changed['ormconfig.ts']).toContain(`entities: ['dist/**/*.entity.js', ...STUDIES_ENTITIES]`);
    expect(changed['src/app.module.ts']).not.toContain('MIGRATIONS');
    expect(notes).toContain('Run the migrations');
  });

  it('names the data source where it has a name', async () => {
    const { changed } = await initIn(SHAPES['with its data source in a module of its own, with a name'] ?? {});
    expect(changed['src/app.module.ts']).toContain(`dataSource: 'main',`);
    expect(changed['src/database/database.module.ts']).toContain('...STUDIES_MIGRATIONS');
  });

  it('keeps the extensions of imports, and takes them from the kind of modules where there are none', async () => {
    const extension = async (files: Record<string, string>) =>
      /from '(.*studies-admin\.guard.*)'/.exec((await initIn(files)).changed['src/app.module.ts'] ?? '')?.[1];
    expect(await extension({ 'src/app.module.ts': MODULE.replace('./app.controller', './app.controller.js') })).toBe(
      './studies-admin.guard.js',
    );
    const alone = { 'src/app.module.ts': MODULE.replace(/import.*controller';/, '') };
    expect(await extension(alone)).toBe('./studies-admin.guard');
    expect(await extension({ ...alone, 'package.json': '{ "type": "module" }' })).toBe('./studies-admin.guard.js');
  });

  it('finds the sources of a monorepo’s project, and of another root', async () => {
    const inApps = Object.entries(projectOf({})).map(([path, text]) => [path.replace(/^src/, 'apps/shop/src'), text]);
    const project = new MemoryProject({
      ...(Object.fromEntries(inApps) as Record<string, string>),
      'apps/api/src/main.ts': '',
      'nest-cli.json': `{
        "monorepo": true, // several
        "sourceRoot": "apps/api/src",
        "projects": { "api": { "sourceRoot": "apps/api/src" }, "shop": { "sourceRoot": "apps/shop/src", "entryFile": "main" } },
      }`,
    });
    expect(() => project.init({ project: 'shoe' })).toThrow('nest-cli.json has no project "shoe". Nothing was written.');
    expect(() => project.init()).toThrow('No root module was found from apps/api/src/main.ts. Name its file with --module.');
    expect(Object.keys(project.init({ project: 'shop' }).changed)).toContain('apps/shop/src/app.module.ts');
  });

  it('decorates the method that is named, also as Nest’s command passes it on', async () => {
    const service = CONTROLLER.replace('AppController', 'CityService').replace('@Controller()', '@Injectable()');
    for (const method of ['CityService.getHello', 'city-service.get-hello']) {
      const { changed } = await initIn({ 'src/city.service.ts': service }, { method });
      expect(changed['src/city.service.ts']).toContain(`@Experiment({ name: 'city-get-hello', candidate: 'getHelloV2' })`);
      expect(changed['src/app.controller.ts']).toBeUndefined();
    }
  });

  it('takes the next name where the usual one is taken, and copies no decorators', async () => {
    const { changed } = await initIn(SHAPES['with methods that don’t fit before one that does'] ?? {});
    expect(changed['src/app.controller.ts']).toContain(`@Experiment({ name: 'cities-search', candidate: 'searchV3' })`);
    expect(changed['src/app.controller.ts']).toContain(`  async searchV3(q: string, limit = 10): Promise<City[]> {`);
  });

  it('says what is left to do where no method fits', async () => {
    const { changed, notes } = await initIn({ 'src/app.controller.ts': '' });
    expect(notes).toContain('By hand: no @Get() method is fit');
    expect(Object.keys(changed)).toContain('src/app.module.ts');
  });

  it.each([
    ['there is none', { method: 'AppController.search' }, 'There is no method AppController.search below src.'],
    ['it is static', { method: 'Odd.fixed' }, 'it is static.'],
    ['it has overloads', { method: 'Odd.both' }, 'it has overloads.'],
    ['it is a generator', { method: 'Odd.each' }, 'it is a generator.'],
    ['it is private', { method: 'Odd.own' }, 'it is not public.'],
    ['it has no body', { method: 'Odd.later' }, 'it has no body.'],
    ['two have it', { method: 'Twin.same' }, 'Both src/a.ts and src/b.ts have a Twin.same.'],
    ['the module’s file is missing', { module: 'src/none.ts' }, 'There is no file src/none.ts.'],
    ['the data source makes nothing', { dataSource: 'src/a.ts', database: undefined }, 'src/a.ts makes no DataSource'],
    ['the database is unknown', { database: 'oracle' }, '"oracle" is no database that can be used.'],
  ])('refuses and writes nothing if %s', async (_, options, message) => {
    const odd = `export abstract class Odd { static fixed() {} both(a: 1): 1; both(a: 2): 2; both(a: any) { return a; } *each() {}
      private own() {} abstract later(): void; }`;
    const files = {
      'src/odd.ts': odd,
      'src/a.ts': 'class Twin { same() {} }',
      'src/b.ts': 'class Twin { same() {} }',
      'src/database.ts': moduleWith(`[TypeOrmModule.forRoot({ type: 'postgres', autoLoadEntities: true })]`).replace(
        'AppModule',
        'Db',
      ),
    };
    const project = await formattedProject(files, {});
    const before = { ...project.files };
    expect(() => project.init(options)).toThrow(message);
    expect(() => project.init(options)).toThrow('Nothing was written.');
    expect(project.files).toEqual(before);
  });

  it.each([
    ['has no decorator', `export class AppModule {}`],
    ['is decorated with what a call makes', `@Module(metadataOf(process.env))\nexport class AppModule {}`],
    ['may have imports in what is spread', `@Module({ ...shared })\nexport class AppModule {}`],
  ])('says what to write by hand if the root module %s', async (_, text) => {
    await expect(initIn({ 'src/app.module.ts': text })).rejects.toThrow(/Nothing was written\. Write by hand:\n {2}import/);
  });

  it.each([
    ['is made by a call', `[TypeOrmModule.forRoot(optionsOf(process.env))]`],
    ['spreads what it doesn’t show', `[TypeOrmModule.forRoot({ ...shared, autoLoadEntities: true })]`],
    ['has a list that isn’t shown', `[TypeOrmModule.forRoot({ type: 'postgres', autoLoadEntities: true, migrations })]`],
    ['comes from one of two returns', `[TypeOrmModule.forRootAsync({ useFactory: () => { if (a) { return {}; } return {}; } })]`],
  ])('says the line to write where the data source’s object %s, and does the rest', async (_, imports) => {
    const { changed, notes } = await initIn({ 'src/app.module.ts': moduleWith(imports) });
    expect(notes).toContain(
      'By hand: the options of the data source in src/app.module.ts can’t be changed for you.'.replace('’', "'"),
    );
    expect(notes).toContain('migrations: [...STUDIES_MIGRATIONS], migrationsRun: true');
    expect(changed['src/app.module.ts']).not.toContain('STUDIES_MIGRATIONS');
    expect(changed['src/app.module.ts']).toContain('StudiesModule.forRoot({');
  });

  it('adds to imports of the library, and not to those of its types', async () => {
    const before = `import type { StudiesOptions } from 'nestjs-studies';\nimport { Candidate } from 'nestjs-studies';\n`;
    const { changed } = await initIn({ 'src/app.controller.ts': before + CONTROLLER });
    expect(changed['src/app.controller.ts']).toContain(`import { Candidate, Experiment } from 'nestjs-studies';`);
  });

  it('leaves a guard that is there as it is', async () => {
    const { changed } = await initIn({ 'src/studies-admin.guard.ts': '// mine\nexport class StudiesAdminGuard {}\n' });
    expect(Object.keys(changed)).not.toContain('src/studies-admin.guard.ts');
  });
});
