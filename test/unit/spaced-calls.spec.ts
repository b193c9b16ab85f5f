import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SpacedCalls } from '../../lib/sync/spaced-calls.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

it('calls are made at once while they are few, and then once for all within the gap', () => {
  const call = vi.fn();
  const spaced = new SpacedCalls(call, 3, 100);
  for (let n = 0; n < 50; n += 1) spaced.request();
  expect(call).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(99);
  expect(call).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(1);
  expect(call).toHaveBeenCalledTimes(4);

  for (let n = 0; n < 100; n += 1) {
    spaced.request();
    vi.advanceTimersByTime(10);
  }
  expect(call.mock.calls.length).toBeLessThanOrEqual(4 + 11);

  vi.advanceTimersByTime(1_000);
  const before = call.mock.calls.length;
  for (let n = 0; n < 50; n += 1) spaced.request();
  expect(call).toHaveBeenCalledTimes(before + 3);
});

it('a call that waits is not made after the end', () => {
  const call = vi.fn();
  const spaced = new SpacedCalls(call, 1, 100);
  spaced.request();
  spaced.request();
  spaced.stop();
  vi.advanceTimersByTime(1_000);
  expect(call).toHaveBeenCalledTimes(1);
});
