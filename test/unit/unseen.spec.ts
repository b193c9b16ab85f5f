import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { finish } from '../../lib/base/steps.js';
import { resolveOptions } from '../../lib/experiment/definition.js';
import type { ExperimentOptions } from '../../lib/experiment/experiment.options.js';
import { makeObservation } from '../../lib/experiment/observation.js';
import { examineDifferences } from '../../lib/recording/differences/examine-differences.js';
import type { ValueDifference } from '../../lib/recording/differences/differences.js';
import { unseenDifferences } from '../../lib/recording/differences/unseen-differences.js';
import { anyValue } from '../support/any-value.js';
import { compared } from '../support/compared.js';

const observe = (value: unknown, given: ExperimentOptions, kind: 'returned' | 'threw' = 'returned') => {
  const options = resolveOptions(given);
  const identity = { name: 'one', context: {}, outcome: 'mismatched', redaction: options.redaction } as const;
  const execution =
    kind === 'returned' ? ({ kind, value, duration: 1 } as const) : ({ kind, error: value, duration: 1 } as const);
  return makeObservation(identity, execution, options.clean ?? ((one: unknown) => one));
};

function differences(
  control: unknown,
  candidate: unknown,
  given: ExperimentOptions = {},
  kind: 'returned' | 'threw' = 'returned',
): readonly ValueDifference[] {
  return finish(examineDifferences(observe(control, given, kind), observe(candidate, given, kind), resolveOptions(given), []))
    .fields;
}
const told = (...of: Parameters<typeof differences>) => differences(...of).map(({ kind, path }) => `${kind} ${path}`);

class Dto {
  constructor(readonly a: unknown) {}
}
const namesake = () => {
  class Dto {
    constructor(readonly a: unknown) {}
  }
  return new Dto(1);
};
const wide = (key: string, value: unknown) => ({
  ...Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`k${index}`, 1])),
  [key]: value,
});
const deep = (levels: number, value: unknown): unknown => (levels === 0 ? value : { in: deep(levels - 1, value) });
const withoutPrototype = (value: object) => Object.assign(Object.create(null) as object, value);

