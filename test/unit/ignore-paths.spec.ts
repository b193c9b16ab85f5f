import { types } from 'node:util';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { resolveOptions } from '../../lib/experiment/definition.js';
import { fieldPath, fieldPathProblem, stepText } from '../../lib/values/field-path.js';
import { IgnoredFields } from '../../lib/values/ignored-fields.js';
import { toJsonValue } from '../../lib/values/json-value.js';
import { pruneFields, omitFields } from '../../lib/values/omit-fields.js';
import { check, optionsSchema } from '../../lib/experiment/validation.js';
import { differencesBetween } from '../../lib/recording/differences/differences.js';
import { applyChange } from '../../lib/operations/experiment-change.js';
import { MEASURE, type ExperimentRow } from '../../lib/storage/experiment-row.js';
import { Laboratory, type Given } from './harness.js';

const left = (value: unknown, ...paths: string[]) => {
  const ignored = IgnoredFields.of(paths);
  return omitFields(value, ignored === undefined ? [] : [ignored]);
};
const both = (control: unknown, candidate: unknown, more: Given = {}): Given => ({
  control: () => control,
  candidate: () => candidate,
  ...more,
});
const outcomeOf = async (given: Given, laboratory = new Laboratory()) =>
  (await laboratory.resultOf(given)).candidates[0]?.outcome;

describe('the path of a field', () => {
  it.each<[string, unknown]>([
    ['$.items[*].price', [{ kind: 'property', name: 'items' }, { kind: 'anyItem' }, { kind: 'property', name: 'price' }]],
    [
      `$['a b'].c`,
      [
        { kind: 'property', name: 'a b' },
        { kind: 'property', name: 'c' },
      ],
    ],
    [`$["it's"]`, [{ kind: 'property', name: "it's" }]],
    [`$['it\\'s "so"\\u0041\\\\']`, [{ kind: 'property', name: `it's "so"A\\` }]],
    [`$['*']['$.a[0]']['']`, ['*', '$.a[0]', ''].map((name) => ({ kind: 'property', name }))],
    ['$.a.*', [{ kind: 'property', name: 'a' }, { kind: 'anyProperty' }]],
    ['$[3]', [{ kind: 'item', index: 3 }]],
    ['$.naïve._$.first-name', ['naïve', '_$', 'first-name'].map((name) => ({ kind: 'property', name }))],
    ['$.__proto__', [{ kind: 'property', name: '__proto__' }]],
  ])('can be %s', (text, steps) => {
    expect(fieldPath(text)).toEqual({ kind: 'path', steps });
  });

  it.each([
    ['$', 'must name a field, and not all of the value'],
    ['items', 'must be the path of a field, such as "$.items[*].price"'],
    ['', 'must be the path of a field'],
    ['$.a..b', 'the mistake begins at "..b"'],
    ['$.a.', 'begins at "."'],
    ['$a', 'begins at "a"'],
    ['$.a[', 'begins at "["'],
    ['$.a[x]', 'begins at "[x]"'],
    ['$.a[-1]', 'begins at "[-1]"'],
    [`$['a`, `begins at "['a"`],
    [`$['it''s']`, `begins at "['it''s']"`],
    [`$['\\x']`, 'begins at'],
    ['$.a b', 'begins at " b"'],
    ['$.a\0', 'must not have NUL or half characters'],
    [`$['\ud800']`, 'must not have NUL or half characters'],
    [`$.${'a'.repeat(500)}`, 'must have at most 500 characters'],
  ])('can’t be %j', (text, problem) => {
    expect(fieldPathProblem(text)).toContain(problem);
  });

  it('is read as summaries write it, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (name) => {
        fc.pre(name.isWellFormed());
        const [difference] = differencesBetween({ [name]: 1 }, { [name]: 2 });
        expect(fieldPath(difference?.path ?? '')).toEqual({ kind: 'path', steps: [{ kind: 'property', name }] });
      }),
    );
  });
});

