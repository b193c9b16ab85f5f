import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Equality } from '../../lib/comparing/equality.js';
import { LONG } from '../../lib/comparing/texts.js';
import { IgnoredFields } from '../../lib/values/ignored-fields.js';
import { omitFields } from '../../lib/values/omit-fields.js';
import { anyValue, Price, SYMBOL } from '../support/any-value.js';
import { compared } from '../support/compared.js';

const equalityOf = (one: unknown, other: unknown, piece?: number) => compared(one, other, { piece: piece ?? 512 }).equality;
const expected = (one: unknown, other: unknown): Equality => (isDeepStrictEqual(one, other) ? 'equal' : 'different');

describe('comparing', () => {
  it('gives the answers of isDeepStrictEqual, in pieces of any size', () => {
    fc.assert(
      fc.property(anyValue, anyValue, fc.integer({ min: 1, max: 40 }), (one, other, piece) => {
        expect(equalityOf(one, other, piece)).toBe(expected(one, other));
        expect(equalityOf([one, other], [one, other], piece)).toBe('equal');
        expect(equalityOf(one, one)).toBe('equal');
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives its answers for values that are made alike, and for such of which one part differs', () => {
    // The same seed makes the same value, of other objects.
    const seed = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 40 }), (number, piece) => {
        const [one, other] = [1, 2].map(() => fc.sample(fc.array(anyValue, { maxLength: 6 }), { seed: number, numRuns: 1 })[0]);
        expect(equalityOf(one, other, piece)).toBe(expected(one, other));
        expect(equalityOf(new Set(one), new Set([...(other ?? [])].reverse()), piece)).toBe(
          expected(new Set(one), new Set([...(other ?? [])].reverse())),
        );
        const entries = (values: unknown[] = []) => values.map((item, index): [unknown, unknown] => [item, values[index + 1]]);
        expect(equalityOf(new Map(entries(one)), new Map(entries(other).reverse()), piece)).toBe(
          expected(new Map(entries(one)), new Map(entries(other).reverse())),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('tells whether two graphs with cycles look the same from their beginnings', () => {
    const graph = fc.integer({ min: 1, max: 6 }).chain((size) =>
      fc.array(
        fc.record({ label: fc.constantFrom(0, 0, 0, 1), next: fc.array(fc.nat(size - 1), { minLength: 1, maxLength: 3 }) }),
        {
          minLength: size,
          maxLength: size,
        },
      ),
    );
    type Node = { label: number; next: Node[] };
    const built = (nodes: readonly { label: number; next: number[] }[]): Node => {
      const all = nodes.map(({ label }): Node => ({ label, next: [] }));
      nodes.forEach(({ next }, index) => (all[index] as Node).next.push(...next.map((at) => all[at] as Node)));
      return all[0] as Node;
    };
    // What can be told apart within so many steps can be told apart at all.
    const looksTheSame = (one: Node, other: Node, depth: number): boolean =>
      one.label === other.label &&
      one.next.length === other.next.length &&
      (depth === 0 || one.next.every((node, index) => looksTheSame(node, other.next[index] as Node, depth - 1)));
    fc.assert(
      fc.property(graph, graph, fc.integer({ min: 1, max: 600 }), (one, other, piece) => {
        const same = looksTheSame(built(one), built(other), 7);
        for (const around of [
          (node: Node): unknown => node,
          (node: Node) => new Set([node, 1]),
          (node: Node) => new Map([[node, node]]),
        ]) {
          if (around(built(one)) instanceof Object)
            expect(equalityOf(around(built(one)), around(built(other)), piece)).toBe(same ? 'equal' : 'different');
        }
        expect(equalityOf(built(one), built(one), piece)).toBe('equal');
      }),
      { numRuns: 300 },
    );
  });

  it('throws what an accessor or a proxy throws', () => {
    const failing = () => ({
      get a(): never {
        throw new Error('getter');
      },
    });
    const trap = () =>
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('trap');
          },
        },
      );
    expect(() => equalityOf(failing(), failing())).toThrow('getter');
    expect(() => equalityOf([trap()], [trap()])).toThrow('trap');
  });
});

describe('what is too large to be looked at', () => {
  const text = 'a'.repeat(LONG + 1);

  it('is neither equal nor different', () => {
    expect(equalityOf({ text, a: 1 }, { text: `${'a'.repeat(LONG)}b`, a: 1 })).toBe('tooLarge');
    expect(equalityOf(new Set([text]), new Set([text]))).toBe('tooLarge');
    expect(equalityOf(new Map([[text, 1]]), new Map([[text, 1]]))).toBe('tooLarge');
    expect(
      equalityOf(Object.assign(new Array(60_000).fill(0), { a: 1 }), Object.assign(new Array(60_000).fill(0), { a: 1 })),
    ).toBe('tooLarge');
  });

  it('does not hide what else differs', () => {
    expect(equalityOf({ text, a: 1 }, { text, a: 2 })).toBe('different');
    expect(equalityOf([text, text], [text, `${text}b`])).toBe('different');
  });

  it('is never decided by trying', () => {
    const members = (end: string) => new Set([{ a: [[[text + end]]] }, { a: [[[`${text}${end}`]]] }]);
    expect(equalityOf(members('b'), members('c'))).toBe('tooLarge');
  });

  it('can be left out', () => {
    expect(compared({ text, a: 1 }, { text: 'b', a: 1 }, { paths: ['$.text'] })).toMatchObject({
      equality: 'equal',
      hasLeftOut: true,
    });
  });
});

describe('an object of very many properties', () => {
  const make = (count: number, end: unknown) => Object.fromEntries([...Array(count).keys()].map((nth) => [`key${nth}`, end]));

  it.each([
    ['of both sides', make(200_000, 1), make(200_000, 1)],
    ['of one side', { one: 1 }, make(200_000, 1)],
  ])('%s is given up before its properties are listed', (_, one, other) => {
    const { equality, steps } = compared({ list: [one] }, { list: [other] });
    expect([equality, steps < 20]).toEqual(['tooLarge', true]);
  });

  it('hides no difference elsewhere', () => {
    const [one, other] = [make(200_000, 1), make(200_000, 1)];
    expect(compared([one, 1], [other, 2]).equality).toBe('different');
  });

  it('is compared if it has some thousand', () => {
    expect(compared(make(5_000, 1), make(5_000, 1)).equality).toBe('equal');
  });
});

describe('sparse lists', () => {
  const sparse = (...at: number[]) => at.reduce<unknown[]>((list, index) => ((list[index] = index), list), []);

  it('are compared by what is there', () => {
    expect(equalityOf(sparse(5, 4e9), sparse(5, 4e9))).toBe('equal');
    expect(equalityOf(sparse(5, 4e9), sparse(6, 4e9))).toBe('different');
    expect(equalityOf(sparse(5, 7_000, 4e9), sparse(5, 7_001, 4e9))).toBe('different');
    expect(compared(sparse(5, 4e9), sparse(5, 4e9)).steps).toBeLessThan(10_000);
  });
});

describe('names among the items of a list or of binary data', () => {
  it.each([1, 20, 200, 5_000])('are compared, where there are %s', (length) => {
    for (const make of [() => new Array<number>(length).fill(1), () => Buffer.alloc(length, 1), () => new Float64Array(length)]) {
      expect(equalityOf(make(), make())).toBe('equal');
      expect(equalityOf(Object.assign(make(), { a: 1 }), make())).toBe('different');
      expect(equalityOf(Object.assign(make(), { a: 1 }), Object.assign(make(), { a: 1 }))).toBe('equal');
      expect(equalityOf(Object.assign(make(), { a: 1 }), Object.assign(make(), { a: 2 }))).toBe('different');
      expect(equalityOf(Object.assign(make(), { [SYMBOL]: 1 }), make())).toBe('different');
      expect(equalityOf(Object.assign(make(), { a: `[ ... ${length} more items ]` }), make())).toBe('different');
    }
  });
});

describe('fields that are left out', () => {
  const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'a b', 'length', '0');
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.integer({ min: 0, max: 2 }),
      fc
        .constantFrom<() => unknown>(
          () => undefined,
          () => null,
          () => NaN,
          () => new Date(0),
          () => Object.assign(new Date(0), { a: 1 }),
          () => Object.assign(new Error('a'), { a: 1 }),
          () => Object.assign([1, 2], { a: 1, b: 2 }),
          () => new Price({ a: 1 }),
          () => Object.defineProperty({}, 'a', { get: () => ({ a: 1, b: 2 }), enumerable: true }),
        )
        .map((make) => make()),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.array(tie('tree'), { maxLength: 3 }).map((items) => new Set(items)),
      fc.array(fc.tuple(fc.oneof(key, tie('tree')), tie('tree')), { maxLength: 3 }).map((entries) => new Map(entries)),
      fc.array(fc.tuple(key, tie('tree')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  const step = fc.oneof(
    key.map((name) => `['${name}']`),
    fc.constantFrom('.*', '[*]', '[0]', '[1]', '.a'),
  );
  const paths = fc.array(
    fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => `$${steps.join('')}`),
    { minLength: 1, maxLength: 3 },
  );

  it('make two values equal where they are without them', () => {
    const left = (value: unknown, some: string[]) => {
      const ignored = IgnoredFields.of(some);
      return omitFields(value, ignored === undefined ? [] : [ignored]);
    };
    const seed = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(seed, seed, paths, fc.integer({ min: 1, max: 40 }), (number, another, some, piece) => {
        const [one, other, beside] = [number, number, another].map((one) => fc.sample(tree, { seed: one, numRuns: 1 })[0]);
        for (const [here, there] of [
          [one, beside],
          [one, other],
          [
            { a: one, b: beside },
            { a: other, b: 1 },
          ],
          [[one, beside], [other]],
          [
            new Map<unknown, unknown>([
              ['a', one],
              ['b', beside],
            ]),
            new Map<unknown, unknown>([
              ['b', one],
              ['a', other],
            ]),
          ],
        ]) {
          expect(compared(here, there, { piece, paths: some }).equality).toBe(expected(left(here, some), left(there, some)));
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('cost little more than others', () => {
    const rows = (price: number) => Array.from({ length: 2_000 }, (_, id) => ({ id, price, more: { a: { b: id } } }));
    const { steps } = compared(rows(1), rows(2), { paths: ['$[*].price', '$.*.none'] });
    expect(steps).toBeLessThan(20_000);
  });
});
