import { EventEmitter } from 'node:events';
import { inspect, isDeepStrictEqual, types } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Copier } from '../../lib/values/copying/copier.js';
import { CopyBudget } from '../../lib/values/copying/copy-budget.js';

const copyBy = <Value>(copier: Copier, value: Value): Value => {
  const copied = copier.copy(value, new CopyBudget(10_000));
  if (copied.kind !== 'copied') throw new Error(`It is ${copied.kind}.`);
  return copied.value;
};
const copy = <Value>(value: Value): Value => copyBy(new Copier(), value);

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
          // To Node, two dates that are none differ, as NaN does from itself.
          fc.pre(!inspect(value, { depth: null }).includes('Invalid Date'));
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
    ['an instance that holds a function', Object.assign(new Money(1), { log: () => {} })],
    ['an instance that holds an emitter', Object.assign(new Money(1), { emitter: new EventEmitter() })],
    ['a subclass of Map', new (class extends Map<number, number> {})([[1, 2]])],
    ['a subclass of Array', new (class extends Array<number> {})(1, 2)],
    ['a subclass of Date', new (class extends Date {})(1)],
    ['an error', new RangeError('a')],
    ['a URL', new URL('http://localhost/a?b=c')],
    ['parameters of a URL', new URLSearchParams('a=1&a=2')],
    ['headers', new Headers({ a: 'b' })],
    ['a boxed number', Object(1) as object],
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
  it.each<[string, object]>([
    ['a function', () => 1],
    ['a promise', Promise.resolve()],
    ['a proxy', new Proxy({}, {})],
    ['an emitter', new EventEmitter()],
    ['an instance with private state', new Secretive()],
    ['an instance with an accessor of its own', Object.defineProperty(new Money(1), 'total', { get: () => 1 })],
    ['a number format', new Intl.NumberFormat('de')],
    ['a blob', new Blob(['a'])],
    ['a generator', (function* () {})()],
    ['a weak map', new WeakMap()],
  ])('%s', (_, value) => {
    expect(copy(value)).toBe(value);
    expect(copy({ value }).value).toBe(value);
  });
});

