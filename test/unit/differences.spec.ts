import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../lib/values/json-value.js';
import { differencesBetween } from '../../lib/recording/differences/differences.js';

/** The differences as `kind path`. */
const told = (control: JsonValue, candidate: JsonValue) =>
  differencesBetween(control, candidate).map(({ kind, path }) => `${kind} ${path}`);

const parsed = (json: string) => JSON.parse(json) as JsonValue;

describe('differences of values', () => {
  it('are none between equal values, whatever the order of their keys', () => {
    expect(told({ a: 1, b: [{ c: null, d: 'x' }] }, { b: [{ d: 'x', c: null }], a: 1 })).toEqual([]);
  });

  it('are told of the value as a whole', () => {
    expect(differencesBetween(1, 2)).toEqual([{ path: '$', kind: 'value', control: 1, candidate: 2 }]);
    expect(differencesBetween('1', 1)).toEqual([{ path: '$', kind: 'type', control: '1', candidate: 1 }]);
  });

  it('are of type between null, list, object and the primitives', () => {
    const values: JsonValue[] = [null, [], {}, 'a', 1, true];
    for (const control of values)
      for (const candidate of values) expect(told(control, candidate)).toEqual(control === candidate ? [] : ['type $']);
  });

  it('tell what only one of the two has, with its value alone', () => {
    expect(differencesBetween({ a: 1, b: null }, { a: 1, c: null })).toEqual([
      { path: '$.b', kind: 'missing', control: null },
      { path: '$.c', kind: 'extra', candidate: null },
    ]);
  });

  it('are of value where a text changed, however long', () => {
    expect(told({ text: 'a'.repeat(100) }, { text: `${'a'.repeat(100)}b` })).toEqual(['value $.text']);
  });

  it('are found deep in objects', () => {
    expect(told({ a: { b: { c: 1, d: 1 } } }, { a: { b: { c: 2, d: 1 } } })).toEqual(['value $.a.b.c']);
  });
});

describe('paths', () => {
  it('quote keys that are not identifiers', () => {
    const path = (key: string) => told({ [key]: { x: 1 } }, { [key]: { x: 2 } });
    expect(path('odd key')).toEqual([`value $['odd key'].x`]);
    expect(path('')).toEqual([`value $[''].x`]);
    expect(path('0')).toEqual([`value $['0'].x`]);
    expect(path('[*]')).toEqual([`value $['[*]'].x`]);
    expect(path('a.b')).toEqual([`value $['a.b'].x`]);
    expect(path(`it's "so"`)).toEqual([`value $['it\\'s "so"'].x`]);
    expect(path('\\')).toEqual([`value $['\\\\'].x`]);
    expect(path('\n\0')).toEqual([`value $['\\n\\u0000'].x`]);
    expect(path('größe')).toEqual(['value $.größe.x']);
    expect(path('$_1')).toEqual(['value $.$_1.x']);
  });

  it('are different for different keys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(told({ [one]: 1 }, {})[0] === told({ [other]: 1 }, {})[0]).toBe(one === other);
      }),
    );
  });

  it('have one entry for all items of a list, with the first example', () => {
    const items = (...prices: number[]) => ({ items: prices.map((price, id) => ({ id, price })) });
    expect(differencesBetween(items(1, 2, 3), items(1, 20, 30))).toEqual([
      { path: '$.items[*].price', kind: 'value', control: 2, candidate: 20 },
    ]);
  });

  it('have one entry for each kind', () => {
    expect(told([{ a: 1 }, { a: 1 }, { a: 1 }], [{ a: 2 }, { a: '1' }, {}])).toEqual([
      'value $[*].a',
      'type $[*].a',
      'missing $[*].a',
    ]);
  });
});

