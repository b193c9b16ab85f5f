import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { toJsonValue } from '../../lib/values/json-value.js';

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

describe('what JSON is to hold', () => {
  it.each<[string, unknown, unknown]>([
    ['a BigInt', 10n, '10n'],
    ['undefined', undefined, '[undefined]'],
    ['NaN', NaN, 'NaN'],
    ['-0', -0, '-0'],
    ['a symbol', Symbol('a'), 'Symbol(a)'],
    ['a function', function named() {}, '[Function named]'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a date that is none', new Date(NaN), '[Invalid Date]'],
    ['a map', new Map([['a', { b: 1 }]]), [['a', { b: 1 }]]],
    ['a set', new Set([1, 'a']), [1, 'a']],
    ['binary data', Buffer.alloc(3), '[Binary 3 bytes, #709e80c8]'],
    ['a regular expression', /a/g, '/a/g'],
    ['a cycle', cyclic, { self: '[Circular]' }],
    ['a promise', Promise.resolve(), '[Promise]'],
    ['a proxy', new Proxy({}, {}), '[Proxy]'],
    ['half a character', '\ud800', '\ufffd'],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
    ['a getter', Object.defineProperty({}, 'a', { enumerable: true, get: () => 1 }), { a: '[Accessor]' }],
  ])('%s is told in words', (_, value, expected) => {
    expect(toJsonValue(value)).toEqual(expected);
  });

  it('an error has its class, message, stack, cause and what it carries', () => {
    const error = Object.assign(new TypeError('outer', { cause: new Error('inner') }), { status: 400 });
    expect(toJsonValue(error)).toMatchObject({
      name: 'TypeError',
      message: 'outer',
      stack: error.stack,
      status: 400,
      cause: { message: 'inner' },
    });
  });

  it('an error that stands for several has them', () => {
    const error = new AggregateError([new TypeError('first'), 'second'], 'both');
    expect(toJsonValue(error)).toMatchObject({
      name: 'AggregateError',
      message: 'both',
      errors: [{ name: 'TypeError', message: 'first' }, 'second'],
    });
    expect(toJsonValue(new Error('alone'))).not.toHaveProperty('errors');
  });

  it('tells an error without running code of its own or of what it inherits from', () => {
    const run = vi.fn((): never => {
      throw new Error('was run');
    });
    const prototype: object = Error.prototype;
    const trapped = new Proxy(prototype, { get: run, has: run, getPrototypeOf: run, getOwnPropertyDescriptor: run });
    const [hostile, lazy] = [new Error('no'), new Error('lazy')];
    // A stack is written when it is first read, from the error's name.
    expect(`${hostile.stack} ${lazy.stack}`).toContain('no');
    Object.setPrototypeOf(hostile, trapped);
    Object.defineProperties(lazy, { constructor: { get: run }, name: { get: run } });
    expect(toJsonValue(hostile)).toMatchObject({ name: 'Error', message: 'no' });
    expect(toJsonValue(lazy)).toMatchObject({ name: 'Error', message: 'lazy' });
    expect(run).not.toHaveBeenCalled();
  });

  it('a key named __proto__ is a key like any other', () => {
    const plain = toJsonValue(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(JSON.stringify(plain)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('has a bounded number of characters, and of long texts their lengths', () => {
    const texts = Array.from({ length: 1_000 }, (_, index) => [`${index}`.repeat(4_000)]);
    expect(JSON.stringify(toJsonValue({ texts })).length).toBeLessThan(300_000);
    const long = 'a'.repeat(2_000_000);
    expect(toJsonValue({ long, short: 'a' })).toEqual({
      long: '[Text of 2000000 characters]',
      short: 'a',
    });
    expect(toJsonValue([1n << 4_000n, 1n << 5_000n])).toEqual([`${1n << 4_000n}n`, '[BigInt of more than 4096 bits]']);
    expect(toJsonValue([2n ** 100n, -(2n ** 100n)])).toEqual([`${2n ** 100n}n`, `-${2n ** 100n}n`]);
  });

  it('is cut where it is too deep, too broad or too long, and says so', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 20; level += 1) deep = { deep };
    expect(JSON.stringify(toJsonValue(deep))).toContain('[Cut]');
    expect(toJsonValue(Array.from({ length: 150 }, () => 0))).toHaveLength(101);
    expect(toJsonValue('x'.repeat(5_000))).toMatch(/… \(904 more characters\)$/);
    expect(JSON.stringify(toJsonValue(new EventEmitter())).length).toBeLessThan(10_000);
  });

  it('is always JSON, of bounded size, whatever the value', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          const plain = toJsonValue(value);
          expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
        },
      ),
    );
  });
});
