import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExperimentRegistry } from '../../lib/experiment/run/experiment-registry.js';
import { failureText } from '../../lib/values/failure-text.js';
import type { ExperimentResult } from '../../lib/experiment/result.js';
import type { OnError, OnHalt } from '../../lib/index.js';
import { GuardedPublisher } from '../../lib/publishing/guarded.publisher.js';
import { LoggerPublisher } from '../../lib/publishing/logger.publisher.js';
import { weigh } from '../../lib/publishing/result-weight.js';
import { ErrorReporter } from '../../lib/studies/studies-reporter.js';
import { Laboratory, type Given } from './harness.js';

const KIB = 1_024;

const resultOf = (given: Partial<Given>): Promise<ExperimentResult> =>
  new Laboratory().resultOf({ name: 'search', control: () => 1, candidate: () => 2, ...given });

let lines: { level: string; text: string }[];
let now: number;

beforeEach(() => {
  lines = [];
  now = 0;
  for (const level of ['debug', 'warn', 'error', 'log'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation((...texts: unknown[]) => {
      lines.push({ level, text: texts.join('\n') });
    });
  }
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Takes the clock over: it stands still until it is set. */
function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(performance, 'now').mockImplementation(() => now);
}

const written = () => lines.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);

describe('what the LoggerPublisher writes of one result', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc
      .tuple(fc.constantFrom('a', '\u0000', '\u009b', '\n', 'ä', '😀', '"', '\ud800'), fc.integer({ min: 1, max: 30_000 }))
      .map(([character, count]) => character.repeat(count)),
  );
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.anything(),
      fc.array(tie('value'), { maxLength: 300 }),
      fc.dictionary(text, tie('value'), { maxKeys: 50 }),
    ),
  })).value;

  it('is at most 16 KiB, in a line for each behaviour, whatever the values, errors and candidates', async () => {
    await fc.assert(
      fc.asyncProperty(value, value, fc.integer({ min: 1, max: 60 }), fc.boolean(), async (one, other, candidates, throwing) => {
        lines = [];
        const failing = () => {
          throw Object.assign(new Error('x'.repeat(50_000)), { other });
        };
        const named = Object.fromEntries(
          Array.from({ length: candidates }, (_, index) => [`c${index}`, throwing ? failing : () => [other, index]]),
        );
        const given = { control: () => one, candidates: named, compare: () => false, maxConcurrent: 100 };
        const result = await new Laboratory().resultOf({ name: 'search', ...given });
        new LoggerPublisher().publish(result);
        expect(lines.map(({ level }) => level)).toEqual(['warn']);
        const told = lines[0]?.text.split('\n') ?? [];
        expect(told.length).toBe(Math.min(candidates + 2, 33));
        expect(written()).toBeLessThanOrEqual(16 * KIB);
        expect(lines[0]?.text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
      { numRuns: 60 },
    );
  });

  it('says how much of it is missing, and makes no JSON to throw it away', async () => {
    const result = await resultOf({ control: () => Array.from({ length: 100 }, () => 'x'.repeat(5_000)) });
    const stringified = vi.spyOn(JSON, 'stringify');
    new LoggerPublisher().publish(result);
    const made = stringified.mock.results.reduce((sum, { value: json }) => sum + String(json).length, 0);
    const [, control = '', candidate = ''] = lines[0]?.text.split('\n') ?? [];
    expect(Number(/… \((\d+) more characters\)$/.exec(control)?.[1])).toBeGreaterThan(100_000);
    expect(JSON.parse(candidate)).toMatchObject({ name: 'candidate', value: 2 });
    expect(made).toBeLessThan(100 * KIB);
  });

  it('names how many candidates there was no room for', async () => {
    const candidates = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`c${index}`, () => 2]));
    new LoggerPublisher().publish(await resultOf({ candidates, candidate: undefined as never, maxConcurrent: 100 }));
    expect(lines[0]?.text).toContain('… (20 more candidates)');
  });
});

