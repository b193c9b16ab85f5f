import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CopyBudget } from '../../lib/values/copying/copy-budget.js';
import { CopyRest } from '../../lib/values/copying/copy-rest.js';

/** ms of the budget of a call. */
const LIMIT = 1;

function took(counted: number, limit = LIMIT): CopyBudget {
  const budget = new CopyBudget(limit);
  budget.counted = counted;
  return budget;
}

describe('an experiment whose values take too long to copy', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('copies on while copies take no longer than they may, or by a quarter: the last step is known only when it is done', () => {
    const rest = new CopyRest();
    for (const counted of [0, 0.5, LIMIT, 1.25 * LIMIT]) rest.note(took(counted));
    expect(rest.isResting).toBe(false);
  });

  it('rests for a second for each ms beyond the budget', () => {
    const rest = new CopyRest();
    rest.note(took(LIMIT + 3));
    vi.advanceTimersByTime(2_999);
    expect(rest.isResting).toBe(true);
    vi.advanceTimersByTime(1);
    expect(rest.isResting).toBe(false);
  });

  it('measures with the budget of each call', () => {
    const rest = new CopyRest();
    rest.note(took(9, 10));
    rest.note(took(9, Infinity));
    expect(rest.isResting).toBe(false);
    rest.note(took(9, 0));
    vi.advanceTimersByTime(8_999);
    expect(rest.isResting).toBe(true);
  });

  it('rests no shorter for what a call takes that was begun before the rest', () => {
    const rest = new CopyRest();
    rest.note(took(LIMIT + 10));
    rest.note(took(LIMIT + 1));
    rest.note(took(0));
    vi.advanceTimersByTime(9_999);
    expect(rest.isResting).toBe(true);
  });

  it('takes at most a thousandth of the time beyond the budgets of its callers', () => {
    const call = fc.record({ after: fc.integer({ min: 0, max: 20_000 }), counted: fc.double({ min: 0, max: 50, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 50 }), (calls) => {
        const rest = new CopyRest();
        const begun = performance.now();
        let excess = 0;
        let last = 0;
        for (const { after, counted } of calls) {
          vi.advanceTimersByTime(after);
          if (rest.isResting) continue;
          // What went before has been paid for.
          expect(excess * 1_000).toBeLessThanOrEqual(performance.now() - begun + 1);
          rest.note(took(counted));
          last = counted > 1.25 * LIMIT ? counted - LIMIT : 0;
          excess += last;
        }
        vi.advanceTimersByTime(Math.ceil(last * 1_000));
        expect(rest.isResting).toBe(false);
      }),
    );
  });
});
