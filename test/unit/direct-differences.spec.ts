import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { resolveOptions } from '../../lib/experiment/definition.js';
import type { ExperimentOptions } from '../../lib/experiment/experiment.options.js';
import { makeObservation } from '../../lib/experiment/observation.js';
import { examineDifferences, type Examined } from '../../lib/recording/differences/examine-differences.js';
import { finish } from '../../lib/base/steps.js';
import { Redaction } from '../../lib/values/redaction/redaction.js';
import { readDirectKind } from '../../lib/values/direct-data.js';
import { toJsonValue } from '../../lib/values/json-value.js';
import { differencesBetween, type ValueDifference } from '../../lib/recording/differences/differences.js';
import { directDifferences } from '../../lib/recording/differences/direct-differences.js';

const REDACTIONS = {
  'without redaction': undefined,
  'redacted by default': Redaction.of([], true),
  'redacted by paths': Redaction.of(['email', 'b.name', 'items.*.a'], true),
  'redacted by paths alone': Redaction.of(['a.id', 'value', 'items.*'], false),
};

class Price {
  declare readonly id: unknown;
}

const define = (object: object, key: string, value: unknown) =>
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });

/** Makes an object with these properties. */
function build(prototype: object | null, entries: readonly (readonly [string, unknown])[]): object {
  const object = Object.create(prototype) as object;
  for (const [key, value] of entries) define(object, key, value);
  return object;
}

const hidesNothing = () => false;

/** Keys and texts of few kinds, so that they meet, some of which are secret, or name what is. */
const keys = fc.constantFrom(
  'id',
  '_id',
  'key',
  'a',
  'b',
  'name',
  'value',
  'email',
  'password',
  'items',
  'odd key',
  '0',
  '\ud800',
  '__proto__',
);
const scalars = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<unknown>(0, 1, 2, 'x', 'y', true, null) },
  fc.constantFrom<unknown>(
    'password',
    'password=x',
    'password=y',
    'Bearer abcdefgh',
    'x\ud800',
    'x\ud801',
    '[undefined]',
    '[x]',
    'NaN',
    '1n',
  ),
  fc.constantFrom<unknown>(
    undefined,
    NaN,
    -0,
    1n,
    1.5,
    new Date(0),
    new Date(1),
    new Date(NaN),
    '1970-01-01T00:00:00.000Z',
    '2',
    'x'.repeat(300),
  ),
);
const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, { weight: 3, arbitrary: scalars }, tie('list'), tie('items'), tie('record'), tie('record')),
  list: fc.array(tie('value'), { maxLength: 5 }),
  /** Lists as services return them. */
  items: fc.array(
    fc.record({ id: fc.constantFrom<unknown>(1, 2, 3, 4, '1', 'x'), a: tie('value'), name: scalars }, { requiredKeys: [] }),
    {
      maxLength: 5,
    },
  ),
  record: fc
    .tuple(
      fc.constantFrom(Price.prototype, null, ...Array.from({ length: 8 }, () => Object.prototype)),
      fc.array(fc.tuple(keys, tie('value')), { maxLength: 5 }),
    )
    .map(([prototype, entries]) => build(prototype, entries)),
}));

/** Pairs of a value and one that is like it, or another one. */
const pairs = fc
  .tuple(values, values, fc.infiniteStream(fc.nat(99)))
  .chain(([one, other, numbers]) =>
    fc.constantFrom([one, other] as const, [one, changed(one, () => Number(numbers.next().value))] as const),
  );

/** Copies a value with some of its parts changed, left out, added or moved. */
function changed(value: unknown, draw: () => number): unknown {
  const isChanged = draw() < 20;
  if (Array.isArray(value)) {
    const items = value.map((item) => changed(item, draw));
    if (!isChanged) return items;
    const [from, to] = [draw() % (items.length + 1), draw() % (items.length + 1)];
    items.splice(to, 0, ...items.splice(from, draw() % 2));
    if (draw() < 30) items.splice(from, 1);
    if (draw() < 30) items.push(draw() % 3);
    return items;
  }
  if (value instanceof Date) return new Date(value);
  if (typeof value !== 'object' || value === null) return isChanged ? draw() % 3 : value;
  const entries = Object.entries(value).flatMap(([key, part]) => (draw() < 5 ? [] : [[key, changed(part, draw)] as const]));
  if (draw() < 10) entries.push(['b', draw() % 2]);
  if (draw() < 20) entries.reverse();
  return build(draw() < 3 ? Object.prototype : (Object.getPrototypeOf(value) as object | null), entries);
}

/** All that is told of two values, in order. */
function tell(list: (see: (place: ValueDifference) => void) => readonly ValueDifference[] | undefined) {
  const places: ValueDifference[] = [];
  const found = list((place) => places.push(place));
  return { found, places };
}