describe('what the LoggerPublisher writes in a time', () => {
  const large = () => resultOf({ control: () => 'x'.repeat(4_000), candidate: () => 'y'.repeat(4_000) });

  it('is at most 64 KiB a second on average, and what is left out is counted', async () => {
    const result = await large();
    stopTheClock();
    const publisher = new LoggerPublisher();
    for (let turn = 0; turn < 800; turn += 1) {
      for (let each = 0; each < 20; each += 1) publisher.publish(result);
      now += 10;
      vi.advanceTimersByTime(10);
    }
    expect(written()).toBeLessThan((256 + 8 * 64 + 32) * KIB);
    expect(written()).toBeGreaterThan(8 * 50 * KIB);
    now += 1_000;
    vi.advanceTimersByTime(1_000);
    const logged = lines.filter(({ text }) => text.startsWith('Experiment "search" is not a match'));
    const left = lines.map(({ text }) => Number(/^(\d+) more results that do not match were not logged/.exec(text)?.[1] ?? 0));
    expect(logged.length + left.reduce((sum, count) => sum + count, 0)).toBe(16_000);
    expect(left.filter((count) => count > 0).length).toBeLessThanOrEqual(9);
  });

  it('has room for what differs, however much matches', async () => {
    const [match, differing] = [await resultOf({ candidate: () => 1 }), await large()];
    stopTheClock();
    const publisher = new LoggerPublisher();
    for (let call = 0; call < 10_000; call += 1) publisher.publish(match);
    publisher.publish(differing);
    expect(lines.at(-1)?.text).toContain('is not a match');
    expect(written()).toBeLessThan(48 * KIB);
    vi.advanceTimersByTime(1_000);
    expect(lines.at(-1)).toMatchObject({ level: 'debug', text: expect.stringMatching(/^\d+ more results that match were not/) });
  });

  it('is bounded by what is handed over, also where the logger throws', async () => {
    const result = await large();
    stopTheClock();
    let bytes = 0;
    vi.spyOn(Logger.prototype, 'warn').mockImplementation((text: unknown) => {
      bytes += Buffer.byteLength(String(text));
      throw new Error('full');
    });
    const publisher = new LoggerPublisher();
    const guarded = new GuardedPublisher(publisher, new ExperimentRegistry(), () => undefined);
    for (let call = 0; call < 1_000; call += 1) guarded.publish(result);
    expect(() => vi.advanceTimersByTime(1_000)).not.toThrow();
    expect(bytes).toBeLessThan(256 * KIB);
  });
});

const reporting = (given: { onError?: OnError; onHalt?: OnHalt } = {}) => {
  const registry = new ExperimentRegistry();
  const reporter = new ErrorReporter({ onError: undefined, onHalt: undefined, ...given }, registry);
  return { reporter, registry };
};

describe('failures that are logged', () => {
  it('are one line each, in at most 80 KiB, whatever was thrown', () => {
    const thrown = fc.oneof(
      fc.anything(),
      fc.anything().map((message) => Object.assign(new Error('a'), { message })),
      fc.anything().map((stack) => Object.assign(new Error('a'), { stack })),
      fc.constantFrom<unknown>(
        new Error('x'.repeat(1_000_000)),
        '\u009b'.repeat(1_000_000),
        Object.defineProperty(new Error('a'), 'message', {
          get: () => {
            throw new Error('hostile');
          },
        }),
        new Proxy(new Error('a'), {
          getPrototypeOf: () => {
            throw new Error('hostile');
          },
        }),
      ),
    );
    fc.assert(
      fc.property(thrown, (failure) => {
        lines = [];
        reporting().reporter.report('compare', failure, 'search');
        expect(lines.length).toBe(1);
        expect(lines[0]?.text.startsWith('"compare" of experiment "search" failed: ')).toBe(true);
        expect(written()).toBeLessThan(80 * KIB);
      }),
    );
  });

  it('say how much of a message is missing', () => {
    expect(failureText('x'.repeat(5_000)).message).toBe(`${'x'.repeat(4_096)}… (904 more characters)`);
  });

  it('take no more than 64 KiB a second, and no memory, however many experiments fail', () => {
    stopTheClock();
    const { reporter } = reporting();
    const failure = new Error('x'.repeat(2_000));
    for (let second = 0; second < 4; second += 1) {
      for (let name = 0; name < 5_000; name += 1) reporter.report('compare', failure, `experiment ${second} ${name}`);
      now += 1_000;
    }
    expect(written()).toBeLessThan((256 + 4 * 64 + 16) * KIB);
    expect((reporter as unknown as { logged: Map<string, unknown> }).logged.size).toBeLessThanOrEqual(1_100);
  });
});

