import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';

export class Price {
  constructor(readonly amount: unknown) {}
}
class Tagged {
  readonly [Symbol.toStringTag] = 'Tagged';
  constructor(readonly inside: unknown) {}
}
class Items extends Array<unknown> {}
export const SYMBOL = Symbol('known');

/** Values of every kind, small enough that two of them are often equal. */
export const { value: anyValue } = fc.letrec<{ value: unknown; object: object }>((tie) => {
  const key = fc.constantFrom('a', 'b', 'c', '0', '1', '__proto__', 'length', 'constructor');
  const few = <Value>(values: fc.Arbitrary<Value>) => fc.array(values, { maxLength: 3 });
  const primitive = fc.constantFrom<unknown>(
    0,
    -0,
    1,
    NaN,
    Infinity,
    '',
    'a',
    '1',
    true,
    false,
    null,
    undefined,
    1n,
    2n,
    SYMBOL,
    Symbol.iterator,
    isDeepStrictEqual,
  );
  const record = few(fc.tuple(key, tie('value'))).map((entries) => Object.fromEntries(entries));
  const leaf = fc.constantFrom<() => unknown>(
    () => new Date(0),
    () => new Date(1),
    () => /a/g,
    () => /a/i,
    () => new Number(1),
    () => new Number(NaN),
    () => new Number(-0),
    () => new String('ab'),
    () => new Boolean(true),
    () => Object(1n) as unknown,
    () => Object(SYMBOL) as unknown,
    () => Buffer.from('ab'),
    () => new Uint8Array([97, 98]),
    () => new Int8Array([97, 98]),
    () => new Float64Array([0]),
    () => new Float64Array([-0]),
    () => new DataView(new ArrayBuffer(2)),
    () => new ArrayBuffer(2),
    () => new SharedArrayBuffer(2),
    () => new URL('http://a/b'),
    () => new URL('http://a/c'),
    () => new Error('a'),
    () => new TypeError('a'),
    () => new Error('b'),
    () => Object.assign([1], { extra: 1 }),
    () => Object.assign(new Date(0), { extra: 1 }),
    () => Object.assign(Buffer.from('ab'), { extra: 1 }),
    () => [, 1],
    () => [undefined, 1],
    () => Object.assign([], { length: 3 }),
    () => Object.assign([1, 2, 3], { length: 2 }),
    () => Object.defineProperty({ a: 1 }, 'hidden', { value: 1 }),
    () => Object.defineProperty({}, 'a', { get: () => 1, enumerable: true }),
    () => Object.defineProperty({ a: 1 }, SYMBOL, { value: 1 }),
    () => Object.create({ inherited: 1 }) as unknown,
    () =>
      (function () {
        return arguments; // eslint-disable-line prefer-rest-params
      })(),
    () => new Proxy({ a: 1 }, {}),
    () => new Proxy([1], {}),
  );
  return {
    object: tie('value') as fc.Arbitrary<object>,
    value: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'value' },
      primitive,
      leaf.map((make) => make()),
      few(tie('value')),
      few(tie('value')).map((items) => Items.from(items)),
      few(tie('value')).map((items) => new Set(items)),
      few(fc.tuple(fc.oneof(key, tie('value')), tie('value'))).map((entries) => new Map(entries)),
      record,
      record.map((one) => Object.assign(Object.create(null) as object, one)),
      fc.tuple(record, tie('value')).map(([one, inside]) => Object.assign(one, { [SYMBOL]: inside })),
      tie('value').map((inside) => new Price(inside)),
      tie('value').map((inside) => new Tagged(inside)),
      tie('value')
        .filter((cause) => cause !== undefined)
        .map((cause) => new Error('a', { cause })),
      few(tie('value')).map((errors) => new AggregateError(errors, 'a')),
      few(tie('value')).map((items) => Object.assign(new Set([1]), { items })),
    ),
  };
});