describe('without a field', () => {
  it.each<[string, unknown, unknown]>([
    ['$.a', { a: 1, b: 2 }, { b: 2 }],
    ['$.a.b', { a: { b: 1, c: 2 } }, { a: { c: 2 } }],
    ['$.a.b', { a: 1, b: 2 }, { a: 1, b: 2 }],
    ['$[*].price', [{ id: 1, price: 2 }, 7, null], [{ id: 1 }, 7, null]],
    ['$[1]', [1, 2, 3], [1, 3]],
    ['$[7]', [1, 2, 3], [1, 2, 3]],
    ['$.items[*]', { items: [1, 2] }, { items: [] }],
    ['$.items[*].a[0]', { items: [{ a: [1, 2] }, { a: [3] }] }, { items: [{ a: [2] }, { a: [] }] }],
    ['$.a.*', { a: { b: 1, c: 2 }, d: 3 }, { a: {}, d: 3 }],
    ['$.*.at', { a: { at: 1, id: 2 }, b: [{ at: 1 }] }, { a: { id: 2 }, b: [{ at: 1 }] }],
    ['$.*.*.at', { a: { at: 1 }, b: [{ at: 1 }] }, { a: { at: 1 }, b: [{}] }],
    ['$.by.ann.age', { by: new Map([['ann', { age: 1, id: 2 }]]) }, { by: new Map([['ann', { id: 2 }]]) }],
    [
      '$.by.*',
      {
        by: new Map<unknown, number>([
          ['ann', 1],
          [7, 2],
        ]),
      },
      { by: new Map() },
    ],
    ['$[*][*].age', new Map([[7, { age: 1, id: 2 }]]), new Map([[7, { id: 2 }]])],
    ['$[*][1]', new Map([['a', 1]]), new Map([['a', undefined]])],
    [
      '$[0]',
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([['b', 2]]),
    ],
    ['$[*].at', new Set([{ at: 1, id: 1 }, 3]), new Set([{ id: 1 }, 3])],
    ['$[*]', new Set([1, 2]), new Set()],
    ['$.__proto__', JSON.parse('{"__proto__": 1, "a": 2}'), { a: 2 }],
  ])('%s', (path, value, expected) => {
    expect(isDeepStrictEqual(left(value, path), expected)).toBe(true);
  });

  it('a value keeps its prototype, its symbols, its descriptors and its holes', () => {
    class Item {
      constructor(
        readonly id: number,
        readonly at: number,
      ) {}
    }
    class Items extends Array<unknown> {}
    const getter = vi.fn();
    const symbol = Symbol('kept');
    const item = Object.defineProperties(new Item(1, 2), {
      hidden: { value: 1 },
      lazy: { get: getter, enumerable: true },
      [symbol]: { value: 2, enumerable: true },
    });
    const items = Items.from([0, item, 5]);
    Reflect.deleteProperty(items, 2);

    const copy = left(Object.freeze(items), '$[*].at', '$[0]', '$[*].lazy.length') as typeof items;

    expect(Object.getPrototypeOf(copy)).toBe(Items.prototype);
    expect([copy.length, 1 in copy]).toEqual([2, false]);
    expect(copy[0]).toBeInstanceOf(Item);
    const { at: _, ...rest } = Object.getOwnPropertyDescriptors(item);
    expect(Object.getOwnPropertyDescriptors(copy[0])).toEqual(rest);
    expect(getter).not.toHaveBeenCalled();
    expect(Object.keys(left(item, '$.lazy') as object)).toEqual(['id', 'at']);
    expect(getter).not.toHaveBeenCalled();
  });

  it.each<[string, object]>([
    [
      'a proxy',
      new Proxy({ at: 1 }, { ownKeys: () => expect.unreachable(), getOwnPropertyDescriptor: () => expect.unreachable() }),
    ],
    ['a date', Object.assign(new Date(0), { at: 1 })],
    ['an error', Object.assign(new Error('a'), { at: 1 })],
    ['binary data', Object.assign(Buffer.from('a'), { at: 1 })],
    ['a boxed primitive', Object.assign(new Number(1), { at: 1 })],
    ['what has no such field', { id: 1 }],
    ['a list that is too long', Object.assign([], { length: 4e9 })],
  ])('%s is itself', (_, value) => {
    expect(Object.is(left(value, '$.at', '$[*].at', '$.message'), value)).toBe(true);
    const within = { value };
    expect(Object.is(left(within, '$.value.at', '$.value[*].at'), within)).toBe(true);
  });

  it('cycles are followed as far as the path leads', () => {
    const value: Record<string, unknown> = { at: 1 };
    value['self'] = value;
    const copy = left(value, '$.self.self.at') as { at: number; self: { self: Record<string, unknown> } };
    expect([copy.at, copy.self.self['at'], Object.hasOwn(copy.self.self, 'at')]).toEqual([1, undefined, false]);
    expect(value['at']).toBe(1);
  });

  it('it looks at a bounded number of parts, whatever the value and the paths', () => {
    const wide = Array.from({ length: 50_000 }, (_, index) => ({ index, a: { b: 1 } }));
    const many = Array.from({ length: 200 }, (_, index) => `$.*.*.${'*.'.repeat(index % 50)}x${index}`);
    const values: [unknown, string[]][] = [
      [wide, many],
      [{ wide: { wide } }, ['$.wide.wide[*].a.b']],
      [Object.fromEntries(wide.map((one, index) => [`key${index}`, one])), many],
    ];
    for (const [value, paths] of values) {
      const account = { quota: 0, giveUp: vi.fn() };
      const root = IgnoredFields.of(paths)?.root;
      expect(pruneFields(value, root === undefined ? [] : [root], account)).toBe(value);
      expect(account.giveUp).toHaveBeenCalledTimes(1);
      expect(account.quota).toBeGreaterThan(-100_000);
    }
  });
});

