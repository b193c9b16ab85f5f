import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Measured, Seen } from '../../lib/reports/statistics/measured.js';
import { decideReadiness } from '../../lib/reports/statistics/readiness.js';

/** Inputs each of which came once. */
const once = (distinct: number, failures: number): Seen => ({
  distinct,
  failures,
  visits: distinct,
  differingVisits: failures,
  unseen: 1,
});

const NOTHING = { runsNeeded: 0, inputsNeeded: 0, subjectsNeeded: 0, hoursNeeded: 0 };
const UNKNOWN = { runsNeeded: null, inputsNeeded: null, subjectsNeeded: null, hoursNeeded: null };

/** What was measured: by default, each run is of an input of its own, and no time is asked for. */
const measured = (changes: Partial<Measured> = {}): Measured => ({
  runs: 0,
  differences: 0,
  excused: 0,
  pairs: undefined,
  noisiest: undefined,
  mostly: undefined,
  inputs: once(changes.runs ?? 0, changes.differences ?? 0),
  subjects: undefined,
  span: 0,
  release: undefined,
  ignored: [],
  leftOut: [],
  speed: null,
  candidates: 1,
  targetRate: 0.001,
  confidence: 0.95,
  minSpan: 0,
  ...changes,
});

describe('a candidate', () => {
  it('is ready when its runs say so with the confidence that is asked for', () => {
    expect(decideReadiness(measured({ runs: 3_253 }))).toEqual({
      state: 'ready',
      reason:
        'Ready: with 95 % confidence fewer than 0.1 % of calls differ. Compared 3,253 runs of 3,253 inputs over 1 minute; ' +
        '100 % of coming inputs are new.',
      ...NOTHING,
    });
    const users = { distinct: 4_000.4, failures: 0, visits: 90_000, differingVisits: 0, unseen: 0.004 };
    const months = measured({ runs: 1_000_000, subjects: users, span: 6.9 * 86_400_000, inputs: { ...users, distinct: 12_904 } });
    expect(decideReadiness(months).reason).toContain(
      'Compared 1,000,000 runs of 12,904 inputs and 4,000 subjects over 6 days; 0.4 % of coming inputs are new.',
    );
  });

  it('says beside that how fast it is, if that is known: in the median, and in total where that is another matter', () => {
    const reasonOf = (low: number, estimate: number, high: number, total: number) =>
      decideReadiness(measured({ runs: 4_000, speed: { runs: 400, speedup: { low, estimate, high }, total, warmUp: 1.5 } }))
        .reason;
    expect(reasonOf(0.75, 0.77, 0.79, 0.8)).toMatch(/are new; 1\.3 × slower\.$/);
    expect(reasonOf(2.1, 2.2, 2.3, 2.2)).toMatch(/are new; 2\.2 × faster\.$/);
    expect(reasonOf(0.95, 1.02, 1.07, 1)).toMatch(/are new; as fast\.$/);
    expect(reasonOf(1.1, 1.2, 1.3, 1 / 3.7)).toMatch(/are new; 1\.2 × faster in the median, 3\.7 × slower in total\.$/);
  });

  it('begins with its state, and the release', () => {
    const reasonOf = (changes: Partial<Measured>) => decideReadiness(measured({ release: '2f3c1a', ...changes })).reason;
    expect(reasonOf({ runs: 4_000 })).toMatch(/^Ready for release 2f3c1a: with 95 % confidence fewer than/);
    expect(reasonOf({ runs: 1_000, differences: 30 })).toMatch(/^Not ready for release 2f3c1a: with 95 % confidence more than/);
    expect(reasonOf({ runs: 7 })).toMatch(/^Collecting for release 2f3c1a: 0 of 7 runs differ\./);
  });

  it('names what was left out, and no more than fits', () => {
    const reasonOf = (ignored: string[]) => decideReadiness(measured({ runs: 3_253, ignored })).reason;
    expect(reasonOf(['$.at'])).toMatch(/; 100 % of coming inputs are new; left out: \$\.at\.$/);
    expect(reasonOf(['$.a', `$.${'b'.repeat(1_000)}`, '$.c', '$.d', '$.e'])).toContain(
      `left out: $.a, $.${'b'.repeat(58)}…, $.c and 2 more.`,
    );
  });

  it('has as many runs to go as are needed, from the beginning on', () => {
    expect(decideReadiness(measured())).toEqual({
      state: 'collecting',
      reason: 'Collecting: 0 of 0 runs differ. 3,253 more runs without a difference are needed, of 3,253 new inputs.',
      ...NOTHING,
      runsNeeded: 3_253,
      inputsNeeded: 3_253,
    });
    expect(decideReadiness(measured({ runs: 3_252 })).reason).toBe(
      'Collecting: 0 of 3,252 runs differ. 1 more run without a difference is needed, of 1 new input.',
    );
  });

  it('says of one input that comes again and again why that is not enough, and what to do', () => {
    const one = { distinct: 1, failures: 0, visits: 100, differingVisits: 0, unseen: 0 };
    const { state, reason } = decideReadiness(measured({ runs: 40_000, inputs: one }));
    expect([state, reason.split('. ').at(-2), reason.split('. ').at(-1)]).toEqual([
      'collecting',
      'Only 1 input was seen, and the same one again says little',
      'If more than the arguments tells calls apart, name it with "coverage".',
    ]);
    expect(decideReadiness(measured({ runs: 50, inputs: { ...one, visits: 5 } })).reason).not.toContain('Only');
  });

  it('waits for inputs, subjects and hours, and says for how many', () => {
    const few = { distinct: 10, failures: 0, visits: 600, differingVisits: 0, unseen: 0 };
    const waiting = { runs: 50_000, inputs: few, subjects: few, span: 3_600_000, minSpan: 24 };
    expect(decideReadiness(measured(waiting))).toMatchObject({
      state: 'collecting',
      reason: expect.stringMatching(
        /^Collecting: 0 of 50,000 runs differ\. 3,243 more runs without a difference are needed, of 3,243 new inputs \(or of known ones in 29,\d{3} more minutes\) and 3,243 new subjects, over 23 more hours\. Only 10 inputs were seen, and the same ones again say little\. If more than the arguments tells calls apart, name it with "coverage"\.$/,
      ),
      runsNeeded: 3_243,
      inputsNeeded: 3_243,
      subjectsNeeded: 3_243,
      hoursNeeded: 23,
    });
    const recurring = { ...few, visits: 31_000 };
    const known = { ...waiting, inputs: recurring, subjects: recurring };
    expect(decideReadiness(measured(known)).reason).toBe('Collecting: 0 of 50,000 runs differ. 23 more hours are needed.');
    expect(decideReadiness(measured({ ...known, span: 24 * 3_600_000 })).reason).toContain('50,000 runs of 10 inputs');
  });

  it('is not ready on the second day because the hour in which it differs is still to come', () => {
    const differing = (runs: number, differences: number, days: number) =>
      measured({ runs, differences, inputs: once(runs, differences), span: days * 86_400_000, minSpan: 24 });
    expect(decideReadiness(differing(39_000, 20, 1.95)).state).not.toBe('ready');
    expect(decideReadiness({ ...differing(39_000, 20, 1.95), minSpan: 0 }).state).toBe('ready');
    expect(decideReadiness(differing(200_000, 100, 10)).state).toBe('ready');
  });

  it('is not ready by bursts: what an input says does not grow with how often it came', () => {
    for (const burst of [10, 100, 1_000]) {
      const distinct = 3_000;
      const inputs = { distinct, failures: 0, visits: distinct, differingVisits: 0, unseen: 1 };
      expect(decideReadiness(measured({ runs: distinct * burst, inputs }))).toMatchObject({
        state: 'collecting',
        runsNeeded: 253,
      });
    }
  });

  it('is not ready where an input among few differs, however rarely it comes', () => {
    const inputs = { distinct: 10, failures: 1, visits: 60_000, differingVisits: 50, unseen: 0 };
    expect(decideReadiness(measured({ runs: 1_000_000, differences: 50, inputs })).state).toBe('collecting');
  });

  it('is not ready when too many runs differ, and it says how many and where most', () => {
    const differing = measured({ runs: 1_000, differences: 30, mostly: 'in $.items[*].price' });
    expect(decideReadiness(differing)).toEqual({
      state: 'notReady',
      reason:
        'Not ready: with 95 % confidence more than 0.1 % of calls differ: 30 of 1,000 runs differ, most often in $.items[*].price.',
      ...UNKNOWN,
    });
    const { reason } = decideReadiness({ ...differing, excused: 20 });
    expect(reason).toContain('30 of 1,000 runs differ, beside 20 that differ as the control differs from itself, most often in');
  });

  const pairs = { pairs: 4_000, varied: 0, worse: 0, better: 0, newWorse: 0, newBetter: 0 };

  it('is noisy where the control differs from itself, and the candidate as it does, in more calls than may differ', () => {
    const noisy = measured({ runs: 40_000, excused: 4_000, pairs: { ...pairs, varied: 400, worse: 200, better: 200 } });
    expect(decideReadiness({ ...noisy, noisiest: '$.at' })).toEqual({
      state: 'noisy',
      reason:
        'Too noisy: 0 of 40,000 runs differ, beside 4,000 that differ as the control differs from itself. Called again, the control itself ' +
        'differs in 400 of 4,000 runs, most often in $.at. So 0.1 % of calls could be wrong and not be told from that: ' +
        'leave out such fields, or make such fields the same with "clean".',
      ...UNKNOWN,
    });
    // Values that the control never gave again may be noise that was not seen before.
    const unseen = measured({
      runs: 40_000,
      differences: 4_000,
      pairs: { ...pairs, varied: 400, newWorse: 200, newBetter: 200 },
    });
    expect(decideReadiness(unseen).state).toBe('noisy');
  });

  it('is ready where less than the target can hide in noise', () => {
    // So little differs that it doesn't matter why.
    expect(decideReadiness(measured({ runs: 40_000, excused: 15, pairs })).state).toBe('ready');
    // Where the control agrees with itself, the candidate does.
    const apart = measured({ runs: 40_000, excused: 4_000, pairs: { ...pairs, pairs: 6_300, varied: 630, better: 630 } });
    expect(decideReadiness(apart).state).toBe('ready');
    expect(decideReadiness({ ...apart, pairs: { ...pairs, pairs: 2_000 } }).state).toBe('noisy');
  });

  it('is not ready where it differs more often than the control from itself, in all or in what the control never gives', () => {
    const differing = measured({ runs: 1_000, differences: 500, excused: 100 });
    expect(decideReadiness({ ...differing, pairs: { ...pairs, pairs: 100, varied: 10, worse: 40, better: 5 } }).state).toBe(
      'notReady',
    );
    expect(decideReadiness({ ...differing, pairs: { ...pairs, pairs: 100, varied: 60, better: 40, newWorse: 20 } }).state).toBe(
      'notReady',
    );
  });

  it('is not "not ready" as long as nobody knows how the control differs from itself', () => {
    expect(decideReadiness(measured({ runs: 100, differences: 100, pairs: { ...pairs, pairs: 0 } })).state).toBe('collecting');
    expect(decideReadiness(measured({ runs: 100, differences: 100 })).state).toBe('notReady');
  });

  it('is measured by what it is to be measured by', () => {
    const quick = { targetRate: 0.05, confidence: 0.8 };
    expect(decideReadiness(measured({ ...quick, runs: 60 }))).toMatchObject({
      state: 'ready',
      reason: expect.stringMatching(
        /^Ready: with 80 % confidence fewer than 5 % of calls differ\. Compared 60 runs of 60 inputs/,
      ),
    });
    expect(decideReadiness(measured({ ...quick, targetRate: 0.000001 })).reason).toMatch(
      /^Collecting: 0 of 0 runs differ\. [\d,]+ more runs/,
    );
    expect(decideReadiness(measured({ confidence: 0.999999, runs: 20_000 })).reason).toContain('99.9999 % confidence');
  });

  it('needs exactly as many runs as it says: with them it is ready, and with one fewer it is not', () => {
    const target = fc.constantFrom(0.000_01, 0.001, 0.012345, 0.5);
    const confidence = fc.constantFrom(0.5, 0.8, 0.95, 0.999999);
    const runs = fc.integer({ min: 0, max: 100_000 });
    const state = fc.tuple(target, confidence, runs, fc.integer({ min: 0, max: 70 }));
    let collecting = 0;
    fc.assert(
      fc.property(state, ([targetRate, sure, some, counting]) => {
        const differences = Math.min(counting, some);
        const now = measured({ targetRate, confidence: sure, runs: some, differences });
        const { state, runsNeeded } = decideReadiness(now);
        if (state === 'ready') expect(runsNeeded).toBe(0);
        if (state === 'notReady') expect(runsNeeded).toBeNull();
        if (state !== 'collecting' || runsNeeded === null) return;
        collecting += 1;
        expect(runsNeeded).toBeGreaterThan(0);
        const later = (runs: number) => measured({ ...now, runs, inputs: once(runs, differences) });
        expect(decideReadiness(later(some + runsNeeded)).state).toBe('ready');
        expect(decideReadiness(later(some + runsNeeded - 1)).state).not.toBe('ready');
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
      reason: 'Collecting: 12 of 10,000,000 runs differ. Too many more runs without a difference are needed.',
      runsNeeded: null,
      inputsNeeded: null,
      subjectsNeeded: 0,
      hoursNeeded: 0,
    });
  });

  it('stays ready while it runs on without a difference', () => {
    for (let runs = 3_253; runs < 100_000; runs += 997) expect(decideReadiness(measured({ runs })).state).toBe('ready');
  });
});
