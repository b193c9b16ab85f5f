import { afterEach, expect, it, vi } from 'vitest';
import { OwnContext } from '../../lib/base/own-context.js';
import { CandidateTimeouts, type Timed } from '../../lib/experiment/run/candidates/candidate-timeout.js';

afterEach(() => {
  vi.useRealTimers();
});

it('all candidates time out, each at its own time, even if ending one fails', () => {
  vi.useFakeTimers();
  const expired: string[] = [];
  const candidates: Timed[] = [];
  const timeouts = new CandidateTimeouts(candidates, new OwnContext());
  const add = (name: string, after: number, expire = (): void => void expired.push(name)) => {
    const candidate = { dueAt: Infinity, expire };
    candidates.push(candidate);
    timeouts.start(candidate, performance.now() + after, performance.now());
  };
  add('late', 300);
  add('broken', 100, () => {
    throw new Error('expire');
  });
  add('at the same time', 100);
  add('later', 200);

  expect(() => vi.advanceTimersByTime(150)).toThrow('expire');
  vi.advanceTimersByTime(10);
  expect(expired).toEqual(['at the same time']);
  vi.advanceTimersByTime(300);
  expect(expired).toEqual(['at the same time', 'later', 'late']);
  expect(vi.getTimerCount()).toBe(0);
});