describe('whatever the value', () => {
  const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'a b', 'length', '0');
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.integer({ max: 3, min: 0 }),
      fc.constantFrom(undefined, null, NaN, new Date(0)),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.array(tie('tree'), { maxLength: 3 }).map((items) => new Set(items)),
      fc.array(fc.tuple(key, tie('tree')), { maxLength: 3 }).map((entries) => new Map(entries)),
      fc.array(fc.tuple(key, tie('tree')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  const step = fc.oneof(
    key.map((name) => `['${name}']`),
    fc.constantFrom('.*', '[*]', '[0]', '[1]'),
  );
  const path = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => `$${steps.join('')}`);

  it('it is not changed', () => {
    fc.assert(
      fc.property(tree, fc.array(path, { maxLength: 3 }), (value, paths) => {
        const before = structuredClone(value);
        left(value, ...paths);
        expect(isDeepStrictEqual(structuredClone(value), before)).toBe(true);
      }),
    );
  });

  it('two that differ under the path alone are the same, and two that differ elsewhere are not', () => {
    const names = fc.array(fc.constantFrom('a', 'b', '__proto__', 'a b', 0, 1), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(names, tree, tree, tree, fc.boolean(), (trail, one, other, beside, isMapped) => {
        // The same all the way down but for what is at the end.
        const around = (end: unknown, aside: unknown) =>
          trail.reduceRight<unknown>((inner, at) => {
            if (typeof at === 'number') return at === 0 ? [inner, aside] : [aside, inner];
            const entries: [string, unknown][] = [
              [at, inner],
              ['beside', aside],
            ];
            return isMapped ? new Map(entries) : Object.fromEntries(entries);
          }, end);
        const text = `$${trail.map((at) => (typeof at === 'number' ? `[${at}]` : `['${at}']`)).join('')}`;
        // A list at the end of its items closes the gap, so that what it ends in tells the two apart.
        const same = isDeepStrictEqual(left(around(one, beside), text), left(around(other, beside), text));
        const differ = isDeepStrictEqual(left(around(one, beside), text), left(around(one, { other: beside }), text));
        expect([same, differ]).toEqual([true, false]);
      }),
    );
  });
});