describe('a difference that JSON doesn’t show', () => {
  it.each<[string, unknown, unknown, string[]]>([
    ['no prototype', { a: withoutPrototype({ a: 1 }) }, { a: { a: 1 } }, ['class $.a']],
    ['a class', [new Dto(1)], [{ a: 1 }], ['class $[*]']],
    ['the value’s own class', new Dto(1), { a: 1 }, ['class $']],
    ['a class of the same name', new Dto(1), namesake(), ['class $']],
    ['a class of binary data', { b: Buffer.from('a') }, { b: new Uint8Array([97]) }, ['class $.b']],
    ['a hole', [, 1], [undefined, 1], ['value $[*]']],
    ['a boxed primitive', { s: new String('a') }, { s: 'a' }, ['class $.s']],
    ['a symbol as key', { [Symbol.for('a')]: 1 }, { [Symbol.for('a')]: 2 }, ["value $['Symbol(a)']"]],
    ['a symbol of the same name', { a: Symbol('a') }, { a: Symbol('a') }, ['value $.a']],
    ['a property of a list', Object.assign([1], { a: 1 }), Object.assign([1], { a: 2 }), ['value $.a']],
    ['the 150th property', wide('k149', 1), wide('k149', 2), ['value $.k149']],
    ['a property of a Set', Object.assign(new Set(), { a: 1 }), Object.assign(new Set(), { a: 2 }), ['value $.a']],
    ['beyond 200 characters', { a: 'a'.repeat(5_000) + '1' }, { a: 'a'.repeat(5_000) + '2' }, ['value $.a']],
    ['beyond eight levels', deep(10, 1), deep(10, 2), [`value $${'.in'.repeat(10)}`]],
    ['beyond 100 items', [...wideList(), 1], [...wideList(), 2], ['value $[*]']],
    ['a map’s 150th entry', new Map(Object.entries(wide('k149', 1))), new Map(Object.entries(wide('k149', 2))), ['value $.k149']],
    ['a Map and a Set', { a: new Map() }, { a: new Set() }, ['type $.a']],
    ['the content of a URL', { a: new URL('http://a/b') }, { a: new URL('http://a/c') }, ['value $.a']],
    ['a text that looks the same', { a: '[undefined]' }, { a: undefined }, ['type $.a']],
  ])('is named: %s', (_, control, candidate, expected) => {
    expect(told(control, candidate)).toEqual(expected);
  });

  it('names the classes, and no values', () => {
    expect(differences(new Dto(1), { a: 1 })).toEqual([{ path: '$', kind: 'class', control: 'Dto', candidate: 'Object' }]);
    expect(differences(new Dto(1), namesake())[0]?.candidate).toBe('Dto (another class of that name)');
    expect(differences({ a: 'a'.repeat(5_000) + '1' }, { a: 'a'.repeat(5_000) + '2' })).toEqual([{ path: '$.a', kind: 'value' }]);
  });

  it('names a redacted field, and nothing within it', () => {
    expect(told({ tokens: { 'sk-1': 1 } }, { tokens: { 'sk-2': 1 } }, { redact: ['tokens'] })).toEqual(['value $.tokens']);
  });

  it('is found in errors, too', () => {
    class Special extends Error {}
    expect(told(new Special('a'), new Error('a'), {}, 'threw')).toEqual(['class $']);
    expect(told(new Error('a', { cause: new Special('a') }), new Error('a', { cause: new Error('a') }), {}, 'threw')).toEqual([
      'class $.cause',
    ]);
    const [one, other] = [409, 400].map((status) => Object.assign(new Error('a'), { status }));
    expect(told(one, other, {}, 'threw')).toEqual(['value $.status']);
  });

  it('leaves classes out where they don’t count', () => {
    expect(told({ a: new Dto(1), b: 1 }, { a: { a: 1 }, b: 2 }, { equality: 'structural' })).toEqual(['value $.b']);
  });

  it('is told beside those that JSON shows, if it does not show all', () => {
    expect(told(wide('k149', 1), { ...wide('k149', 2), k0: 2 }).sort()).toEqual(['value $.k0', 'value $.k149']);
  });
});

function wideList(): number[] {
  return new Array<number>(150).fill(0);
}

it.each([
  ['numbers of another kind', Int8Array.from([97, 98]), Buffer.from([97, 98])],
  ['a view of another kind', new DataView(new ArrayBuffer(2)), new Uint8Array(2)],
])('the same bytes as %s differ by class, also where classes don’t count', (_, one, other) => {
  const found = differences(one, other, { equality: 'structural' });
  expect(found.map(({ path, kind }) => `${kind} ${path}`)).toContain('class $');
});

it('the search stops after a while, however many fields there are', () => {
  let read = 0;
  const make = () => {
    const record = {};
    for (let nth = 0; nth < 4_000; nth += 1)
      Object.defineProperty(record, `field${nth}`, { enumerable: true, get: () => (read += 1) && nth });
    return record;
  };
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 2));
  unseenDifferences(make(), make(), { equality: undefined, redaction: undefined });
  clock.mockRestore();

  expect(read).toBeGreaterThan(2 * 400);
  expect(read).toBeLessThan(2 * 800);
});

describe('two values of any kind', () => {
  it('that differ, do so in at least one field that is named. Both look different, or the kind or the name says why', () => {
    fc.assert(
      fc.property(anyValue, anyValue, fc.constantFrom<ExperimentOptions>({}, { equality: 'structural' }), (one, other, given) => {
        const { equality: rules } = resolveOptions(given);
        fc.pre(compared(one, other, { rules }).equality === 'different');
        const found = differences(one, other, given);
        expect(found[0]?.path).toMatch(/^\$/);
        const [here, there] = [one, other].map((value) => JSON.stringify(observe(value, given).toJSON()));
        const saysWhy = found.some(({ kind, path }) => kind !== 'value' || !/^\$$|\[\*\]$/.test(path));
        expect(here !== there || saysWhy).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
