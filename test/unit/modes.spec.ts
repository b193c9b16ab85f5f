import { setTimeout as wait } from 'node:timers/promises';
import { lastValueFrom, Observable, of, range, Subject, take, toArray } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Laboratory, type Given } from './harness.js';

/** Behaviours that note when they start and end. */
function noting(log: string[], name: string, ms: number) {
  return async () => {
    log.push(`${name} starts`);
    await wait(ms);
    log.push(`${name} ends`);
    return 1;
  };
}

afterEach(() => vi.useRealTimers());

describe('in shadow mode', () => {
  it('candidates start after the control has settled and its caller has gone on', async () => {
    const laboratory = new Laboratory();
    const log: string[] = [];
    await laboratory.call({ control: noting(log, 'control', 2), candidate: noting(log, 'candidate', 2) });
    log.push('caller');
    await laboratory.settled();
    expect(log).toEqual(['control starts', 'control ends', 'caller', 'candidate starts', 'candidate ends']);
  });

  it('a synchronous control’s caller goes on before the candidate starts', async () => {
    const laboratory = new Laboratory();
    const log: string[] = [];
    laboratory.call({ control: () => log.push('control'), candidate: () => log.push('candidate') });
    log.push('caller');
    await Promise.resolve().then(() => log.push('what the caller awaits'));
    await laboratory.settled();
    expect(log).toEqual(['control', 'caller', 'what the caller awaits', 'candidate']);
  });

  it('a slow candidate is not waited for', async () => {
    const laboratory = new Laboratory();
    let isSettled = false;
    const candidate = () => wait(30).then(() => (isSettled = true));
    await laboratory.call({ control: async () => 1, candidate });
    expect(isSettled).toBe(false);
    await laboratory.settled();
    expect(isSettled).toBe(true);
  });
});

describe('in parallel mode', () => {
  it('all start together, and the caller waits for the control alone', async () => {
    const laboratory = new Laboratory();
    const log: string[] = [];
    await laboratory.call({
      mode: 'parallel',
      control: noting(log, 'control', 5),
      candidate: noting(log, 'candidate', 40),
    });
    log.push('caller');
    await laboratory.settled();
    expect(log).toEqual(['control starts', 'candidate starts', 'control ends', 'caller', 'candidate ends']);
  });
});

describe('in serial mode', () => {
  const given = (log: string[], more: Given = {}): Given => ({
    mode: 'serial',
    control: noting(log, 'control', 1),
    candidates: { a: noting(log, 'a', 1), b: noting(log, 'b', 1) },
    ...more,
  });
  const starts = (log: string[]) => log.filter((line) => line.endsWith('starts')).map((line) => line.split(' ')[0]);

  it('one runs after the other, and the caller waits for all', async () => {
    const laboratory = new Laboratory();
    const log: string[] = [];
    await laboratory.call(given(log));
    expect(log.map((line) => line.split(' ')[1])).toEqual(['starts', 'ends', 'starts', 'ends', 'starts', 'ends']);
  });

  it('the order is shuffled', async () => {
    const orders = new Set<string>();
    for (let call = 0; call < 100 && orders.size < 6; call += 1) {
      const log: string[] = [];
      await new Laboratory().call(given(log));
      orders.add(starts(log).join());
    }
    expect(orders.size).toBe(6);
  });

  it('the control can be first, or last, or where a function says', async () => {
    const first: string[] = [];
    const last: string[] = [];
    const custom: string[] = [];
    await new Laboratory().call(given(first, { order: 'controlFirst' }));
    await new Laboratory().call(given(last, { order: 'controlLast' }));
    await new Laboratory().call(given(custom, { order: (names) => [...names].sort().reverse() }));
    expect(starts(first)[0]).toBe('control');
    expect(starts(last)[2]).toBe('control');
    expect(starts(custom)).toEqual(['control', 'b', 'a']);
  });

  it('an order that is none is reported, and another is taken', async () => {
    const laboratory = new Laboratory();
    await laboratory.call(given([], { order: () => ['control', 'control', 'x'] }));
    expect(laboratory.failures.map(({ operation }) => operation)).toEqual(['order']);
  });

  it('a synchronous control stays synchronous, whatever the candidate', async () => {
    const laboratory = new Laboratory();
    const value = laboratory.call({ mode: 'serial', order: 'controlLast', control: () => 7, candidate: () => wait(5, 7) });
    expect(value).toBe(7);
    await laboratory.settled();
    expect(laboratory.results.map(({ matched }) => matched)).toEqual([true]);
  });

  it('an Observable completes when all are done', async () => {
    const laboratory = new Laboratory();
    let isDone = false;
    const candidate = () => wait(10).then(() => (isDone = true));
    const given = { mode: 'serial', order: 'controlFirst', control: () => of(1), candidate } as const;
    expect(await lastValueFrom(laboratory.call(given) as Observable<unknown>)).toBe(1);
    expect(isDone).toBe(true);
  });
});

