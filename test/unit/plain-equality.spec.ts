import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Comparing } from '../../lib/comparing/comparing.js';
import type { Equality } from '../../lib/comparing/equality.js';
import { comparePlain } from '../../lib/comparing/plain-equality.js';
import { CopyBudget } from '../../lib/values/copying/copy-budget.js';
import { Copier } from '../../lib/values/copying/copier.js';
import { Leftovers } from '../../lib/values/leftovers.js';
import { holdsSingleUse } from '../../lib/values/single-use.js';

const copier = new Copier();

type Pair = readonly [unknown, unknown];

/** Changes of an object by which it is no longer what it seems to be, or no longer equal. */
const TWISTS: ((value: object) => unknown)[] = [
  (value) => Object.assign(value, { [Symbol('s')]: 1 }),
  (value) => Object.defineProperty(value, 'next', { value: () => undefined, configurable: true }),
  (value) => Object.defineProperty(value, 'pipe', { value: 1, configurable: true }),
  (value) => Object.assign(value, { [Symbol.asyncIterator]: () => undefined }),
  (value) => Object.setPrototypeOf(value, null) as unknown,
  (value) => Object.setPrototypeOf(Object.assign(new Map(), value), Object.getPrototypeOf(value) as object) as unknown,
  (value) => Object.setPrototypeOf(Object.assign(new Date(0), value), Object.getPrototypeOf(value) as object) as unknown,
  (value) => Object.defineProperty(value, Symbol.toStringTag, { value: 'Tag' }),
  (value) => new Proxy(value, {}),
  (value) => new Proxy(value, { ownKeys: () => fail() }),
  (value) => Object.defineProperty(value, 'a', { get: () => 1, enumerable: true }),
  (value) => Object.defineProperty(value, 'a', { get: () => fail(), enumerable: true }),
  (value) => Object.defineProperty(value, 'a', { value: 1, enumerable: false, configurable: true }),
  (value) => Object.assign(value, { 0: undefined }),
  (value) => (Array.isArray(value) ? Object.assign([...value, ,], { x: 1 }) : value),
  (value) => (Array.isArray(value) ? Object.assign(value, { length: value.length + 1 }) : value),
  (value) => (Array.isArray(value) && Reflect.deleteProperty(value, 0) ? value : value),
  (value) => Object.fromEntries(Object.entries(value).reverse()),
  (value) =>
    (function (..._: unknown[]) {
      return Object.assign(arguments, value); // eslint-disable-line prefer-rest-params -- such an object is wanted
    })(),
  (value) => Object.freeze(value),
];

/** Values that aren't ordinary data. */
const ODD: (() => unknown)[] = [
  () => () => 1,
  () => Promise.resolve(1),
  () => new Map([[1, 2]]),
  () => new Date(0),
  () => [1].values(),
  () => new Error('a'),
  () => Object(1) as unknown,
];

/** Applies a twist, if the object can be changed so. */
function applied(twist: (value: object) => unknown, value: object): unknown {
  try {
    return twist(value);
  } catch {
    return value;
  }
}

function fail(): never {
  throw new Error('No.');
}

const { pair } = fc.letrec<{ pair: Pair }>((tie) => {
  const twisted = fc.option(fc.constantFrom(...TWISTS), { freq: 3 });
  const key = fc.constantFrom('a', 'b', '0', '1', 'next', '__proto__', 'length');
  const primitive = fc.constantFrom<unknown>(
    0,
    -0,
    1,
    NaN,
    '',
    'a',
    'x'.repeat(5_000),
    true,
    null,
    undefined,
    1n,
    Symbol.iterator,
  );
  const same = primitive.map((value): Pair => [value, value]);
  const twist = (one: object, other: object, by: ((value: object) => unknown) | null, isBoth: boolean): Pair =>
    by === null ? [one, other] : [isBoth ? applied(by, one) : one, applied(by, other)];
  return {
    pair: fc.oneof(
      { weight: 6, arbitrary: same },
      { weight: 1, arbitrary: fc.tuple(primitive, primitive) },
      { weight: 1, arbitrary: fc.constantFrom(...ODD).map((make): Pair => [make(), make()]) },
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.uniqueArray(fc.tuple(key, tie('pair')), { maxLength: 3, selector: ([name]) => name }), twisted, fc.boolean())
          .map(([entries, by, isBoth]) =>
            twist(
              Object.fromEntries(entries.map(([name, [one]]) => [name, one])),
              Object.fromEntries(entries.map(([name, [, other]]) => [name, other])),
              by,
              isBoth,
            ),
          ),
      },
      {
        weight: 3,
        arbitrary: fc.tuple(fc.array(tie('pair'), { maxLength: 3 }), twisted, fc.boolean()).map(([items, by, isBoth]) =>
          twist(
            items.map(([one]) => one),
            items.map(([, other]) => other),
            by,
            isBoth,
          ),
        ),
      },
    ),
  };
});

function copyOf(value: unknown) {
  const copied = copier.copy(value, new CopyBudget(Infinity));
  if (copied.kind !== 'copied') throw new Error('It is too large.');
  return copied;
}

/** Compares as it would be without the quick walk. */
function compareInFull(data: unknown, value: unknown): Equality {
  if (typeof data !== 'object' || data === null) return Object.is(data, value) ? 'equal' : 'different';
  const equality = new Comparing(data, value).advance(Infinity);
  if (equality === undefined) throw new Error('It is too large.');
  return equality;
}

describe('the quick comparison of ordinary data', () => {
  it('finds nothing equal or different that isn’t, and nothing ordinary that must be disposed of', () => {
    const found = { equal: 0, different: 0 };
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const { value, isPlain } = copyOf(one);
        if (isPlain) expect(holdsSingleUse(value)).toBe(false);
        const known = isPlain ? comparePlain(value, other) : undefined;
        if (known === undefined) return;
        found[known] += 1;
        expect(Leftovers.in(other)).toBeUndefined();
        expect(holdsSingleUse(other)).toBe(false);
        expect(compareInFull(value, other)).toBe(known);
      }),
      { numRuns: 20_000 },
    );
    expect(found.equal).toBeGreaterThan(1_000);
    expect(found.different).toBeGreaterThan(1_000);
  });

  it('finds JSON different from other JSON exactly if it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        fc.pre(!JSON.stringify([one, other]).includes('__proto__'));
        expect(comparePlain(copyOf(one).value, other)).toBe(isDeepStrictEqual(one, other) ? 'equal' : 'different');
      }),
      { numRuns: 1_000 },
    );
  });

  it('finds JSON equal to its copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        // Such a property is copied by its descriptor.
        fc.pre(!JSON.stringify(json).includes('__proto__'));
        const { value, isPlain } = copyOf(json);
        expect([isPlain, comparePlain(value, structuredClone(json))]).toEqual([true, 'equal']);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives up on what is large, whatever its parts share', () => {
    const one = { a: {} };
    let shared: object = one;
    for (let level = 0; level < 40; level += 1) shared = { a: shared, b: shared };
    expect(comparePlain(copyOf(shared).value, shared)).toBeUndefined();
    const list = Array.from({ length: 2_000 }, (_, id) => id);
    expect(comparePlain(copyOf(list).value, list)).toBeUndefined();
    const text = 'x'.repeat(2_000_000);
    expect(comparePlain(text, text)).toBeUndefined();
    expect(comparePlain({ text }, { text })).toBeUndefined();
    let deep: unknown[] = [];
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(comparePlain(deep, [[[]]])).toBe('different');
  });
});
