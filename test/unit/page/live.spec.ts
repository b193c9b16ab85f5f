import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressBelow } from '../../../page/api/address.js';
import { Failure, failureOfAnswer } from '../../../page/api/failure.js';
import { after, type Connection } from '../../../page/live/connection.js';
import { Poll } from '../../../page/live/poll.js';
import { Store } from '../../../page/live/store.js';

describe('What is kept fresh', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is asked for at once, and again some time after each answer', async () => {
    const work = vi.fn(() => Promise.resolve());
    const poll = new Poll(work, 1_000, new Store(true));
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(work).toHaveBeenCalledTimes(4);
    poll.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(work).toHaveBeenCalledTimes(4);
  });

  it('is not asked for while nobody sees it, and at once when somebody does', async () => {
    const awake = new Store(true);
    const work = vi.fn(() => Promise.resolve());
    const poll = new Poll(work, 1_000, awake);
    await vi.advanceTimersByTimeAsync(0);
    awake.set(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(work).toHaveBeenCalledTimes(1);
    awake.set(true);
    expect(work).toHaveBeenCalledTimes(2);
    poll.stop();
  });

  it('is asked for again after an answer that came too late to be asked for anew', async () => {
    const answers: (() => void)[] = [];
    const work = vi.fn(() => new Promise<void>((resolve) => answers.push(resolve)));
    const poll = new Poll(work, 1_000, new Store(true));
    poll.now();
    expect(work).toHaveBeenCalledTimes(1);
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(work).toHaveBeenCalledTimes(2);
    poll.stop();
  });

  it('is given up when something newer is known', async () => {
    const signals: AbortSignal[] = [];
    const poll = new Poll((signal) => (signals.push(signal), new Promise<void>(() => undefined)), 1_000, new Store(true));
    poll.later();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(signals).toHaveLength(2);
    poll.stop();
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });
});

describe('The connection', () => {
  const away = new Failure('unreachable', 'No answer came.');

  it('tells since when nothing answers, and when something last did', () => {
    const there = after({ kind: 'unknown' }, undefined, 1);
    const gone = after(after(there, away, 5), new Failure('unavailable', 'Busy.'), 9);
    expect(gone).toEqual({ kind: 'away', since: 5, lastAt: 1, reason: 'Busy.' });
    expect(after(gone, undefined, 12)).toEqual({ kind: 'there', at: 12 });
  });

  it('is there where the server refuses something', () => {
    const gone: Connection = { kind: 'away', since: 5, lastAt: undefined, reason: '' };
    expect(after(gone, new Failure('missing', 'It is not there.'), 7)).toEqual({ kind: 'there', at: 7 });
    expect(after(gone, new Failure('closed', 'Forbidden.'), 7)).toEqual({ kind: 'closed' });
  });
});

describe('An answer that is no success', () => {
  it.each([
    [401, 'closed'],
    [403, 'closed'],
    [404, 'missing'],
    [412, 'conflict'],
    [400, 'refused'],
    [429, 'unavailable'],
    [503, 'unavailable'],
    [502, 'unreachable'],
  ])('of %s is %s', (status, kind) => {
    expect(failureOfAnswer(status, { message: 'So it is.' })).toMatchObject({ kind, message: 'So it is.', fields: [] });
  });

  it('tells the fields that are wrong', () => {
    const fields = [{ field: 'percentEnabled', reason: 'must be less' }, { other: 1 }];
    expect(failureOfAnswer(400, { message: 'No.', fields }).fields).toEqual([
      { field: 'percentEnabled', reason: 'must be less' },
    ]);
  });

  it('is told where it says nothing', () => {
    expect(failureOfAnswer(500, undefined).message).toBe('The server answered with 500.');
  });
});

describe('An address', () => {
  it('holds any name', () => {
    expect(
      addressBelow('https://host/api/studies/', ['experiments', 'a/b?c#d', 'results'], { limit: 5, cursor: undefined }),
    ).toBe('https://host/api/studies/experiments/a%2Fb%3Fc%23d/results?limit=5');
  });

  it('asks for several of a name', () => {
    expect(addressBelow('https://host/studies/', ['figures'], { name: ['a&b', 'c'] })).toBe(
      'https://host/studies/figures?name=a%26b&name=c',
    );
  });
});