describe('differences of lists', () => {
  it('are of order and nothing else where the same items come in another order', () => {
    expect(differencesBetween({ tags: ['a', 'b'] }, { tags: ['b', 'a'] })).toEqual([
      { path: '$.tags', kind: 'order', control: ['a', 'b'], candidate: ['b', 'a'] },
    ]);
    expect(told([1, 2, 3, 4], [4, 3, 2, 1])).toEqual(['order $']);
    expect(told(['a', 'b', 'a'], ['a', 'a', 'b'])).toEqual(['order $']);
    expect(told([{ n: 1 }, { n: 2, m: 1 }], [{ m: 1, n: 2 }, { n: 1 }])).toEqual(['order $']);
    expect(told([{ id: 1 }, { id: 2 }, { id: 3 }], [{ id: 3 }, { id: 1 }, { id: 2 }])).toEqual(['order $']);
    expect(told([[1], [2]], [[2], [1]])).toEqual(['order $']);
    expect(told([1, '1', null], [null, 1, '1'])).toEqual(['order $']);
  });

  it('are of value where an item without parts was replaced in its place', () => {
    expect(differencesBetween(['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual([
      { path: '$[*]', kind: 'value', control: 'b', candidate: 'x' },
    ]);
    expect(told([1, 2], [3, 4])).toEqual(['value $[*]']);
    expect(told([1], ['1'])).toEqual(['type $[*]']);
  });

  it('tell items that came or went', () => {
    expect(differencesBetween(['a', 'b', 'c'], ['a', 'c'])).toEqual([{ path: '$[*]', kind: 'missing', control: 'b' }]);
    expect(differencesBetween(['a', 'c'], ['a', 'b', 'c'])).toEqual([{ path: '$[*]', kind: 'extra', candidate: 'b' }]);
    expect(told(['x', 'y'], ['y', 'z'])).toEqual(['missing $[*]', 'extra $[*]']);
    expect(told([], [1])).toEqual(['extra $[*]']);
  });

  it('tell a replaced item from a moved one', () => {
    expect(told(['a', 'b', 'c'], ['b', 'a', 'd'])).toEqual(['order $', 'value $[*]']);
  });

  it.each(['id', '_id', 'key'])('match items by their %s', (key) => {
    const item = (id: number, name: string) => ({ [key]: id, name });
    const control = [item(1, 'a'), item(2, 'b'), item(3, 'c')];
    expect(told(control, [item(2, 'b'), item(3, 'c')])).toEqual(['missing $[*]']);
    expect(told(control, [item(0, 'z'), ...control])).toEqual(['extra $[*]']);
    expect(told(control, [item(3, 'c'), item(1, 'a'), item(2, 'x')])).toEqual(['order $', 'value $[*].name']);
    expect(told(control, [item(1, 'a'), item(2, 'b'), item(4, 'c')])).toEqual(['missing $[*]', 'extra $[*]']);
  });

  it('tell a changed item that moved by order and field', () => {
    const control = [1, 2, 3].map((id) => ({ id, name: 'a' }));
    const candidate = [
      { id: 3, name: 'x' },
      { id: 1, name: 'a' },
      { id: 2, name: 'a' },
    ];
    expect(differencesBetween(control, candidate).slice(1)).toEqual([
      { path: '$[*].name', kind: 'value', control: 'a', candidate: 'x' },
    ]);
    expect(told(control, candidate)[0]).toBe('order $');
  });

  it('tell that ids became strings, and not that all items were replaced', () => {
    expect(told([{ id: 1 }, { id: 2 }], [{ id: '1' }, { id: '2' }])).toEqual(['type $[*].id']);
  });

  it('keep to the order of items with the same id', () => {
    expect(
      told(
        [1, 2].map((n) => ({ id: 1, n })),
        [1, 3].map((n) => ({ id: 1, n })),
      ),
    ).toEqual(['value $[*].n']);
  });

  it('tell by field in what items without id differ', () => {
    const items = (...prices: number[]) => ({ items: prices.map((price) => ({ name: 'n', price })) });
    expect(differencesBetween(items(1, 2), items(1, 3))).toEqual([
      { path: '$.items[*].price', kind: 'value', control: 2, candidate: 3 },
    ]);
    expect(told(items(1, 2), items(2, 3))).toEqual(['value $.items[*].price']);
    expect(told(items(1, 2), items(3, 4, 5))).toEqual(['value $.items[*].price', 'extra $.items[*]']);
    expect(told([{ a: 1 }, null], [{ a: 2 }, null])).toEqual(['value $[*].a']);
  });

  it('are told of lists in lists', () => {
    expect(told([[1, 2], [3]], [[1, 2], [4]])).toEqual(['value $[*][*]']);
    expect(told([[1, 2], [3]], [[2, 1], [3]])).toEqual(['order $[*]']);
  });
});

describe('values that look like something else', () => {
  it('may have the keys of a delta', () => {
    expect(told({ _t: 'a', _3: ['x', 0, 0] }, { _t: 'a', _3: ['y', 0, 0] })).toEqual(['value $._3[*]']);
    expect(told({ _t: 'a', 0: [1] }, { _t: 'b', 0: [1] })).toEqual(['value $._t']);
    expect(told([{ _t: 'a' }, ['', 1, 3]], [['', 1, 3], { _t: 'a' }])).toEqual(['order $']);
    expect(
      told(
        [['', 1, 3]],
        [
          ['', 1, 3],
          ['', 0, 0],
        ],
      ),
    ).toEqual(['extra $[*]']);
    expect(told({ x: ['a', 0, 0] }, { x: ['a', 0, 3] })).toEqual(['value $.x[*]']);
    expect(told(['_t', '#0', 'id:1'], [{ id: 1 }, '#0', '_t'])).not.toEqual([]);
  });

  it('may have the keys of prototypes', () => {
    const control = parsed('{"__proto__": {"a": 1}, "constructor": {"prototype": 1}, "hasOwnProperty": 1}');
    const candidate = parsed('{"__proto__": {"a": 2}, "toString": 1}');
    expect(told(control, candidate)).toEqual([
      'value $.__proto__.a',
      'missing $.constructor',
      'missing $.hasOwnProperty',
      'extra $.toString',
    ]);
    expect(told({}, parsed('{"__proto__": {"id": 1}}'))).toEqual(['extra $.__proto__']);
    expect(told([parsed('{"__proto__": {"id": 1}, "n": 1}')], [parsed('{"__proto__": {"id": 2}, "n": 1}')])).toEqual([
      'value $[*].__proto__.id',
    ]);
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });
});

describe('bounds of differences', () => {
  it('shorten examples of more than 200 characters', () => {
    const [difference] = differencesBetween({ a: 'x'.repeat(198) }, { a: 'y'.repeat(199) });
    expect(difference?.control).toBe('x'.repeat(198));
    expect(difference?.candidate).toBe(`"${'y'.repeat(199)}…`);
    const list = Array.from({ length: 100 }, (_, index) => index);
    expect(differencesBetween({ list }, {})[0]?.control).toBe(`${JSON.stringify(list).slice(0, 200)}…`);
  });

  it('leave no half of a character', () => {
    const example = differencesBetween({ a: `x${'😀'.repeat(200)}`, b: '😀'.repeat(200) }, {}).map(({ control }) => control);
    for (const text of example) expect(typeof text === 'string' && text.isWellFormed()).toBe(true);
  });

  it('are 200 entries', () => {
    const wide = (value: number) =>
      Object.fromEntries(
        Array.from({ length: 20 }, (_, a) => [
          `a${a}`,
          Object.fromEntries(Array.from({ length: 20 }, (_, b) => [`b${b}`, value])),
        ]),
      );
    expect(differencesBetween(wide(1), wide(2))).toHaveLength(200);
  });

  it('hold for the largest values in little time', () => {
    const large = (of: (n: number) => JsonValue): JsonValue =>
      Array.from({ length: 20 }, (_, a) => ({ id: a, list: Array.from({ length: 100 }, (_, b) => of(b)) }));
    const text = 'x'.repeat(4_000);
    const began = performance.now();
    expect(
      told(
        large((n) => `${text}${n}`),
        large((n) => `${text}${-n}`),
      ),
    ).toEqual(['value $[*].list[*]']);
    expect(
      told(
        large((id) => ({ id, text })),
        large((n) => ({ id: 99 - n, text })),
      ),
    ).toEqual(['order $[*].list']);
    expect(
      told(
        large((id) => ({ id, n: 1 })),
        large((n) => ({ id: 99 - n, n: 2 })),
      ),
    ).toEqual(['order $[*].list', 'value $[*].list[*].n']);
    // The work is bounded; how long it takes is the machine's.
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('find what moved, came, went and changed, however many lists differ', () => {
    const lists = (of: (n: number) => JsonValue[]): JsonValue => Array.from({ length: 20 }, (_, id) => ({ id, list: of(id) }));
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    const turned = [...numbers.slice(1), 0];
    const cases: [JsonValue[], JsonValue[], string[]][] = [
      [numbers, [...numbers].reverse(), ['order $[*].list']],
      [numbers, [...turned, 100], ['order $[*].list', 'extra $[*].list[*]']],
      [[...numbers, 100], turned, ['order $[*].list', 'missing $[*].list[*]']],
      [numbers, numbers.map((n) => n + 1_000), ['value $[*].list[*]']],
      [
        numbers.map((id) => ({ id, n: 1 })),
        numbers.map((n) => ({ id: 99 - n, n: 2 })),
        ['order $[*].list', 'value $[*].list[*].n'],
      ],
    ];
    for (const [control, candidate, paths] of cases) {
      expect(
        told(
          lists(() => control),
          lists(() => candidate),
        ),
      ).toEqual(paths);
    }
  });
});

describe('any two values', () => {
  // Few keys and few values, so that two trees are often alike, and what looks like a delta or a prototype comes up often.
  const key = fc.constantFrom('id', 'key', 'a', '_t', '_0', '0', '__proto__', 'constructor');
  const leaf = fc.constantFrom<JsonValue>(null, true, 0, -0, 1, 3, '', 'a', '1', '#0', 'id:1');
  const small = fc.letrec<{ tree: JsonValue }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  })).tree;
  const any = fc.jsonValue().map((value) => parsed(JSON.stringify(value)));

  it.each([
    ['small', small],
    ['any', any],
  ])('have no differences if, and only if, they are equal (%s)', (_, values) => {
    fc.assert(
      fc.property(values, values, (control, candidate) => {
        const differences = differencesBetween(control, candidate);
        expect(differences.length === 0).toBe(isDeepStrictEqual(control, candidate));
        expect(differencesBetween(control, structuredClone(control))).toEqual([]);
        expect(new Set(differences.map(({ kind, path }) => `${kind} ${path}`)).size).toBe(differences.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('have an order difference alone if one is a list of the other’s items in another order', () => {
    fc.assert(
      fc.property(
        fc
          .array(small, { maxLength: 6 })
          .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([control, candidate]) => {
          expect(told(control, candidate)).toEqual(isDeepStrictEqual(control, candidate) ? [] : ['order $']);
        },
      ),
    );
  });

  it('are left as they are', () => {
    fc.assert(
      fc.property(small, small, (control, candidate) => {
        const before = structuredClone([control, candidate]);
        differencesBetween(control, candidate);
        expect(isDeepStrictEqual([control, candidate], before)).toBe(true);
      }),
    );
  });
});
