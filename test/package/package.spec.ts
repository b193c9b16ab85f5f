import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Finished } from './support/command.js';
import { Consumer } from './support/consumer.js';
import { Tarball } from './support/tarball.js';

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

const tarball = new Tarball(inject('tarball'));
const { version } = JSON.parse(await tarball.read('package.json')) as { version: string };

let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'nestjs-studies-package-'));
});

afterAll(() => rm(workspace, { recursive: true, force: true }));

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
      version: { code: 0, out: `${version}\n`, err: '' },
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
      'EffectRefusedError',
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

  it('can be imported while what it needs is being imported', async () => {
    expect((await consumer.run('dist/parallel.js')).printed).toEqual(['function', 'function']);
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