describe('what is larger than the budget is not copied', () => {
  const SMALL = 0.01;
  const dictionary = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key${index}`, index]));
  it.each<[string, () => unknown]>([
    ['a list', () => new Array<number>(100_000).fill(0)],
    ['a list that is empty but for its length', () => new Array<number>(1_000_000_000)],
    ['frozen lists', () => Array.from({ length: 20 }, () => Object.freeze(new Array<number>(100_000).fill(0)))],
    ['a map', () => new Map(Array.from({ length: 5_000 }, (_, index) => [index, {}]))],
    ['a set', () => new Set(Array.from({ length: 5_000 }, (_, index) => index))],
    ['binary data', () => Buffer.alloc(5_000_000)],
    ['a record of many properties', () => dictionary],
    ['a frozen one', () => Object.freeze({ ...dictionary })],
    ['what is nested too deeply', () => Array.from({ length: 50_000 }).reduce<object>((inner) => ({ inner }), {})],
  ])('%s', (_, make) => {
    const value = make();
    const copier = new Copier();
    expect(copier.copy(value, new CopyBudget(SMALL))).toEqual({ kind: 'tooLarge' });
    expect(copier.copyAll([1, { value }], new CopyBudget(SMALL))).toEqual({ kind: 'tooLarge' });
  });

  it('and nothing nested more than 250 levels deep, whatever the budget, of whatever it consists', () => {
    const nest = (levels: number, wrap: (inner: unknown) => unknown) =>
      Array.from({ length: levels }).reduce<unknown>((inner) => wrap(inner), { end: true });
    class Node {
      constructor(readonly next: unknown) {}
    }
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom<(inner: unknown) => unknown>(
          (inner) => ({ inner }),
          (inner) => [inner],
          (inner) => new Map([[1, inner]]),
          (inner) => new Node(inner),
          (inner) => ({ before: 1, inner, after: {} }),
        ),
        (levels, wrap) => {
          const copied = new Copier().copy(nest(levels, wrap), new CopyBudget(Infinity));
          expect(copied.kind).toBe(levels < 250 ? 'copied' : 'tooLarge');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('and arguments, the value and items share one budget', () => {
    const budget = new CopyBudget(1);
    budget.counted = 1.1;
    expect(new Copier().copy(new Array(100).fill(0), budget)).toEqual({ kind: 'tooLarge' });
  });

  it('a large part that is refused leaves small values as they are in other calls', () => {
    const copier = new Copier();
    copier.copy(Buffer.alloc(50_000_000), new CopyBudget(1));
    const options = { a: 1 };
    const copied = copier.copyAll([options], new CopyBudget(1_000));
    expect(copied.kind === 'copied' && copied.value[0]).toEqual(options);
  });
});

it('what one instance holds says nothing of the others of its class', () => {
  class Holder {
    constructor(public held: unknown) {}
  }
  const copier = new Copier();
  const copyAll = (...args: unknown[]) => copier.copyAll(args, new CopyBudget(10_000)).kind;
  expect([copyAll(new Holder(new EventEmitter())), copyAll(new Holder(1))]).toEqual(['refused', 'copied']);
});

it('keys of maps and members of sets are copied as what they are elsewhere, so that they are found', () => {
  const key = { id: 1 };
  const copied = copy({ key, map: new Map([[key, { a: 1 }]]), set: new Set([key]) });
  expect(copied.key).not.toBe(key);
  expect([copied.map.get(copied.key), copied.set.has(copied.key)]).toEqual([{ a: 1 }, true]);
});

describe('an error', () => {
  it('is copied with its stack, which is formatted when somebody asks for it', () => {
    const error = new TypeError('a', { cause: { n: 1 } });
    const formatted: unknown[] = [];
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = (of) => formatted.push(of) && 'formatted';
    try {
      const copied = copy(error);
      expect(formatted).toEqual([]);
      expect(copied.stack).toBe('formatted');
      expect([copied, types.isNativeError(copied), copied.cause]).toEqual([error, true, { n: 1 }]);
      expect(copied.cause).not.toBe(error.cause);
      copied.stack = 'mine';
      expect([copied.stack, error.stack]).toEqual(['mine', 'formatted']);
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  });

  it('without a stack gets none', () => {
    const error = new Error('a');
    delete error.stack;
    expect(Object.hasOwn(copy(error), 'stack')).toBe(false);
  });
});

describe('a service', () => {
  class Service {
    readonly cache = new Map<string, number>();
    load?: () => number;
  }
  const copier = new Copier((instance) => instance instanceof Service);
  const copyAll = (value: unknown) => copier.copyAll([value], new CopyBudget(10_000));

  it('is shared if it holds more than data, also within an instance that is copied', () => {
    const service = Object.assign(new Service(), { load: () => 1 });
    const holder = Object.assign(new Money(1, [2]), { service, self: { service } });
    const copied = copyAll(holder);
    const [copy] = copied.kind === 'copied' ? (copied.value as [typeof holder]) : [holder];
    expect([copy === holder, copy.parts === holder.parts, copy.service === service, copy.self.service === service]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('is copied if it holds nothing but data', () => {
    const service = new Service();
    const copied = copyAll(service);
    expect(copied).toMatchObject({ kind: 'copied', value: [service] });
    expect(copied.kind === 'copied' && copied.value[0]).not.toBe(service);
  });

  it('that holds another one is shared, with what it holds', () => {
    const outer = Object.assign(new Service(), { list: [1], inner: Object.assign(new Service(), { load: () => 1 }) });
    const copied = copyAll({ list: outer.list, outer });
    const [copy] = copied.kind === 'copied' ? (copied.value as [{ list: number[]; outer: Service }]) : [];
    expect([copy?.outer === outer, copy?.list === outer.list]).toEqual([true, false]);
  });
});

it('a frozen object of primitives, which may be known by its identity, is handed on', () => {
  const none = Object.freeze({ none: true });
  expect(copy([none])[0]).toBe(none);
});

it('a view is copied, and not the whole of what it is a view of', () => {
  const view = new Uint8Array(new ArrayBuffer(1_000_000), 10, 4);
  expect(copy(view).buffer.byteLength).toBe(4);
  expect(copy(new DataView(view.buffer, 2, 8)).byteLength).toBe(8);
});

const VIEWS: Record<string, (buffer: ArrayBuffer, at: number, length: number) => NodeJS.ArrayBufferView> = {
  Buffer: (buffer, at, length) => Buffer.from(buffer, at, length),
  Uint8Array: (buffer, at, length) => new Uint8Array(buffer, at, length),
  DataView: (buffer, at, length) => new DataView(buffer, at, length),
  Float32Array: (buffer, at, length) => new Float32Array(buffer, at - (at % 4), Math.floor(length / 4)),
  'a Buffer of the pool': (_, at, length) => Buffer.from('x'.repeat(at + length)).subarray(at),
  'one without content': () => Buffer.from(''),
};
const bytesOf = ({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView) => [
  ...new Uint8Array(buffer, byteOffset, byteLength),
];

it('each view is copied into memory of its own, which holds its bytes and no others', () => {
  const view = fc.record({ kind: fc.constantFrom(...Object.keys(VIEWS)), at: fc.nat(8), length: fc.nat(8) });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.array(view, { minLength: 1 }), (content, kinds) => {
      const memory = new ArrayBuffer(16);
      new Uint8Array(memory).set(content);
      const views = kinds.map(({ kind, at, length }) => (VIEWS[kind] ?? expect.unreachable())(memory, at, length));
      const instance = Object.assign(new Money(1), { views: new Map(views.map((one) => [one, { of: one }])) });
      const before = views.map(bytesOf);
      const copies = [...copy(instance).views].map(([key, { of }]) => {
        expect(key).toBe(of);
        return key;
      });
      const nameClass = (one: object) => one.constructor.name;
      expect(copies.map(nameClass)).toEqual(views.map(nameClass));
      expect(copies.map(({ buffer }) => [...new Uint8Array(buffer)])).toEqual(before);
      expect(new Set(copies.map(({ buffer }) => buffer)).size).toBe(views.length);
      for (const { buffer } of copies) structuredClone(buffer, { transfer: [buffer as ArrayBuffer] }); // no copy is of shared memory
      expect(views.map(bytesOf)).toEqual(before);
    }),
  );
  expect(Buffer.from('still there').toString()).toBe('still there');
});

it('of data that was transferred away, nothing is left to copy', () => {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  const copied = copy({ bytes, buffer: bytes.buffer });
  expect([copied.bytes === bytes, copied.bytes.length, copied.buffer.byteLength]).toEqual([false, 0, 0]);
});

it('a regular expression is copied with where it goes on', () => {
  const regExp = /a/g;
  regExp.lastIndex = 1;
  const copied = copy(regExp);
  expect([copied, copied.lastIndex, copied === regExp]).toEqual([/a/g, 1, false]);
});

it('entities that hold each other are looked at once each, so that the budget is enough for them', () => {
  class Parent {
    children: Child[] = [];
  }
  class Child {
    constructor(public parent: Parent) {}
  }
  const parent = new Parent();
  parent.children = Array.from({ length: 1_000 }, () => new Child(parent));
  const copied = copy(parent);
  expect(copied).not.toBe(parent);
  expect(copied.children.every((child, index) => child.parent === copied && child !== parent.children[index])).toBe(true);
});

it('what looks like private state in comments and texts of a class is none', () => {
  class Order {
    constructor(readonly id: number) {}

    /* not this.#id */
    text() {
      // nor this.#id
      return [`Order #${this.id}`, 'in #red', 'states.get(this)'];
    }
  }
  const order = new Order(1);
  expect(copy(order)).not.toBe(order);
});

it('a class with private state that was compiled for an older target is handed on', () => {
  const states = new WeakMap<object, number>();
  // As TypeScript writes `#state` for ES2021.
  class Older {
    constructor() {
      states.set(this, 1);
    }

    state() {
      return states.get(this);
    }
  }
  const value = new Older();
  expect(copy(value)).toBe(value);
});
