import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finished } from './support/command.js';
import { Consumer } from './support/consumer.js';
import { filesIn, REPOSITORY, Tarball } from './support/tarball.js';

interface Manifest {
  readonly version: string;
  readonly bin?: Record<string, string>;
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

/** What `src/main.ts` of the application prints. */
interface Experimented {
  readonly off: Step;
  readonly changed: number;
  readonly on: Step;
  readonly usesOwnPublisher: boolean;
  readonly closedAt: number;
}

interface Step {
  readonly answer: unknown;
  readonly results: unknown[];
}

/** What `src/operate.ts` of the application prints. */
type Operated = Record<'version' | 'help' | 'enabled' | 'summary' | 'mismatches' | 'ready' | 'unknown', Ran>;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What Vite says of a file of the page. */
interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
  readonly isEntry?: boolean;
}

/** Optional packages, and the subpaths that are for them. */
const ADAPTED: Readonly<Record<string, string>> = { 'nestjs-cls': 'cls', 'typeorm-transactional': 'typeorm-transactional' };

/** Where the page is, and what names its files. */
const PAGE = 'dist/page/';
const MANIFEST = '.vite/manifest.json';

let workspace: string;
let tarball: Tarball;
let manifest: Manifest;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'nestjs-studies-package-'));
  tarball = await Tarball.pack(workspace);
  manifest = JSON.parse(await tarball.read('package.json')) as Manifest;
});

afterAll(() => rm(workspace, { recursive: true, force: true }));

describe('the packed package', () => {
  it('holds the built code, the documents a user needs, and nothing else', () => {
    const documents = tarball.files.filter((file) => !file.startsWith('dist/'));
    expect(documents).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
  });

  it('holds the JavaScript and the typings of every source, and nothing that has no source', async () => {
    const sources = (await filesIn(join(REPOSITORY, 'lib')))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.slice(0, -3));
    const built = sources.flatMap((source) => [`dist/${source}.d.ts`, `dist/${source}.js`]);
    const files = [...built, 'dist/package.json']; // says that it is CommonJS
    expect(tarball.files.filter((file) => file.startsWith('dist/') && !file.startsWith(PAGE))).toEqual(files.sort());
  });

  it('holds the page of the administration, whole, as its manifest names it', async () => {
    const chunks = Object.values(JSON.parse(await tarball.read(`${PAGE}${MANIFEST}`)) as Record<string, Chunk>);
    const named = chunks.flatMap(({ file, css = [], assets = [] }) => [file, ...css, ...assets]);
    const files = tarball.files.filter((file) => file.startsWith(PAGE)).map((file) => file.slice(PAGE.length));
    expect(files).toEqual([MANIFEST, ...new Set(named)].sort());
    expect(chunks.filter(({ isEntry }) => isEntry)).toHaveLength(1);
  });

  it('tells nothing of the place where it was built', async () => {
    const texts = await Promise.all(tarball.files.map(async (file) => ({ file, text: await tarball.read(file) })));
    expect(texts.filter(({ text }) => text.includes(REPOSITORY)).map(({ file }) => file)).toEqual([]);
  });

  it('runs nothing when it is installed', () => {
    const scripts = Object.keys(manifest.scripts ?? {});
    expect(scripts.filter((script) => /^(pre|post)?install$|^(pre|post)?prepare$/.test(script))).toEqual([]);
  });

  it('imports only what every user has, in its code and in its typings', async () => {
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
    const peers = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);
    const had = new Set([...Object.keys(dependencies), ...peers]);
    const files = tarball.files.filter((file) => /\.(js|d\.ts)$/.test(file));
    const imports = await Promise.all(files.map(async (file) => importsOf(file, await tarball.read(file))));
    // What is for one package alone is imported by who has it.
    const isOfItsSubpath = ({ file, name }: { file: string; name: string }) =>
      file.startsWith(`dist/isolation/${ADAPTED[name] ?? name}/index.`);
    const isAllowed = (one: { file: string; name: string }) => had.has(one.name) || (one.name in ADAPTED && isOfItsSubpath(one));
    expect(imports.flat().filter((one) => !isAllowed(one))).toEqual([]);
    expect(await reachedFrom('dist/index.js')).not.toEqual(expect.arrayContaining([expect.stringMatching(/cls|transactional/)]));
  });

  it('has a command that needs nothing but Node, zod and files of its own', async () => {
    const command = manifest.bin?.['nestjs-studies'] ?? '';
    expect(await tarball.read(command)).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(new Set(await reachedFrom(command))).toEqual(new Set(['zod']));
  });

  it('has nothing that publint would change', async () => {
    const { messages, pkg } = await publint({ pack: { tarball: await tarball.bytes() }, level: 'suggestion', strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });
});

