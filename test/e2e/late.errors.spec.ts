import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const processes = new URL('processes/', import.meta.url);
const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

beforeAll(() => {
  if (!existsSync(built))
    throw new Error('The processes need the built package: "npm run build" makes it, and "npm test" begins with that.');
});

/** What `--unhandled-rejections` may be. */
const REJECTIONS = ['throw', 'strict', 'warn', 'none', 'warn-with-error-code'] as const;
type Rejections = (typeof REJECTIONS)[number];

/** All that can be seen of a process from outside. */
interface Ending {
  readonly code: unknown;
  readonly signal: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a process to its end, on the Node that runs the tests. */
function endingOf(script: string, given: object, rejections: Rejections = 'throw'): Promise<Ending> {
  const file = fileURLToPath(new URL(script, processes));
  const args = [`--unhandled-rejections=${rejections}`, file, JSON.stringify(given)];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, signal: error?.signal ?? null, stdout, stderr });
    });
  });
}

/** How much of a mistake is thrown later, where that is not one error: what is awaited is the run's own. */
const THROWN: Record<string, number> = { 'two of Promise.all': 0, 'items.map(load)': 2 };

/** How often each is made, at most. */
const CALLS = 3;

/** What the process of mistakes says. */
interface Mistakes {
  readonly heard: unknown[];
  readonly came: Record<string, { gave: unknown[]; told?: [operation: string, message?: string][]; halted?: string }>;
}

describe('the later work of a candidate', () => {
  const SURROUNDINGS: [what: string, given: object, rejections?: Rejections][] = [
    ['where nobody listens', {}],
    ['where the application listens', { isListening: true }],
    ['where nobody listens, and rejections are strict', {}, 'strict'],
    ['where the application listens, and rejections are strict', { isListening: true }, 'strict'],
    ['where Node warns of rejections', {}, 'warn'],
    ['where the application listens to warnings', { isListening: true }, 'warn'],
    ['where rejections are nothing', { isListening: true }, 'none'],
    ['where rejections set the exit code', {}, 'warn-with-error-code'],
    ['where calls come from a domain', { isListening: true, isInDomain: true }],
  ];

  it.concurrent.each(SURROUNDINGS)('ends no process, and is told to `onError` alone, %s', async (_, given, rejections) => {
    const { stdout, ...ending } = await endingOf('mistakes.js', given, rejections);
    expect(ending).toEqual({ code: 0, signal: null, stderr: '' });
    const { heard, came } = JSON.parse(stdout) as Mistakes;
    expect(heard).toEqual([]);
    expect(Object.keys(came).length).toBeGreaterThan(15);
    for (const [mistake, { gave, told, halted }] of Object.entries(came)) {
      expect({ mistake, gave }).toEqual({ mistake, gave: [1, 1] });
      // It may be stopped before the last call.
      const most = CALLS * (THROWN[mistake] ?? 1);
      const operations = (told ?? []).map(([operation]) => operation);
      expect({ mistake, operations: new Set(operations) }).toEqual({
        mistake,
        operations: new Set(most > 0 ? ['candidate'] : []),
      });
      expect(operations.length, mistake).toBeLessThanOrEqual(most);
      expect({ mistake, halted }).toEqual({ mistake, halted: expect.stringMatching(/1 of \d runs? failed or timed out/) });
    }
  });
});

describe('the later work of a function of the user’s', () => {
  const OPERATIONS = [
    'context',
    'runIf',
    'beforeRun',
    'candidateArgs',
    'compare',
    'ignore',
    'clean',
    'diff',
    'afterRun',
    'compareErrors',
    'raiseWith',
    'subject',
    'publish',
    'onHalt',
  ];

  it.concurrent.each(['shadow', 'parallel', 'serial'])(
    'ends no process, and is told by the name of the function: %s',
    async (mode) => {
      for (const rejections of ['throw', 'strict'] as const) {
        const { stdout, ...ending } = await endingOf('functions.js', { mode }, rejections);
        expect(ending).toEqual({ code: 0, signal: null, stderr: '' });
        const names = mode === 'serial' ? [...OPERATIONS, 'order'] : OPERATIONS;
        expect(JSON.parse(stdout)).toEqual({
          // What `onError` itself leaves behind can only be logged.
          hasLogged: true,
          told: Object.fromEntries(names.map((name) => [name, [name]])),
        });
      }
    },
  );
});

describe('an error of the application’s has the same fate with the library and without', () => {
  const KINDS = [
    'a throw',
    'a throw in a timer',
    'a throw in a tick',
    'a throw in a microtask',
    'a throw of nothing',
    'an error that nobody listens for',
    'a rejection',
    'a rejection with a text',
    'a rejection that is handled late',
    'a rejection and a throw',
  ];
  const IN_DOMAINS = ['a throw in a domain', 'a rejection in a domain', 'a throw in a domain that nobody listens to'];
  const LISTENERS = [
    'one that ends the process',
    'one that throws',
    'a monitor',
    'one that sets the exit code',
    'a wrapped emit',
  ];
  const FATES: [kind: string, listeners: string, rejections: Rejections][] = [
    ...KINDS.flatMap((kind) => fates(kind, ['none', 'two of each'], 'throw')),
    ...IN_DOMAINS.flatMap((kind) => fates(kind, ['none'], 'throw')),
    ...fates('a rejection and a throw', LISTENERS, 'throw'),
    ...fates('a throw in a timer', ['one that ends the process', 'a capture'], 'throw'),
    ...REJECTIONS.slice(1).flatMap((rejections) => fates('a rejection', ['none'], rejections)),
    ...REJECTIONS.slice(1).flatMap((rejections) => fates('a rejection that is handled late', ['two of each'], rejections)),
  ];

  it.concurrent.each(FATES)('%s, with listeners: %s, --unhandled-rejections=%s', async (kind, listeners, rejections) => {
    const ending = (hasLibrary: boolean) => endingOf('fate.js', { kind, listeners, hasLibrary }, rejections);
    expect(comparable(await ending(true))).toEqual(comparable(await ending(false)));
  });
});

function fates(kind: string, listeners: string[], rejections: Rejections): [string, string, Rejections][] {
  return listeners.map((one) => [kind, one, rejections]);
}

/** The frames of Node's loop that called an application's function: which they are says what else was due in the same turn. */
const OF_THE_LOOP = / {4}at .*\(node:(?:internal\/(?:timers|async_hooks|process\/task_queues)|domain):\d+:\d+\)\n?/g;

/** An ending without what has to differ: the process's id, how many rejections there were before, and what the loop did beside. */
function comparable(ending: Ending): Ending {
  const plain = (text: string) =>
    text
      .replace(OF_THE_LOOP, '')
      .replace(/\(node:\d+\)/g, '(node)')
      .replace(/\(rejection id: \d+\)/g, '(rejection id)');
  return { ...ending, stdout: plain(ending.stdout), stderr: plain(ending.stderr) };
}