describe('an Observable', () => {
  it('is passed through, and compared as the list of what it emitted', async () => {
    const laboratory = new Laboratory();
    const given = laboratory.call({ control: () => of(1, 2), candidate: () => of(1, 3) }) as Observable<unknown>;
    expect(await lastValueFrom(given.pipe(toArray()))).toEqual([1, 2]);
    await laboratory.settled();
    const [result] = laboratory.results;
    expect(result?.control).toMatchObject({ kind: 'returned', value: [1, 2] });
    expect(result?.candidates[0]).toMatchObject({ value: [1, 3], outcome: 'mismatched' });
  });

  it('in a promise is one too', async () => {
    const laboratory = new Laboratory();
    const given = laboratory.call({ control: async () => of(1), candidate: async () => of(1) });
    expect(await lastValueFrom((await given) as Observable<unknown>)).toBe(1);
    await laboratory.settled();
    expect(laboratory.results.map(({ matched }) => matched)).toEqual([true]);
  });

  it('that does not end is compared up to 1 000 items, and its caller can leave it', async () => {
    const laboratory = new Laboratory();
    const endless = () => range(0, Number.MAX_SAFE_INTEGER);
    const given = laboratory.call({ control: endless, candidate: endless }) as Observable<number>;
    expect((await lastValueFrom(given.pipe(take(1_500), toArray()))).length).toBe(1_500);
    await laboratory.settled();
    expect(laboratory.results.map(({ matched }) => matched)).toEqual([true]);
    expect((laboratory.results[0]?.control as { value: unknown[] }).value.length).toBe(1_000);
  });

  it('that its caller leaves early is not compared', async () => {
    const laboratory = new Laboratory();
    const candidate = vi.fn();
    const given = laboratory.call({ control: () => range(0, 10), candidate }) as Observable<number>;
    expect(await lastValueFrom(given.pipe(take(2), toArray()))).toEqual([0, 1]);
    await laboratory.settled();
    expect(candidate).not.toHaveBeenCalled();
    expect(laboratory.skipped.get('unsubscribed')).toBe(1);
  });

  it('is not subscribed to before its caller does, and only once for it', async () => {
    const laboratory = new Laboratory();
    const subscribed = vi.fn();
    const control = () =>
      new Observable((subscriber) => {
        subscribed();
        subscriber.complete();
      });
    const given = laboratory.call({ control, candidate: () => of() }) as Observable<unknown>;
    expect(subscribed).not.toHaveBeenCalled();
    given.subscribe();
    expect(subscribed).toHaveBeenCalledTimes(1);
    await laboratory.settled();
  });

  it('that is a subject is handed on as it is, since it is written to', () => {
    const laboratory = new Laboratory();
    const subject = new Subject();
    expect(laboratory.call({ control: () => subject, candidate: () => subject })).toBe(subject);
    expect(laboratory.skipped.get('notComparable')).toBe(1);
  });
});

it('a lazy thenable runs once, with an experiment around it as without', async () => {
  const laboratory = new Laboratory();
  const query = vi.fn((resolve: (rows: number[]) => void) => resolve([1]));
  const control = () => ({ then: query });
  expect(await laboratory.call({ control, candidate: () => [1] })).toEqual([1]);
  expect(query).toHaveBeenCalledTimes(1);
});

it.each(['shadow', 'parallel', 'serial'] as const)(
  'a call that turns out not to be comparable starts no more candidates in %s mode',
  async (mode) => {
    const laboratory = new Laboratory();
    const candidate = vi.fn(() => 1);
    const stream = new ReadableStream();
    expect(laboratory.call({ mode, order: 'controlFirst', control: () => stream, candidate })).toBe(stream);
    await laboratory.settled();
    expect(candidate).not.toHaveBeenCalled();
    expect(laboratory.results).toEqual([]);
  },
);
