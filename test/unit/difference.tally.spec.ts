import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../lib/values/json-value.js';
import { DifferenceTally, type DifferenceContent } from '../../lib/recording/tallies/difference-tally.js';
import { differencesBetween, type ValueDifference } from '../../lib/recording/differences/differences.js';

const differing = (...paths: string[]): ValueDifference[] =>
  paths.map((path) => ({ path, kind: 'value', control: 1, candidate: 2 }));

/** A tally of runs, each given by the fields that differ in it. */
function tallyOf(runs: readonly (readonly ValueDifference[])[], withExamples = true): DifferenceTally {
  const tally = new DifferenceTally();
  for (const run of runs) tally.add(run, withExamples);
  return tally;
}

const fromJson = (tally: DifferenceTally) =>
  DifferenceTally.from(JSON.parse(JSON.stringify(tally.toContent())) as DifferenceContent); // it was one

const counts = (tally: DifferenceTally) => new Map(tally.all().map(({ path, kind, count }) => [`${kind} ${path}`, count]));

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `$.f${from + index}`);

describe('the fields that differ', () => {
  it('are counted by path and kind, in how many runs they did, the most frequent first', () => {
    const tally = tallyOf([
      [...differing('$.a', '$.b', '$.b'), { path: '$.a', kind: 'missing', control: 1 }],
      differing('$.b'),
      [],
    ]);
    expect(tally.examined).toBe(3);
    expect([...counts(tally)]).toEqual([
      ['value $.b', 2],
      ['value $.a', 1],
      ['missing $.a', 1],
    ]);
    expect(tally.countOf({ path: '$.b', kind: 'value' })).toBe(2);
    expect(tally.countOf({ path: '$.b', kind: 'extra' })).toBe(0);
  });

  it('have the first example that there is', () => {
    const one = (control: JsonValue): ValueDifference => ({ path: '$', kind: 'value', control, candidate: 0 });
    const tally = tallyOf([[{ path: '$', kind: 'value' }], [one('first')], [one('second')]]);
    expect(tally.all()[0]).toEqual({ path: '$', kind: 'value', count: 3, example: { control: 'first', candidate: 0 } });
  });

  it('have no example where values may not be kept', () => {
    expect(tallyOf([differing('$.a')], false).all()).toEqual([{ path: '$.a', kind: 'value', count: 1, example: null }]);
  });

  it('are nothing to be stored where it was never looked for them', () => {
    expect(new DifferenceTally().toContent()).toBeNull();
  });

  it('are 200 at the most, and what differs elsewhere is counted together, once for each run', () => {
    const tally = tallyOf([differing(...many(150)), differing(...many(150, 100)), differing('$.f0', ...many(5, 900))]);
    const fields = counts(tally);
    expect(fields.size).toBe(201);
    expect(fields.get('value $.f0')).toBe(2);
    expect(fields.get('value $.f199')).toBe(1);
    expect(fields.get('value $.f200')).toBeUndefined();
    expect(fields.get('value …')).toBe(2);
    expect(tally.all().find(({ path }) => path === '…')?.example).toBeNull();
  });

  it('are 200 at the most when tallies are added up, and elsewhere no more runs are counted than there were', () => {
    const tally = tallyOf([differing(...many(200))]);
    for (let time = 0; time < 3; time += 1) tally.merge(tallyOf([differing(...many(100, 500)), differing(...many(100, 550))]));
    const fields = counts(tally);
    expect(fields.size).toBe(201);
    expect(fields.get('value …')).toBe(6);
    expect(tally.examined).toBe(7);
    const other = tallyOf([differing('$.new')]);
    other.merge(tally);
    expect(counts(other).size).toBe(201);
    expect(counts(other).get('value …')).toBe(7);
  });

  it('are the same from JSON, and added up from parts', () => {
    const path = fc.constantFrom('$.a', '$.b', '$.c', `$['__proto__']`, '$.constructor', '$.toString');
    const kind = fc.constantFrom('value' as const, 'missing' as const, 'type' as const);
    const runs = fc.array(fc.array(fc.record({ path, kind, control: fc.constant(1) }), { maxLength: 5 }), { maxLength: 30 });
    fc.assert(
      fc.property(runs, runs, (some, others) => {
        const whole = tallyOf([...some, ...others]);
        const merged = some.length === 0 ? new DifferenceTally() : fromJson(tallyOf(some));
        if (others.length > 0) merged.merge(fromJson(tallyOf(others)));
        expect(merged.examined).toBe(whole.examined);
        expect(counts(merged)).toEqual(counts(whole));
      }),
    );
  });
});

describe('paths', () => {
  const bytes = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;
  const pathsOf = (control: JsonValue, candidate: JsonValue) => differencesBetween(control, candidate).map(({ path }) => path);

  it('have a bounded length, in whole characters, and say that they are cut', () => {
    const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), (keys) => {
        const nested = (value: JsonValue) => keys.reduceRight<JsonValue>((inner, one) => ({ [one]: inner }), value);
        const [path = '', ...others] = pathsOf(nested(1), nested(2));
        expect(others).toEqual([]);
        expect(bytes(path)).toBeLessThanOrEqual(150);
        expect(path.isWellFormed()).toBe(true);
        if (path.endsWith('…')) expect(bytes(path)).toBeGreaterThan(150 - 12);
      }),
    );
  });

  it('end with a whole character, however many bytes it has', () => {
    for (const character of ['a', 'ä', '語', '𝒳']) {
      const [found = ''] = pathsOf({ [character.repeat(200)]: 1 }, {});
      const times = Math.floor(145 / Buffer.byteLength(character));
      expect(found).toBe(`$.${character.repeat(times)}…`);
    }
  });

  it('are the same for all that lies below one that is cut', () => {
    const long = 'a'.repeat(200);
    expect(pathsOf({ [`${long}1`]: { x: 1, y: [1] } }, { [`${long}1`]: { x: 2, y: [2] } })).toEqual([`$.${'a'.repeat(145)}…`]);
    expect(pathsOf({ [`${long}1`]: 1, [`${long}2`]: 1 }, {})).toEqual([`$.${'a'.repeat(145)}…`]);
  });

  it('and examples are found without writing out all of the values', () => {
    const large = (text: string) => Array.from({ length: 90 }, () => ({ [text.repeat(4_000)]: text.repeat(4_000) }));
    const [found] = differencesBetween({ a: large('\u0001') }, { b: large('\u0001') });
    expect(found?.control).toMatch(/^\[\{"\\u0001.*…$/);
    expect(found?.control).toHaveLength(201);
  });
});
