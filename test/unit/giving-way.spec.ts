import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventLoopGauge } from '../../lib/experiment/admission/event-loop.js';
import { deferred } from '../support/deferred.js';
import { Laboratory } from './harness.js';

const LIMITS = { maxCandidates: 100, maxEventLoopUtilization: 1, maxEventLoopDelay: 3_600_000 };

function block(duration: number): void {
  const end = performance.now() + duration;
  while (performance.now() < end);
}

const pause = (duration: number) => new Promise((resolve) => setTimeout(resolve, duration));

function gauge(): EventLoopGauge {
  const made = new EventLoopGauge();
  onTestFinished(() => made.stop());
  return made;
}

describe('the gauge of the event loop', () => {
  it('sees for how long the event loop was kept, and that it is free again', async () => {
    const measured = gauge();
    expect(measured.read()).toEqual({ utilization: 0, delay: 0 });
    await pause(30);
    block(300);
    await vi.waitFor(() => expect(measured.read().delay).toBeGreaterThan(200), { interval: 5 });
    await vi.waitFor(() => expect(measured.read().delay).toBeLessThan(100), { interval: 20 });
  });

  it('sees how busy it is, and that it is not any more', async () => {
    const measured = gauge();
    measured.read();
    let isBusy = true;
    const spin = () => {
      block(2);
      if (isBusy) setImmediate(spin);
    };
    spin();
    await vi.waitFor(() => expect(measured.read().utilization).toBeGreaterThan(0.9));
    isBusy = false;
    await vi.waitFor(() => expect(measured.read().utilization).toBeLessThan(0.5), { interval: 100 });
  });

  it('counts at once what is said to have kept it, until it has measured it', async () => {
    const measured = gauge();
    measured.read();
    measured.hold(60);
    measured.hold(70);
    expect(measured.read().delay).toBe(70);
    await vi.waitFor(() => expect(measured.read().delay).toBeLessThan(100), { interval: 20 });
  });

  it('measures only while somebody asks', async () => {
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const measured = gauge();
    measured.read();
    await vi.advanceTimersByTimeAsync(4_900);
    measured.read();
    await vi.advanceTimersByTimeAsync(4_900);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(300);
    expect(vi.getTimerCount()).toBe(0);
    measured.hold(500);
    expect(measured.read()).toEqual({ utilization: 0, delay: 0 });
    expect(vi.getTimerCount()).toBe(1);
  });
});

describe('a process', () => {
  const laboratories: Laboratory[] = [];
  const laboratoryWith = (limits: Partial<typeof LIMITS>) => {
    const laboratory = new Laboratory({ limits: { ...LIMITS, ...limits } });
    laboratories.push(laboratory);
    return laboratory;
  };

  afterEach(() => {
    for (const { registry } of laboratories.splice(0)) registry.eventLoop.stop();
    vi.restoreAllMocks();
  });

  it('has no more candidates of all experiments in flight than it may', async () => {
    const laboratory = laboratoryWith({ maxCandidates: 3 });
    const { promise, resolve } = deferred<number>();
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      expect(laboratory.call({ name, control: () => 1, candidate: () => promise })).toBe(1);
      await new Promise(setImmediate);
    }
    expect(Object.fromEntries(laboratory.skipped)).toEqual({ maxCandidates: 2 });
    resolve(1);
    await laboratory.settled();
    await laboratory.resultOf({ name: 'f', control: () => 1, candidate: () => 1 });
    expect(laboratory.results.map(({ experiment }) => experiment)).toEqual(['a', 'b', 'c', 'f']);
  });

  it('runs no asynchronous candidate where it may have none', async () => {
    const laboratory = laboratoryWith({ maxCandidates: 0 });
    laboratory.call({ control: () => 1, candidate: () => 1 });
    await laboratory.settled();
    expect(Object.fromEntries(laboratory.skipped)).toEqual({ maxCandidates: 1 });
  });

  it.each([
    { reason: 'eventLoopUtilization', limits: { maxEventLoopUtilization: 0.9 }, at: { utilization: 0.9, delay: 0 } },
    { reason: 'eventLoopDelay', limits: { maxEventLoopDelay: 100 }, at: { utilization: 0, delay: 100 } },
  ])('starts candidates up to its limit, and none beyond: $reason', async ({ reason, limits, at }) => {
    const laboratory = laboratoryWith(limits);
    const read = vi.spyOn(laboratory.registry.eventLoop, 'read').mockReturnValue(at);
    await laboratory.resultOf({ control: () => 1, candidate: () => 1 });
    read.mockReturnValue({ utilization: at.utilization * 1.01, delay: at.delay * 1.01 });
    expect(laboratory.call({ control: () => 1, candidate: () => 1 })).toBe(1);
    await laboratory.settled();
    expect(laboratory.results).toHaveLength(1);
    expect(Object.fromEntries(laboratory.skipped)).toEqual({ [reason]: 1 });
  });

  it('does not start the candidates of calls that come together when the first of them keep it', async () => {
    const laboratory = laboratoryWith({ maxEventLoopDelay: 100 });
    let runs = 0;
    const burn = () => {
      runs += 1;
      block(120);
      return 1;
    };
    for (let call = 0; call < 20; call += 1) laboratory.call({ control: () => 1, candidate: burn });
    await laboratory.settled();
    expect(runs).toBe(1);
    expect(Object.fromEntries(laboratory.skipped)).toEqual({ eventLoopDelay: 19 });
    await vi.waitFor(
      async () => {
        await laboratory.resultOf({ control: () => 1, candidate: () => 1 });
        expect(laboratory.results.length).toBeGreaterThan(1);
      },
      { interval: 50 },
    );
  });
});
