import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { hasComparedPart } from '../../lib/comparing/compared-part.js';
import { Comparing } from '../../lib/comparing/comparing.js';
import { LeftOut } from '../../lib/comparing/left-out.js';
import { EqualityRules } from '../../lib/values/equality-rules.js';
import { IgnoredFields } from '../../lib/values/ignored-fields.js';

const ignoredBy = (...paths: string[]) => [IgnoredFields.of(paths)].filter((one) => one !== undefined);
const isLeft = (value: unknown, ...paths: string[]) => hasComparedPart(value, ignoredBy(...paths));

/** Decides whether a comparison that leaves fields out sees a difference. */
function sees(one: unknown, other: unknown, ignored: readonly IgnoredFields[]): boolean {
  const comparing = new Comparing(one, other, LeftOut.of(ignored));
  let equality;
  while (equality === undefined) equality = comparing.advance(10_000);
  return equality === 'different';
}

/** Makes copies of a value, each with another primitive, or with something in a list or record that was empty. */
function* withOneLeafChanged(value: unknown): Generator {
  if (Array.isArray(value)) {
    if (value.length === 0) yield ['new', 'new', 'new'];
    for (const [index, item] of value.entries())
      for (const other of withOneLeafChanged(item)) yield value.with(index, other) as unknown;
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) yield { new: 1 };
    for (const [key, part] of entries) for (const other of withOneLeafChanged(part)) yield { ...value, [key]: other };
  } else yield value === 'changed' ? 'again' : 'changed';
}

const names = fc.constantFrom('a', 'b', 'c');
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(0, 'x', null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const step = fc.oneof(
  names.map((name) => `.${name}`),
  fc.constantFrom('.*', '[*]', '[0]', '[1]'),
);
const paths = fc.array(
  fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => `$${steps.join('')}`),
  { minLength: 1, maxLength: 4 },
);

describe('something of a value is compared', () => {
  it('exactly if a comparison sees when one of its primitives, or an empty part, is another', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(value, paths, (whole, given) => {
        const ignored = ignoredBy(...given);
        const isSeen = [...withOneLeafChanged(whole)].some((other) => sees(whole, other, ignored));
        seen[isSeen ? 'yes' : 'no'] += 1;
        expect(hasComparedPart(whole, ignored)).toBe(isSeen);
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(100);
  });

  it.each<[boolean, string, unknown, ...string[]]>([
    [true, 'a primitive', 1, '$.*', '$[*]'],
    [true, 'undefined', undefined, '$.*'],
    [true, 'an empty list', [], '$[*].at'],
    [false, 'an empty list whose items are left out', [], '$[*]'],
    [false, 'a list of records without the one field', [{ at: 1 }, { at: 2 }], '$[*].at'],
    [true, 'a list whose second item has another', [{ at: 1 }, { at: 2, id: 1 }], '$[*].at'],
    [true, 'a list with a name of its own', Object.assign([1], { total: 1 }), '$[0]'],
    [false, 'a set whose members are left out', new Set([1]), '$[*]'],
    [true, 'a set', new Set([1]), '$[0].a'],
    [true, 'an empty set', new Set(), '$[*].a'],
    [true, 'a map’s keys', new Map([['a', 1]]), '$[*][1]'],
    [false, 'a map whose entries are left out', new Map([['a', 1]]), '$[*]'],
    [false, 'a map whose one entry is left out', new Map([['a', 1]]), '$.a'],
    [true, 'an empty map', new Map(), '$.a'],
    [true, 'a date', new Date(0), '$.*'],
    [true, 'bytes', Buffer.from('a'), '$.*', '$[*]'],
    [true, 'a URL', new URL('http://a'), '$.*'],
    [true, 'an error', { error: new Error('a') }, '$.error.message'],
    [false, 'a property of undefined that is left out', { a: undefined }, '$.a'],
    [true, 'a symbol', { [Symbol('a')]: 1 }, '$.*'],
    [false, 'a property that nobody compares', Object.defineProperty({ a: 1 }, 'b', { value: 1 }), '$.a'],
    [
      true,
      'an accessor, whose result belongs to no field',
      {
        get a() {
          return { b: 1 };
        },
      },
      '$.a.b',
    ],
    [
      false,
      'an accessor that is left out',
      {
        get a() {
          return 1;
        },
      },
      '$.a',
    ],
    [true, 'a proxy', new Proxy({ a: 1, b: 1 }, {}), '$.a'],
    [false, 'a proxy without the one field', new Proxy({ a: 1 }, {}), '$.a'],
    [
      false,
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('trap');
          },
        },
      ),
      '$.a',
    ],
  ])('%s: %s', (expected, _, given, ...left) => {
    expect(isLeft(given, ...left)).toBe(expected);
  });

  it('where the equality of its class is stated', () => {
    class Point {
      x = 1;
    }
    const rules = EqualityRules.of([[Point, () => true]]);
    expect(hasComparedPart(new Point(), ignoredBy('$.x'))).toBe(false);
    expect(hasComparedPart(new Point(), ignoredBy('$.x'), rules)).toBe(true);
  });

  it('within bounds, and without running accessors', () => {
    const get = vi.fn();
    expect(isLeft(Object.defineProperty({}, 'a', { get, enumerable: true }), '$.b')).toBe(true);
    expect(get).not.toHaveBeenCalled();
    const began = performance.now();
    expect(
      isLeft(
        Array.from({ length: 1_000_000 }, () => ({ at: 1 })),
        '$[*].at',
      ),
    ).toBe(false);
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    expect(isLeft(cyclic, '$.self.self.self')).toBe(false);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
