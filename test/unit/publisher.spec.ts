import { Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExperimentRegistry } from '../../lib/experiment/run/experiment-registry.js';
import type { ExperimentResult } from '../../lib/experiment/result.js';
import { GuardedPublisher } from '../../lib/publishing/guarded.publisher.js';
import { LoggerPublisher } from '../../lib/publishing/logger.publisher.js';
import type { OnError } from '../../lib/index.js';
import { ErrorReporter } from '../../lib/studies/studies-reporter.js';
import { Laboratory, type Given } from './harness.js';

const resultOf = (given: Partial<Given> = {}): Promise<ExperimentResult> =>
  new Laboratory().resultOf({ name: 'search', control: () => 1, candidate: () => 1, ...given });

/** Results that matched, differed in an ignored way, and differed. */
const everyOutcome = (): Promise<ExperimentResult[]> =>
  Promise.all([resultOf(), resultOf({ candidate: () => 2, ignore: () => true }), resultOf({ candidate: () => 2 })]);

describe('a publisher', () => {
  const guarded = (publish: (result: ExperimentResult) => void | Promise<void>) => {
    const failures: unknown[] = [];
    const registry = new ExperimentRegistry();
    const { activity } = registry;
    const publisher = new GuardedPublisher({ publish }, registry, (operation, error) => failures.push([operation, error]));
    return { publisher, failures, activity };
  };

  it('that throws, or rejects, is reported and not heard of', async () => {
    const result = await resultOf();
    for (const publish of [
      () => {
        throw new Error('thrown');
      },
      () => Promise.reject(new Error('rejected')),
    ]) {
      const { publisher, failures, activity } = guarded(publish);
      expect(() => publisher.publish(result)).not.toThrow();
      await activity.whenIdle();
      expect(failures).toMatchObject([['publish', { message: /thrown|rejected/.exec(String(publish))?.[0] }]]);
    }
  });

  it('that never settles fills no memory: what is beyond a thousand is dropped, and reported', async () => {
    const result = await resultOf();
    const { publisher, failures } = guarded(() => new Promise(() => {}));
    for (let call = 0; call < 1_002; call += 1) publisher.publish(result);
    expect(failures).toMatchObject([
      ['publish', { code: 'PUBLISHER_OVERLOADED' }],
      ['publish', { code: 'PUBLISHER_OVERLOADED' }],
    ]);
  });

  it('gets the results that it wants, and all if it doesn’t say', async () => {
    const got: string[] = [];
    const publish = ({ matched, ignored }: ExperimentResult) =>
      void got.push(matched ? 'match' : ignored ? 'ignored' : 'difference');
    const logger = Object.assign(new LoggerPublisher(), { publish });
    const publisher = new GuardedPublisher(logger, new ExperimentRegistry(), () => undefined);
    for (const result of await everyOutcome()) publisher.publish(result);
    expect([got, publisher.ignoresMatches]).toEqual([['ignored', 'difference'], true]);

    const { publisher: plain } = guarded(() => void got.push('any'));
    for (const result of await everyOutcome()) plain.publish(result);
    expect([got.slice(2), plain.ignoresMatches]).toEqual([['any', 'any', 'any'], false]);
  });

  it('gets all results if it can’t say which it wants, which is reported', async () => {
    const thrown = () => {
      throw new Error('no answer');
    };
    for (const [wants, reports] of [
      [thrown, 1],
      [async () => false, 1],
      [() => undefined, 0],
    ] as const) {
      let got = 0;
      const failures: unknown[] = [];
      const publisher = new GuardedPublisher(
        { publish: () => void (got += 1), wants: wants as unknown as () => boolean }, // types don't always hold
        new ExperimentRegistry(),
        (operation, error) => failures.push([operation, error]),
      );
      publisher.publish(await resultOf());
      expect([got, publisher.ignoresMatches]).toEqual([1, false]);
      const message = expect.stringMatching(/no answer|returned a promise/) as string;
      expect(failures).toMatchObject(Array.from({ length: reports }, () => ['publish', { message }]));
    }
  });

  it('is asked again with each result that is made', async () => {
    let isWanted = false;
    const got: ExperimentResult[] = [];
    const publish = (result: ExperimentResult) => void got.push(result);
    const publisher = new GuardedPublisher({ publish, wants: () => isWanted }, new ExperimentRegistry(), () => undefined);
    publisher.publish(await resultOf());
    isWanted = true;
    publisher.publish(await resultOf());
    expect([got.length, publisher.ignoresMatches]).toEqual([1, false]);
  });

  it('is waited for by whenIdle', async () => {
    const { publisher, activity } = guarded(() => wait(10));
    publisher.publish(await resultOf());
    let isIdle = false;
    const idle = activity.whenIdle().then(() => (isIdle = true));
    await wait(2);
    expect(isIdle).toBe(false);
    await idle;
  });
});

