import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GUARDRAILS } from '../../../lib/experiment/guardrails.js';
import { DEFAULT_GUARDRAILS } from '../../../page/api/experiment.js';
import { chosenOf, guardrailProblem, guardrailsOf } from '../../../page/settings/guardrail.fields.js';
import { LAST_POSITION, percentAt, percentOf, positionOf, STOPS } from '../../../page/turn/slider.scale.js';

describe('The slider', () => {
  it('has the stops at equal distances', () => {
    expect(STOPS.map(positionOf)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(LAST_POSITION).toBe(100);
  });

  it('moves on with every step, in shares of at most two decimals', () => {
    const percents = Array.from({ length: LAST_POSITION + 1 }, (_, position) => percentAt(position));
    expect(percents).toEqual([...new Set(percents)].sort((a, b) => a - b));
    expect(percents.every((percent) => percentOf(String(percent)) === percent)).toBe(true);
    expect(percents.map(positionOf)).toEqual(percents.map((_, position) => position));
  });

  it('stands nearest to any percentage', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (hundredths) => {
        const position = positionOf(hundredths / 100);
        expect(position).toBeGreaterThanOrEqual(0);
        expect(position).toBeLessThanOrEqual(LAST_POSITION);
      }),
    );
  });
});

describe('A percentage that is written', () => {
  it.each([
    ['5', 5],
    [' 0.25 ', 0.25],
    ['12,5', 12.5],
    ['100 %', 100],
  ])('"%s" is %s', (text, percent) => {
    expect(percentOf(text)).toBe(percent);
  });

  it.each(['', '-1', '100.01', '0.123', '1e1', 'all', '٥'])('"%s" is none', (text) => {
    expect(percentOf(text)).toBeUndefined();
  });
});

describe('The guardrails in fields', () => {
  it('know what holds by default', () => {
    expect(DEFAULT_GUARDRAILS).toEqual(GUARDRAILS);
  });

  it('are set as they were', () => {
    const set = { blockedFor: 12.5, errorRate: null, mismatchRate: 0.015, slowerBy: 2.5 };
    expect(guardrailsOf(chosenOf(set))).toEqual(set);
    expect(guardrailsOf(chosenOf({}))).toEqual({});
  });

  it('say what is wrong', () => {
    const fields = { ...chosenOf({}), errorRate: { choice: 'value', text: '120' } } as const;
    expect(guardrailProblem(fields)).toBe('“Failing or timed out” must be a number from 0 to 100 % of runs.');
    expect(guardrailProblem(chosenOf({ errorRate: 0.05 }))).toBeUndefined();
  });
});