describe.each(Object.entries(REDACTIONS))('differences that are read from values themselves, %s,', (_, redaction) => {
  const between = (one: unknown, other: unknown) => [toJsonValue(one, redaction), toJsonValue(other, redaction)] as const;

  it('are those of their JSON forms, with the same examples and places', () => {
    let direct = 0;
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        if (readDirectKind(one, hidesNothing) === undefined || readDirectKind(other, hidesNothing) === undefined) return;
        const found = tell((see) => directDifferences(one, other, redaction, true, see));
        if (found.found === undefined) return;
        direct += 1;
        const expected = tell((see) => differencesBetween(...between(one, other), see));
        expect(found).toEqual(expected);
        expect(directDifferences(one, other, redaction)).toEqual(expected.found);
      }),
      { numRuns: 3_000 },
    );
    expect(direct).toBeGreaterThan(1_000);
  });
});

describe('what is found of two observations', () => {
  it.each([
    ['shown as it is', {}],
    ['with noise', { noise: 10 }],
    ['with redacted paths and ignored fields', { redact: ['b.name', 'email'], ignorePaths: ['$.a'], noise: 10 }],
    ['where classes don’t count', { equality: 'structural' }],
    ['cleaned', { clean: (value: unknown) => ({ items: value, token: 'x' }) }],
  ] satisfies [string, ExperimentOptions][])('is what is found of their JSON forms, %s', async (_, given) => {
    const options = resolveOptions(given);
    const withoutEntities = (value: unknown) => value;
    const observe = (value: unknown) => {
      const identity = {
        name: 'one',
        context: {},
        outcome: 'mismatched',
        redaction: options.redaction,
        withoutEntities,
      } as const;
      return makeObservation(identity, { kind: 'returned', value, duration: 1 }, options.clean ?? withoutEntities);
    };
    const { examineDifferences: examineJson } = await importWithoutDirect();
    // What takes too long to compare would count as different.
    vi.spyOn(performance, 'now').mockReturnValue(0);
    onTestFinished(() => void vi.restoreAllMocks());
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const found = finish(examineDifferences(observe(one), observe(other), options, options.ignorePaths));
        const expected = finish(examineJson(observe(one), observe(other), options, options.ignorePaths));
        const withoutRest = ({ fields, places }: Examined) =>
          [fields, places].map((all) => all.filter(({ path }) => path !== '…'));
        expect(withoutRest(found)).toEqual(withoutRest(expected));
        // Values that JSON doesn't show whole are explained nevertheless, if all of them is read.
        if (hasRest(found)) expect(hasRest(expected)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

const hasRest = ({ fields }: Examined) => fields.some(({ path }) => path === '…');

/** Loads what examines observations, without the way that is taken first. */
async function importWithoutDirect() {
  vi.resetModules();
  vi.doMock('../../lib/recording/differences/direct-differences.js', () => ({ directDifferences: () => undefined }));
  return import('../../lib/recording/differences/examine-differences.js');
}

describe('accessors', () => {
  const withGetter = (read: () => unknown) => ({
    a: 1,
    get b() {
      return read();
    },
  });

  it('are no values of fields that differ', () => {
    const [one, other] = [withGetter(() => 1), withGetter(() => 2)];
    expect(readDirectKind(one, hidesNothing)).toBe('plain');
    expect(directDifferences(one, other, undefined)).toBeUndefined();
  });

  it('can throw', () => {
    const fail = () => {
      throw new Error('no');
    };
    expect(readDirectKind(withGetter(fail), hidesNothing)).toBeUndefined();
    let reads = 0;
    const late = withGetter(() => ((reads += 1) > 1 ? fail() : 1));
    expect(readDirectKind(late, hidesNothing)).toBe('plain');
    expect(directDifferences(late, { a: 1, b: 1 }, undefined)).toBeUndefined();
  });
});

describe('a value', () => {
  it.each<[string, unknown]>([
    ['with a map', { a: new Map() }],
    ['with a symbol', { [Symbol('a')]: 1 }],
    ['with a hole', [1, , 2]],
    ['with a named property of a list', Object.assign([1], { a: 1 })],
    ['with a function', { a: () => 1 }],
    ['behind a proxy', new Proxy({}, {})],
    ['of a class of the language', new Error('a')],
    ['that is nested too deeply', [[[[[[[[[1]]]]]]]]]],
    ['of too many items', new Array<number>(101).fill(0)],
    ['with a long text', 'x'.repeat(4_097)],
  ])('is not read directly %s', (_, value) => {
    expect(readDirectKind(value, hidesNothing)).toBeUndefined();
  });

  it('of a class that hides properties is not read directly', () => {
    expect(readDirectKind(new Price(), hidesNothing)).toBe('instances');
    expect(readDirectKind([new Price()], (prototype) => prototype === Price.prototype)).toBeUndefined();
  });
});