describe.each([
  { project: 'an ESM application on Nest 12 and TypeORM 1', fixture: 'esm' },
  { project: 'a CommonJS application on Nest 11 and TypeORM 0.3', fixture: 'commonjs' },
])('in $project', ({ fixture }) => {
  let consumer: Consumer;
  let compilation: Finished;

  beforeAll(async () => {
    consumer = await Consumer.install(fixture, tarball, workspace);
    compilation = await consumer.compile();
  });

  it('compiles strictly, with its typings checked like the own code', () => {
    expect(compilation).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('compares a candidate over HTTP once an operator has turned it up, and every answer is the control’s', async () => {
    const { printed } = await consumer.run<Experimented>('dist/main.js');
    expect(printed).toMatchObject({
      off: { answer: { found: 'lyon' }, results: [] },
      changed: 200,
      on: {
        answer: { found: 'lyon' },
        results: [
          {
            experiment: 'search',
            mismatched: true,
            control: { kind: 'returned', value: { found: 'lyon' } },
            candidates: [{ outcome: 'mismatched', kind: 'returned', value: { found: 'LYON' } }],
          },
        ],
      },
    });
  });

  it('has a command that shows and turns experiments of the running application', async () => {
    const { printed } = await consumer.run<Operated>('dist/operate.js');
    expect(printed).toMatchObject({
      version: { code: 0, out: `${manifest.version}\n`, err: '' },
      help: { code: 0, out: expect.stringMatching(/^Usage: nestjs-studies <command>/), err: '' },
      enabled: { code: 0, out: '"search" now runs for 100 % of its calls.\n', err: '' },
      summary: { code: 0, out: expect.stringMatching(/^Experiment search\n(.*\n)+ +1 {2}\$\.found {2}another value\n/), err: '' },
      mismatches: { code: 0, out: expect.stringContaining('    control    "lyon"\n    candidate  "LYON"\n'), err: '' },
      ready: { code: 2, out: expect.stringMatching(/^candidate: Collecting: 1 of 1 runs differ/), err: '' },
      unknown: { code: 1, out: '', err: expect.stringContaining('404: There is no experiment "none".') },
    });
  });

  it('gives results to the application’s own publisher, with what that injects', async () => {
    const { printed } = await consumer.run<Experimented>('dist/main.js');
    expect(printed.usesOwnPublisher).toBe(true);
    expect(printed.on.results).toHaveLength(1);
  });

  it('lets the process end by itself as soon as the application is closed', async () => {
    const { printed, endedAt } = await consumer.run<Experimented>('dist/main.js');
    expect(endedAt - printed.closedAt).toBeLessThan(3_000);
  });

  it('lets the application’s own tests run experiments without a database', async () => {
    const { printed } = await consumer.run('dist/testing.js');
    expect(printed).toEqual({ answer: { found: 'lyon' }, runs: 1, outcomes: ['mismatched'] });
  });

  it('can be imported and required at its entrances, and both get the same instance of everything', async () => {
    const root = [
      'Candidate',
      'ChangeEntity',
      'ChangeFeed',
      'EpochEntity',
      'EpochStorage',
      'Experiment',
      'ExperimentEntity',
      'ExperimentResult',
      'ExperimentService',
      'ExperimentStorage',
      'HistoryStorage',
      'LoggerPublisher',
      'MismatchError',
      'NEW_EXPERIMENT',
      'Publisher',
      'PurgeableStorage',
      'RecordStorage',
      'RecordedResultEntity',
      'RecordedResultStorage',
      'STUDIES_ENTITIES',
      'STUDIES_MIGRATIONS',
      'StudiesError',
      'StudiesModule',
      'StudiesStorage',
      'TallyEntity',
      'TallyStorage',
      'WriterEntity',
      'WriterStorage',
    ];
    const testing = [
      'MemoryStudiesStorage',
      'RecordingPublisher',
      'StudiesTestingModule',
      'experimentStorageContract',
      'historyStorageContract',
      'orphansContract',
      'recordStorageContract',
    ];
    const { printed } = await consumer.run('dist/entrances.js', 'nestjs-studies', 'nestjs-studies/testing');
    expect(printed).toEqual({
      'nestjs-studies': { imported: root.sort(), required: root.sort(), areSame: true },
      'nestjs-studies/testing': { imported: testing.sort(), required: testing.sort(), areSame: true },
    });
  });

  it('can be entered nowhere else', async () => {
    const inner = ['dist/index.js', 'dist/index', 'dist/studies/studies-schema.js', 'lib/index.ts', 'testing/index.js'];
    const specifiers = inner.map((path) => `nestjs-studies/${path}`);
    const { printed } = await consumer.run('dist/entrances.js', ...specifiers);
    const closed = { imported: 'ERR_PACKAGE_PATH_NOT_EXPORTED', required: 'ERR_PACKAGE_PATH_NOT_EXPORTED', areSame: false };
    expect(printed).toEqual(Object.fromEntries(specifiers.map((specifier) => [specifier, closed])));
  });

  if (fixture === 'commonjs') {
    it('compiles and runs with the module settings of older applications', async () => {
      expect(await consumer.compile('tsconfig.classic.json')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      const { printed } = await consumer.run<Experimented>('dist-classic/main.js');
      expect(printed.on).toMatchObject({ answer: { found: 'lyon' }, results: [{ mismatched: true }] });
    });
  }
});

/** The packages that a file of the package needs, by itself or by what it imports. */
async function reachedFrom(file: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = await tarball.read(file);
  const own = ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => join(dirname(file), fileName));
  const further = await Promise.all(own.map((one) => reachedFrom(one, seen)));
  return [...importsOf(file, text).map(({ name }) => name), ...further.flat()];
}

/** The packages that a file imports, or whose types it refers to; not Node's own modules, and not files of ours. */
function importsOf(file: string, text: string): { file: string; name: string }[] {
  const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(text, true, true);
  return [...importedFiles, ...typeReferenceDirectives]
    .map(({ fileName }) => fileName)
    .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    .map((specifier) => ({ file, name: /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier }));
}