describe('ignorePaths', () => {
  const prices = both({ items: [{ id: 1, price: 1 }] }, { items: [{ id: 1, price: 2 }] });
  const ignorePaths = ['$.items[*].price'];

  it('leave fields out of the comparison', async () => {
    expect(await outcomeOf(prices)).toBe('mismatched');
    expect(await outcomeOf({ ...prices, ignorePaths })).toBe('matched');
    expect(await outcomeOf({ ...prices, ignorePaths: ['$.items[*].id'] })).toBe('mismatched');
  });

  it('of the module, the experiment and an operator are all left out', async () => {
    const given = both({ a: 1, b: 1, c: 1, d: 1 }, { a: 2, b: 2, c: 2, d: 1 }, { ignorePaths: ['$.b'] });
    const laboratory = new Laboratory({ defaults: { ignorePaths: ['$.a'] }, ignorePaths: ['$.c'] });
    expect(await outcomeOf(given, laboratory)).toBe('matched');
    expect(await outcomeOf({ ...given, candidate: () => ({ a: 2, b: 2, c: 2, d: 2 }) }, laboratory)).toBe('mismatched');
  });

  it('of an operator count from the next run on', async () => {
    const laboratory = new Laboratory();
    expect(await outcomeOf(prices, laboratory)).toBe('mismatched');
    laboratory.runner().state.ignore(ignorePaths);
    expect(await outcomeOf(prices, laboratory)).toBe('matched');
    laboratory.runner().obey(undefined);
    laboratory.runner().sampler.obey({ percentEnabled: 100, startsAt: null, endsAt: null, subjects: [] });
    expect(await outcomeOf(prices, laboratory)).toBe('mismatched');
  });

  it('are a second chance after compare, and none where nothing was left out', async () => {
    const compare = vi.fn(() => false);
    expect(await outcomeOf({ ...prices, compare, ignorePaths })).toBe('matched');
    expect(compare).toHaveBeenCalledTimes(1);
    expect(await outcomeOf({ ...both({ a: 1 }, { a: 1 }), compare, ignorePaths })).toBe('mismatched');
    expect(await outcomeOf({ ...both(1, 2), compare: () => true, ignorePaths })).toBe('matched');
  });

  it('find their fields in what Observables emit', async () => {
    const laboratory = new Laboratory();
    const emitting: Given = { control: () => of({ id: 1, at: 1 }), candidate: () => of({ id: 1, at: 2 }) };
    await lastValueFrom(laboratory.call({ ...emitting, ignorePaths: ['$[*].at'] }) as Observable<unknown>);
    await laboratory.settled();
    expect(laboratory.results[0]?.matched).toBe(true);
  });

  it('find fields in what is thrown, as summaries name them', async () => {
    const failing = (at: number) => () => {
      throw { at };
    };
    expect(await outcomeOf({ control: failing(1), candidate: failing(2), ignorePaths: ['$.at'] })).toBe('matched');
  });

  it('say nothing of hostile values', async () => {
    const hostile = () =>
      new Proxy(
        {},
        {
          getOwnPropertyDescriptor() {
            throw new Error('trap');
          },
        },
      );
    const value = hostile();
    expect(types.isProxy(left({ value }, '$.value.a') as object)).toBe(false);
    expect(
      await outcomeOf({
        control: () => ({ value: hostile(), a: 1 }),
        candidate: () => ({ value: 1, a: 2 }),
        ignorePaths: ['$.a'],
      }),
    ).toBe('mismatched');
  });

  it('are refused where they can’t be read, in code and from an operator, and passed over where they were not', async () => {
    const refused = ['$.a', 'price'];
    const reason = '"ignorePaths[1]" must be the path of a field, such as "$.items[*].price"';
    expect(() => check(optionsSchema, { ignorePaths: refused }, 'Here')).toThrow(reason);
    const row = { name: 'search', ...MEASURE, startsAt: null, endsAt: null, subjects: [], ignorePaths: [] };
    expect(() => applyChange(row as unknown as ExperimentRow, { ignorePaths: refused })).toThrow(reason);
    expect(resolveOptions({ ignorePaths: ['price', 7 as never] }).ignored).toBeUndefined();
    expect(await outcomeOf(prices, new Laboratory({ ignorePaths: ['price', ...ignorePaths] }))).toBe('matched');
  });

  it('that a summary has cut are refused, and say so', () => {
    expect(fieldPathProblem('$.items[*].pri…')).toBe('must be whole: this one was cut by a summary. Name a field above it');
    expect(fieldPathProblem("$['a…']")).toBeUndefined();
  });

  it('are read as a step to a property is written, whatever its name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), (name) => {
        fc.pre(name.isWellFormed() && !name.includes('\0'));
        expect(fieldPath(`$${stepText(name)}`)).toEqual({ kind: 'path', steps: [{ kind: 'property', name }] });
      }),
    );
  });

  it('that take more than may be spent are never a match, and say so, once', async () => {
    const items = (price: number) => Array.from({ length: 50_000 }, () => ({ price, a: { b: { c: 1 } } }));
    const laboratory = new Laboratory();
    const given: Given = { control: () => items(1), candidate: () => items(2), ignorePaths: ['$[*].price'] };
    for (const _ of ['once', 'twice']) {
      laboratory.call({ ...given, isolate: 'none', compareBudget: 1 });
      await laboratory.settled();
    }
    expect(laboratory.results).toEqual([]);
    expect(laboratory.skipped.get('tooLarge')).toBe(2);
    expect(laboratory.failures).toMatchObject([{ operation: 'compare', error: { code: 'TOO_LARGE' } }]);
    expect(String(laboratory.failures[0]?.error)).toContain('"compareBudget"');
  });

  it('leave fields out of 8,000 items of five fields', async () => {
    const items = (price: number) => Array.from({ length: 8_000 }, (_, id) => ({ id, a: 1, b: 2, c: 3, price }));
    const given: Given = { ...both(items(1), items(2)), ignorePaths: ['$[*].price'], isolate: 'none', compareBudget: 60_000 };
    expect(await outcomeOf(given)).toBe('matched');
  });

  it('name fields of the values, and not of what a cleaner makes of them', async () => {
    const clean = ({ id }: { id: number }) => ({ User: [id] });
    const given: Given = { ...both({ id: 1, secret: 'a' }, { id: 2, secret: 'b' }), clean };
    expect(await outcomeOf({ ...given, ignorePaths: ['$.User[*]'] })).toBe('mismatched');
    expect(await outcomeOf({ ...given, ignorePaths: ['$.id', '$.secret'] })).toBe('matched');
  });

  it('as summaries write them leave out what the summary shows', async () => {
    const control = { list: [{ id: 1, 'a b': { at: 1 } }], by: new Map([['x', { at: 1 }]]) };
    const candidate = { list: [{ id: 1, 'a b': { at: 2 } }], by: new Map([['x', { at: 2 }]]) };
    const paths = differencesBetween(toJsonValue(control), toJsonValue(candidate)).map(({ path }) => path);
    expect(paths).toHaveLength(2);
    expect(await outcomeOf({ ...both(control, candidate), ignorePaths: paths })).toBe('matched');
  });
});
