import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideReadiness, type Measured } from '../../lib/reports/statistics/readiness.js';

const measured = (changes: Partial<Measured> = {}): Measured => ({
  runs: 0,
  differences: 0,
  noise: 0,
  margin: 0,
  unknown: 0,
  mostly: undefined,
  targetRate: 0.001,
  confidence: 0.95,
  ...changes,
});

describe('a candidate', () => {
  it('is ready when its runs say so with the confidence that is asked for', () => {
    expect(decideReadiness(measured({ runs: 3_229 }))).toEqual({
      state: 'ready',
      reason: 'With 95 % confidence fewer than 0.1 % of calls differ.',
      runsNeeded: 0,
    });
  });

  it('has as many runs to go as are needed, from the beginning on', () => {
    expect(decideReadiness(measured())).toEqual({
      state: 'collecting',
      reason: '0 of 0 runs differ. 3229 more runs without a difference are needed.',
      runsNeeded: 3_229,
    });
    expect(decideReadiness(measured({ runs: 3_228 }))).toEqual({
      state: 'collecting',
      reason: '0 of 3228 runs differ. 1 more run without a difference is needed.',
      runsNeeded: 1,
    });
  });

  it('is not ready when too many runs differ, and it says how many and where most', () => {
    const differing = measured({ runs: 1_000, differences: 30, mostly: 'in $.items[*].price' });
    expect(decideReadiness(differing)).toEqual({
      state: 'notReady',
      reason: 'With 95 % confidence more than 0.1 % of calls differ: 30 of 1000 runs differ, most often in $.items[*].price.',
      runsNeeded: null,
    });
    const { reason } = decideReadiness({ ...differing, differences: 50, noise: 20, margin: 0.0123 });
    expect(reason).toContain(
      '30 of 1000 runs differ, beside 20 that differ where the control differs from itself, as often to within 1.23 % of calls, most often in',
    );
  });

  it('is measured by what it is to be measured by', () => {
    const quick = { targetRate: 0.05, confidence: 0.8 };
    expect(decideReadiness(measured({ ...quick, runs: 60 }))).toMatchObject({
      state: 'ready',
      reason: 'With 80 % confidence fewer than 5 % of calls differ.',
    });
    expect(decideReadiness(measured({ ...quick, targetRate: 0.000001 })).reason).toMatch(/^0 of 0 runs differ. \d+ more runs/);
    expect(decideReadiness(measured({ confidence: 0.999999, runs: 20_000 })).reason).toContain('99.9999 % confidence');
  });

  it('needs exactly as many runs as it says: with them it is ready, and with one fewer it is not', () => {
    const target = fc.constantFrom(0.000_01, 0.001, 0.012345, 0.5);
    const confidence = fc.constantFrom(0.5, 0.8, 0.95, 0.999999);
    const runs = fc.integer({ min: 0, max: 100_000 });
    const state = fc.tuple(target, confidence, runs, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 10 }));
    let collecting = 0;
    fc.assert(
      fc.property(state, ([targetRate, sure, some, counting, noise]) => {
        const differences = Math.min(counting + noise, some);
        const now = measured({ targetRate, confidence: sure, runs: some, differences, noise: Math.min(noise, differences) });
        const { state, runsNeeded } = decideReadiness(now);
        if (state === 'ready') expect(runsNeeded).toBe(0);
        if (state === 'notReady') expect(runsNeeded).toBeNull();
        if (state !== 'collecting' || runsNeeded === null) return;
        collecting += 1;
        expect(runsNeeded).toBeGreaterThan(0);
        expect(decideReadiness({ ...now, runs: some + runsNeeded }).state).toBe('ready');
        expect(decideReadiness({ ...now, runs: some + runsNeeded - 1 }).state).not.toBe('ready');
      }),
      { numRuns: 1_000 },
    );
    expect(collecting).toBeGreaterThan(100);
  });

  it('is not promised to be ready where that would take more runs than can be said', () => {
    expect(
      decideReadiness(measured({ targetRate: 0.000001, runs: 1_000_000, differences: 50, confidence: 0.999999 })),
    ).toMatchObject({
      state: 'notReady',
    });
    expect(decideReadiness(measured({ targetRate: 0.000001, runs: 10_000_000, differences: 12 }))).toEqual({
      state: 'collecting',
      reason: '12 of 10000000 runs differ. Too many more runs without a difference are needed.',
      runsNeeded: null,
    });
  });

  it('stays ready while it runs on without a difference', () => {
    for (let runs = 3_229; runs < 100_000; runs += 997) expect(decideReadiness(measured({ runs })).state).toBe('ready');
  });
});
