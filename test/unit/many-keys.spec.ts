import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { countNumbers, hasManyKeys } from '../../lib/values/many-keys.js';

const record = (count: number, name: (index: number) => PropertyKey) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), index]));

describe('an object of too many properties', () => {
  it('is known by its names, its numbers, or its characters, without listing them', () => {
    expect(hasManyKeys(record(300_000, (index) => `key ${index}`))).toBe(true);
    expect(hasManyKeys(record(40_000, (index) => index))).toBe(true);
    expect(hasManyKeys(record(40_000, (index) => index + 1))).toBe(true);
    expect(hasManyKeys(Object('a'.repeat(40_000)) as object)).toBe(true);
    expect(hasManyKeys({ id: 16_384, name: 'a' })).toBe(false);
  });

  it('is estimated by half of its numbers at least, and by no more than it has', () =>
    fc.assert(
      fc.property(fc.integer({ min: 2_050, max: 70_000 }), fc.nat({ max: 1 }), (count, first) => {
        const estimated = countNumbers(record(count, (index) => index + first));
        expect(estimated).toBeLessThanOrEqual(count);
        expect(estimated).toBeGreaterThanOrEqual(count / 2 - 2);
      }),
      { numRuns: 30 },
    ));

  it('is none with some numbers of a list', () => {
    expect(countNumbers({ 1024: 'a', 768: 'b', 512: 'c' })).toBe(0);
  });
});
