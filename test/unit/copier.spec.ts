import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Copier } from '../../lib/experiment/copier.js';

const copy = <Value>(value: Value): Value => new Copier().copy(value);

class Money {
  constructor(
    public amount: number,
    public parts: number[] = [],
  ) {}
}

class Secretive {
  readonly #state = [1];
  get state() {
    return this.#state;
  }
}

describe('the copy of data', () => {
  it('is deeply equal to it', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (value) => {
          expect(isDeepStrictEqual(copy(value), value)).toBe(true);
        },
      ),
    );
  });

  it.each<[string, object]>([
    ['a list', [1]],
    ['an object', { a: 1 }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['a map', new Map([[1, 2]])],
    ['a set', new Set([1])],
    ['a date', new Date(1)],
    ['a buffer', Buffer.from('a')],
    ['a typed array', new Float64Array([1])],
    ['an instance that holds data', new Money(1, [2])],
  ])('%s is another object of the same kind', (_, value) => {
    const copied = copy(value);
    expect(copied).not.toBe(value);
    expect(copied).toEqual(value);
    expect(Object.getPrototypeOf(copied)).toBe(Object.getPrototypeOf(value));
  });

  it('keeps cycles, and what is there twice', () => {
    const shared = { a: 1 };
    const value: Record<string, unknown> = { one: shared, two: shared };
    value['self'] = value;
    const copied = copy(value);
    expect(copied['self']).toBe(copied);
    expect(copied['one']).toBe(copied['two']);
    expect(copied['one']).not.toBe(shared);
  });

  it('keeps what a list has beside its items', () => {
    const match = /b/.exec('abc');
    expect(isDeepStrictEqual(copy(match), match)).toBe(true);
  });

  it('calls no accessor, and keeps it', () => {
    const value = Object.defineProperty({}, 'a', {
      enumerable: true,
      get() {
        throw new Error('called');
      },
    });
    expect(Object.getOwnPropertyDescriptor(copy(value), 'a')).toEqual(Object.getOwnPropertyDescriptor(value, 'a'));
  });
});

describe('what a copy would break is handed on as it is', () => {
  const holding = Object.assign(new Money(1), { log: () => {} });
  it.each<[string, object]>([
    ['a function', () => 1],
    ['an error', new Error('a')],
    ['a promise', Promise.resolve()],
    ['a proxy', new Proxy({}, {})],
    ['an emitter', new EventEmitter()],
    ['a URL', new URL('http://localhost')],
    ['an instance with private state', new Secretive()],
    ['an instance that holds a function', holding],
    ['a subclass of Map', new (class extends Map {})()],
    ['a generator', (function* () {})()],
    ['a weak map', new WeakMap()],
  ])('%s', (_, value) => {
    expect(copy(value)).toBe(value);
    expect(copy({ value }).value).toBe(value);
  });

  it('is what lies beyond the budget', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => ({ index }));
    expect(copy({ list }).list).toBe(list);
    const deep = copy(list.slice(0, 9_000));
    expect(deep[0]).not.toBe(list[0]);
  });
});

it('a class that was found to hold what cannot be copied is not searched again', () => {
  class Holder {
    constructor(public held: unknown) {}
  }
  const copier = new Copier();
  const [emitter, data] = [new Holder(new EventEmitter()), new Holder(1)];
  expect(new Copier().copy(data)).not.toBe(data);
  expect(copier.copy(emitter)).toBe(emitter);
  expect(copier.copy(data)).toBe(data);
});

it('an error that an instance holds is handed on, and the instance is copied', () => {
  const failed = new Money(1, []);
  const error = Object.assign(failed, { error: new Error('a') });
  expect(copy(error)).not.toBe(error);
  expect(copy(error).error).toBe(error.error);
});