const ambient = new AsyncLocalStorage<string>();

describe('what the application does with what comes of runs', () => {
  it('runs in the module’s own context, not in that of a caller, and leaves it as it is', async () => {
    const seen: unknown[] = [];
    const note = () => {
      seen.push(ambient.getStore());
      ambient.enterWith('of a function of the user’s');
    };
    const { reporter, registry } = reporting({ onError: note, onHalt: note });
    ambient.run('of a caller', () => {
      reporter.report('compare', 1, 'search');
      reporter.halted({ experiment: 'search', reason: 'Because.', at: new Date() });
      reporter.reportLater('compare', 1, 'search');
      reporter.reportLater('compare', 2, 'search');
      expect(ambient.getStore()).toBe('of a caller');
    });
    await registry.activity.whenIdle();
    expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is charged to the event loop, for as long as it holds it', async () => {
    const blocking = () => {
      now += 300;
    };
    const { reporter, registry } = reporting({ onError: blocking, onHalt: blocking });
    const publisher = new GuardedPublisher(
      Object.assign(new LoggerPublisher(), { publish: blocking }),
      registry,
      () => undefined,
    );
    const result = await resultOf({});
    stopTheClock();
    const held = vi.spyOn(registry.eventLoop, 'hold');
    expect(publisher.publish(result)).toBe(300);
    reporter.report('compare', 1, 'search');
    reporter.halted({ experiment: 'search', reason: 'Because.', at: new Date() });
    expect(held.mock.calls).toEqual([[300], [300], [300]]);
  });

  it('takes nothing of the caller in whose call something failed', async () => {
    const told: unknown[] = [];
    const { reporter, registry } = reporting({ onError: (...failure) => told.push(failure) });
    reporter.reportLater('subject', 1, 'search');
    reporter.reportLater('runIf', 2, 'search');
    expect(told).toEqual([]);
    await registry.activity.whenIdle();
    expect(told).toEqual([
      ['subject', 1, 'search'],
      ['runIf', 2, 'search'],
    ]);
  });

  it('is not asked more than a thousand times for one turn, and told how much it was not asked', async () => {
    const told: unknown[][] = [];
    const { reporter, registry } = reporting({ onError: (...failure) => told.push(failure) });
    for (let call = 0; call < 100_000; call += 1) reporter.reportLater('subject', call, 'search');
    await registry.activity.whenIdle();
    expect(told.length).toBe(1_001);
    expect(told.at(-1)).toMatchObject(['run', { code: 'FAILURES_DROPPED', details: { dropped: 99_000 } }, undefined]);
  });
});

describe('results that are with a publisher', () => {
  it('fill no memory, however large they are', async () => {
    const failures: unknown[] = [];
    const publisher = new GuardedPublisher(
      Object.assign(new LoggerPublisher(), { publish: () => new Promise<void>(() => undefined) }),
      new ExperimentRegistry(),
      (_, error) => failures.push(error),
    );
    const text = 'x'.repeat(10 * KIB * KIB);
    for (let call = 0; call < 20; call += 1)
      publisher.publish(await resultOf({ control: () => `${call}${text}`, isolate: 'none' }));
    expect(failures.length).toBe(13);
    expect(failures[0]).toMatchObject({
      code: 'PUBLISHER_OVERLOADED',
      message: expect.stringContaining('7 earlier ones with about 71 MiB'),
    });
  });

  it.each<[string, () => unknown, number]>([
    ['a text', () => 'x'.repeat(1_000_000), 1_000_000],
    ['binary data', () => new Uint8Array(2_000_000), 2_000_000],
    ['a list of texts', () => Array.from({ length: 10_000 }, () => 'x'.repeat(100)), 1_000_000],
    ['a map', () => new Map(Array.from({ length: 10_000 }, (_, index) => [index, 'x'.repeat(100)])), 1_000_000],
    ['an object', () => ({ rows: Array.from({ length: 1_000 }, () => ({ text: 'x'.repeat(1_000) })) }), 1_000_000],
  ])('are weighed by what they hold: %s', async (_, control, bytes) => {
    const weight = weigh(await resultOf({ control, isolate: 'none', copyBudget: 1_000 }));
    expect(weight).toBeGreaterThanOrEqual(bytes);
    expect(weight).toBeLessThan(3 * bytes);
  });
});