const lines: [level: string, line: string][] = [];

function listen(): void {
  lines.length = 0;
  for (const level of ['debug', 'warn', 'error', 'log'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation((line: unknown) => void lines.push([level, String(line)]));
  }
}

describe('the LoggerPublisher', () => {
  beforeEach(listen);
  afterEach(() => vi.restoreAllMocks());

  it('writes one line for a match, at debug', async () => {
    new LoggerPublisher().publish(await resultOf());
    expect(lines).toEqual([['debug', 'Experiment "search" is a match']]);
  });

  it('warns of anything else, with both observations as JSON and errors in full', async () => {
    const failure = new RangeError('too far');
    const candidate = () => {
      throw failure;
    };
    new LoggerPublisher().publish(await resultOf({ control: () => ({ at: 10n }), candidate }));
    const [[level, line] = []] = lines;
    const [verdict, control = '', other = ''] = line?.split('\n') ?? [];
    expect([lines.length, level, verdict]).toEqual([1, 'warn', 'Experiment "search" is not a match']);
    expect(JSON.parse(control)).toMatchObject({ name: 'control', value: { at: '10n' } });
    expect(JSON.parse(other)).toMatchObject({ outcome: 'errored', error: { message: 'too far', stack: failure.stack } });
  });

  it('writes cleaned values, and says when a difference is ignored', async () => {
    new LoggerPublisher().publish(await resultOf({ candidate: () => 2, clean: () => 'cleaned', ignore: () => true }));
    expect(lines[0]?.[1]).toContain('Experiment "search" differs in an ignored way');
    expect(lines[0]?.[1]).toContain('"value":"cleaned"');
  });

  it('lets no value steer the terminal or forge a line', async () => {
    const hostile = 'a\u001b[2J\nb\r\u009b31m\u2028c\u0000';
    new LoggerPublisher().publish(await resultOf({ control: () => hostile }));
    expect(lines[0]?.[1].split('\n').length).toBe(3);
    expect(lines[0]?.[1].replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028]/u);
  });
});

const reporting = (onError?: OnError) => new ErrorReporter({ onError, onHalt: undefined }, new ExperimentRegistry());

describe('failures beside the callers', () => {
  beforeEach(listen);
  afterEach(() => vi.restoreAllMocks());

  it('go to onError with operation, error and experiment', () => {
    const onError = vi.fn();
    const failure = new Error('a');
    reporting(onError).report('compare', failure, 'search');
    expect(onError.mock.calls).toEqual([['compare', failure, 'search']]);
    expect(lines).toEqual([]);
  });

  it('are logged where onError itself throws or rejects', async () => {
    const throwing = () => {
      throw new Error('thrown');
    };
    const rejecting = () => Promise.reject(new Error('rejected'));
    for (const onError of [throwing, rejecting]) reporting(onError).report('compare', 1, 'search');
    await wait(1);
    expect(lines.map(([level, line]) => `${level}: ${line}`)).toEqual([
      'error: "onError" of experiment "search" failed: thrown',
      'error: "onError" of experiment "search" failed: rejected',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a text', 'no', 'no'],
    ['an object', { password: 'hunter2' }, '[object Object]'],
    [
      'an instance',
      new (class Refusal {
        password = 'hunter2';
      })(),
      '[object Refusal]',
    ],
    ['a list', ['hunter2'], '[object Array]'],
    ['a function', () => 'hunter2', '[function]'],
    ['a proxy', new Proxy({ password: 'hunter2' }, {}), '[Proxy]'],
    ['nothing', undefined, '[undefined]'],
    ['null', null, '[null]'],
    ['a number', 4111, '[number]'],
  ])('that are no errors are logged by their type alone, unless they are a text: %s', (_, thrown, told) => {
    reporting().report('compare', thrown, 'search');
    expect(lines.map(([, line]) => line)).toEqual([`"compare" of experiment "search" failed: ${told}`]);
  });

  it('are logged once a second for each operation of an experiment, with what was left out', () => {
    const now = vi.spyOn(performance, 'now');
    const reporter = reporting();
    for (const at of [0, 10, 20, 1_001]) {
      now.mockReturnValue(at);
      reporter.report('publish', new Error(`at ${at}`), 'search');
    }
    reporter.report('publish', new Error('another'), 'other');
    expect(lines.map(([, line]) => line)).toEqual([
      '"publish" of experiment "search" failed: at 0',
      '"publish" of experiment "search" failed: at 1001 (and 2 times before, which were not logged)',
      '"publish" of experiment "other" failed: another',
    ]);
  });
});
