import { describe, expect, it, vi } from 'vitest';
import { Laboratory, type Given } from './harness.js';

const outcomeOf = async (given: Given) => (await new Laboratory().resultOf(given)).candidates[0]?.outcome;
const both = (control: unknown, candidate: unknown, more: Given = {}): Given => ({
  control: () => control,
  candidate: () => candidate,
  ...more,
});
const thrown = (control: unknown, candidate: unknown, more: Given = {}): Given => ({
  control: () => {
    throw control;
  },
  candidate: () => {
    throw candidate;
  },
  ...more,
});

describe('two values', () => {
  const equal: [string, unknown, unknown][] = [
    ['lists of equal items', [1, { a: 2 }], [1, { a: 2 }]],
    ['maps of equal entries', new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])],
    ['equal sets', new Set([1, 2]), new Set([2, 1])],
    ['equal bytes', Buffer.from('ab'), Buffer.from('ab')],
    ['equal dates', new Date(5), new Date(5)],
    ['NaN and NaN', NaN, NaN],
    ['undefined and undefined', undefined, undefined],
    ['null and null', null, null],
  ];
  it.each(equal)('%s match', async (_, control, candidate) => {
    expect(await outcomeOf(both(control, candidate))).toBe('matched');
  });

  const different: [string, unknown, unknown][] = [
    ['maps of other entries', new Map([[1, 1]]), new Map([[1, 2]])],
    ['errors of other messages', new Error('a'), new Error('b')],
    ['other bytes', Buffer.from('ab'), Buffer.from('ac')],
    ['0 and -0', 0, -0],
    ['1 and "1"', 1, '1'],
    ['null and undefined', null, undefined],
    ['undefined and false', undefined, false],
    ['lists in another order', [1, 2], [2, 1]],
  ];
  it.each(different)('%s do not match', async (_, control, candidate) => {
    expect(await outcomeOf(both(control, candidate))).toBe('mismatched');
  });

  it('are compared by compare, which gets the values', async () => {
    const compare = vi.fn(() => true);
    expect(await outcomeOf(both(1, 2, { compare }))).toBe('matched');
    expect(compare.mock.calls).toEqual([[1, 2]]);
  });

  it('are not asked about by compare when a side threw', async () => {
    const compare = vi.fn(() => true);
    const failing = () => {
      throw new Error('candidate');
    };
    expect(await outcomeOf({ control: () => 1, candidate: failing, compare })).toBe('errored');
    expect(compare).not.toHaveBeenCalled();
  });
});

describe('two errors', () => {
  it('of one class and one message match', async () => {
    expect(await outcomeOf(thrown(new TypeError('a'), new TypeError('a')))).toBe('matched');
  });

  it('of another message, or another class, do not match', async () => {
    expect(await outcomeOf(thrown(new Error('a'), new Error('b')))).toBe('mismatched');
    expect(await outcomeOf(thrown(new Error('a'), new TypeError('a')))).toBe('mismatched');
  });

  it('that are no errors are compared by value', async () => {
    expect(await outcomeOf(thrown(undefined, undefined))).toBe('matched');
    expect(await outcomeOf(thrown({ code: 1 }, { code: 1 }))).toBe('matched');
    expect(await outcomeOf(thrown(0, undefined))).toBe('mismatched');
  });

  it('are compared by compareErrors', async () => {
    const compareErrors = vi.fn(() => true);
    const errors = [new Error('a'), new TypeError('b')] as const;
    expect(await outcomeOf(thrown(...errors, { compareErrors }))).toBe('matched');
    expect(compareErrors.mock.calls).toEqual([errors]);
  });
});

it('one that threw and one that returned do not match, and a candidate that threw is told as errored', async () => {
  const throwing = () => {
    throw new Error('one');
  };
  expect(await outcomeOf({ control: () => 1, candidate: throwing })).toBe('errored');
  expect(await outcomeOf({ control: throwing, candidate: () => 1 })).toBe('mismatched');
});

describe('ignore', () => {
  it('is asked for differences only', async () => {
    const ignore = vi.fn(() => true);
    expect(await outcomeOf(both(1, 1, { ignore }))).toBe('matched');
    expect(ignore).not.toHaveBeenCalled();
  });

  it('is asked one after the other until one says true', async () => {
    const ignores = [vi.fn(() => false), vi.fn(() => true), vi.fn(() => true)];
    expect(await outcomeOf(both(1, 2, { ignore: ignores }))).toBe('ignored');
    expect(ignores.map((ignore) => ignore.mock.calls.length)).toEqual([1, 1, 0]);
  });

  it('makes a result that neither matched nor mismatched', async () => {
    const result = await new Laboratory().resultOf(both(1, 2, { ignore: () => true }));
    expect([result.matched, result.mismatched, result.ignored]).toEqual([false, false, true]);
  });

  it('gets the values, and the observations for what the values do not say', async () => {
    const seen: unknown[] = [];
    const failure = new Error('of the candidate');
    const candidate = () => {
      throw failure;
    };
    const ignore: Given['ignore'] = (control, other, observations) => {
      seen.push(control, other, observations.candidate.kind === 'threw' && observations.candidate.error);
      return true;
    };
    expect(await outcomeOf({ control: () => 1, candidate, ignore })).toBe('ignored');
    expect(seen).toEqual([1, undefined, failure]);
  });
});

describe('a value that can be read only once', () => {
  const lines = async function* () {
    yield 'line';
  };

  it('runs the control alone and is reported once, unless clean or compare says what to compare', async () => {
    const laboratory = new Laboratory();
    const candidate = vi.fn(lines);
    for (let call = 0; call < 2; call += 1) {
      expect(Object.prototype.toString.call(laboratory.call({ control: lines, candidate }))).toBe('[object AsyncGenerator]');
    }
    await laboratory.settled();
    expect(candidate).not.toHaveBeenCalled();
    expect(laboratory.failures.map(({ operation, error }) => [operation, (error as { code: string }).code])).toEqual([
      ['compare', 'NOT_COMPARABLE'],
    ]);
    expect(laboratory.skipped.get('notComparable')).toBe(2);
  });

  it('is compared by what clean makes of it', async () => {
    expect(await outcomeOf({ control: lines, candidate: lines, clean: () => 'the same' })).toBe('matched');
  });

  it('is compared by compare', async () => {
    expect(await outcomeOf({ control: lines, candidate: lines, compare: () => false })).toBe('mismatched');
  });

  it('is freed after comparing, where it is a candidate’s', async () => {
    const { Readable } = await import('node:stream');
    const made: Record<string, InstanceType<typeof Readable>> = {};
    const make = (by: string) => () => (made[by] = Readable.from(['a']));
    const laboratory = new Laboratory({ late: true });
    await laboratory.resultOf({ control: make('control'), candidate: make('candidate'), compare: () => true });
    expect([made.control?.destroyed, made.candidate?.destroyed]).toEqual([false, true]);
  });
});
