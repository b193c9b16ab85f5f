import { createSecretKey } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { inspect, types } from 'node:util';
import { runInNewContext } from 'node:vm';
import dayjs from 'dayjs';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import moment from 'moment';
import mongoose from 'mongoose';
import { In } from 'typeorm';
import { describe, expect, it } from 'vitest';
import type { StudiesError } from '../../lib/base/errors.js';
import { Laboratory } from '../unit/harness.js';

/** Whether a candidate gets a copy of a value, the value itself because nobody can change it, or nothing. */
type Fate = 'copied' | 'shared' | 'refused';

/** A value, and what its holder can see of it beyond what `inspect` shows. */
interface Thing {
  readonly fate: Fate;
  readonly value: unknown;
  read?(): unknown;
}

// What it doesn't like being called with, it would tell the console.
moment.suppressDeprecationWarnings = true;

const copied = (value: unknown): Thing => ({ fate: 'copied', value });
const shared = (value: unknown): Thing => ({ fate: 'shared', value });
const refused = (value: unknown, read?: () => unknown): Thing => ({ fate: 'refused', value, ...(read && { read }) });

/** What an instance of a class is made of. */
interface Shape {
  readonly base: keyof typeof BASES;
  readonly fields: Record<string, unknown>;
  readonly hasPrivateState: boolean;
  readonly hasMap: boolean;
  readonly hasArrow: boolean;
  readonly hasAccessor: boolean;
  readonly levels: number;
}

const BASES = {
  none: { make: () => Object, args: [], isCopied: true },
  list: { make: () => Array, args: [1, { n: 1 }, [2]], isCopied: true },
  map: { make: () => Map, args: [[[{ key: 1 }, { n: 1 }]]], isCopied: true },
  set: { make: () => Set, args: [[{ n: 1 }, 2]], isCopied: true },
  date: { make: () => Date, args: [86_400_000], isCopied: true },
  error: { make: () => RangeError, args: ['message', { cause: { n: 1 } }], isCopied: true },
  regexp: { make: () => RegExp, args: ['a', 'g'], isCopied: true },
  bytes: { make: () => Uint8Array, args: [[1, 2]], isCopied: true },
  floats: { make: () => Float64Array, args: [[1.5]], isCopied: true },
  buffer: { make: () => ArrayBuffer, args: [4], isCopied: true },
  boxed: { make: () => String, args: ['text'], isCopied: true },
  url: { make: () => URL, args: ['http://localhost/a?b=c'], isCopied: true },
  params: { make: () => URLSearchParams, args: ['a=1&a=2'], isCopied: true },
  headers: { make: () => Headers, args: [{ a: 'b' }], isCopied: true },
  form: { make: () => FormData, args: [], isCopied: true },
  promise: { make: () => Promise, args: [(resolve: (value: unknown) => void) => resolve({ n: 1 })], isCopied: false },
  weak: { make: () => WeakMap, args: [], isCopied: false },
  emitter: { make: () => EventEmitter, args: [], isCopied: false },
  decoder: { make: () => TextDecoder, args: [], isCopied: false },
  collator: { make: () => Intl.Collator, args: [], isCopied: false },
} satisfies Record<string, { make: () => unknown; args: unknown[]; isCopied: boolean }>;

const states = new WeakMap<object, unknown[]>();

function instanceOf({ base, fields, hasPrivateState, hasMap, hasArrow, hasAccessor, levels }: Shape): Thing {
  const { make, args, isCopied } = BASES[base];
  let Class = make() as new (...args: unknown[]) => object; // whatever it is, it is a class
  class Plain extends Class {
    spent = 0;
    spend(by = 1) {
      this.spent += by;
    }
    set total(to: number) {
      this.spent = to;
    }
    get total() {
      return this.spent;
    }
  }
  class Private extends Class {
    #cents: number[] = [100];
    spend(by = 1) {
      this.#cents[0] = (this.#cents[0] ?? 0) - by;
      this.#cents.push(by);
    }
    set cents(to: number[]) {
      this.#cents = to;
    }
    get cents() {
      return this.#cents;
    }
  }
  class Kept extends Class {
    constructor(...given: unknown[]) {
      super(...given);
      states.set(this, [1]);
    }
    spend() {
      states.get(this)?.push(1);
    }
    get state() {
      return states.get(this);
    }
  }
  Class = hasPrivateState ? Private : hasMap ? Kept : Plain;
  for (let level = 1; level < levels; level += 1) Class = class extends Class {};
  const value = Object.assign(new Class(...args), structuredClone(fields));
  let accessed = 0;
  if (hasAccessor) Object.defineProperty(value, 'own', { get: () => accessed, set: (to: number) => (accessed = to) });
  let called = 0;
  if (hasArrow) Object.assign(value, { touch: () => (called += 1) });
  const read = () => {
    const { cents, state } = value as { cents?: unknown; state?: unknown };
    return [cents, state, accessed, called];
  };
  const isRefused = !isCopied || hasPrivateState || hasMap || hasArrow || hasAccessor;
  return { fate: isRefused ? 'refused' : 'copied', value, read };
}

const shape = fc.record<Shape>({
  base: fc.constantFrom(...(Object.keys(BASES) as (keyof typeof BASES)[])),
  fields: fc.dictionary(
    fc.constantFrom('id', 'tags', 'at', 'nested', 'index'),
    fc.constantFrom<unknown>(1, null, ['a'], new Date(1), { deep: { list: [1] } }, new Map([[1, { a: 1 }]])),
  ),
  hasPrivateState: fc.boolean(),
  hasMap: fc.boolean(),
  hasArrow: fc.boolean(),
  hasAccessor: fc.boolean(),
  levels: fc.integer({ min: 1, max: 3 }),
});

/** Half of the shapes are those that can be copied. */
const anyShape = fc.oneof(
  shape,
  shape.map((one) => ({ ...one, hasPrivateState: false, hasMap: false, hasArrow: false, hasAccessor: false })),
);

const Model = mongoose.model('Vandalized', new mongoose.Schema({ name: String, tags: [String] }));

/** Values of the platform and of libraries. */
const VALUES: Record<string, () => Thing> = {
  'a plain object': () => copied({ a: 1, list: [1, { b: 2 }] }),
  'one without a prototype': () => copied(Object.assign(Object.create(null) as object, { a: { b: 1 } })),
  'one with methods for a prototype': () =>
    copied(
      Object.assign(
        Object.create({
          set(this: { a: number }) {
            this.a = 2;
          },
        }) as object,
        { a: 1 },
      ),
    ),
  'one with data for a prototype': () => {
    const prototype = { list: [1] };
    return refused(Object.create(prototype), () => structuredClone(prototype));
  },
  'one with a getter': () => {
    const list = [1];
    return refused(
      {
        get list() {
          return list;
        },
      },
      () => [...list],
    );
  },
  'one of another realm': () =>
    copied(
      runInNewContext('({ a: [1, { b: new Map([[{ c: 1 }, new Date(0)]]) }], e: new TypeError("x"), u: new Uint8Array(3) })'),
    ),
  'an instance of another realm': () => copied(runInNewContext('new (class Foo { x = [1]; push() { this.x.push(1); } })()')),
  'a list with an item that is an accessor': () => {
    let item = 1;
    const list = Object.defineProperty([0], 0, { get: () => item, set: (to: number) => (item = to) });
    return refused(list, () => item);
  },
  'an error': () => copied(Object.assign(new Error('a', { cause: new TypeError('b') }), { response: { status: 400 } })),
  'an error of several': () => copied(new AggregateError([new Error('a')], 'b')),
  'an old error': () => {
    function Old(this: Error) {
      this.message = 'a';
    }
    Old.prototype = Object.create(Error.prototype) as object;
    return copied(new (Old as unknown as new () => object)()); // as classes were written before there were any
  },
  'a Blob': () => shared(new Blob(['a'])),
  'a number format': () => shared(new Intl.NumberFormat('de')),
  'a key': () => shared(createSecretKey(Buffer.alloc(16))),
  'a class': () => shared(DateTime),
  'a frozen object of primitives': () => shared(Object.freeze({ a: 1 })),
  'a promise': () => {
    const given = { n: 1 };
    return refused(Promise.resolve(given), () => ({ ...given }));
  },
  'a proxy': () => {
    const target = { n: 1 };
    return refused(new Proxy(target, {}), () => ({ ...target }));
  },
  'a DateTime of luxon': () => copied(DateTime.fromMillis(0, { zone: 'Europe/Paris', locale: 'de' })),
  'a moment': () => copied(moment(0)),
  'a dayjs': () => copied(dayjs(0)),
  'a decimal': () => copied(new Decimal('1.25')),
  'an id of MongoDB': () => copied(new mongoose.Types.ObjectId('0123456789abcdef01234567')),
  'a document of mongoose': () => {
    const document = new Model({ name: 'a', tags: ['b'] });
    return refused(document, () => document.toObject());
  },
  'an operator of TypeORM': () => copied(In([1, 2])),
};

const thing = fc.oneof(
  fc.constantFrom(...Object.keys(VALUES)).map((name) => ({ name, make: () => (VALUES[name] ?? expect.unreachable())() })),
  anyShape.map((one) => ({ name: inspect(one), make: () => instanceOf(one) })),
);

class Holder {
  constructor(readonly held: unknown) {}
}

class Several extends Array<unknown> {}

class Registered extends Map<unknown, unknown> {}

/** Where a value is; these can be within each other. */
const PLACES: Record<string, (value: unknown) => unknown> = {
  'in an object': (value) => ({ a: 1, value }),
  'twice in an object': (value) => ({ one: value, two: value }),
  'in a hidden property': (value) => Object.defineProperty({}, 'value', { value, writable: true, configurable: true }),
  'under a symbol': (value) => ({ [Symbol('a')]: value }),
  'in a list': (value) => [1, value],
  'in a list of a class': (value) => Several.of(value),
  'in a map': (value) => new Map([['a', value]]),
  'a key of a map': (value) => new Map([[value, 1]]),
  'in a map of a class': (value) => new Registered([['a', value]]),
  'in a set': (value) => new Set([value]),
  'in an instance': (value) => new Holder(value),
  'in an error': (value) => Object.assign(new Error('a'), { value }),
  'in a frozen object': (value) => Object.freeze({ value }),
};

/** Does to a value, and to all that can be reached from it, whatever its holder can do: but to nothing that everybody has. */
function vandalize(value: unknown): void {
  const reached = reach(value);
  // Methods first, since those of broken objects may never end.
  for (const one of reached) for (const method of methodsOf(one)) attempt(() => Reflect.apply(method, one, [7, 8]));
  for (const one of reached) {
    for (const key of keysOf(one)) {
      attempt(() => Reflect.set(one, key, 'vandalized'));
      attempt(() => Object.defineProperty(one, key, { value: 'vandalized' }));
      attempt(() => Reflect.deleteProperty(one, key));
    }
    attempt(() => Object.defineProperty(one, 'added', { value: 1, configurable: true }));
    if (types.isMap(one)) Map.prototype.set.call(one, 'added', 1);
    if (types.isSet(one)) Set.prototype.add.call(one, 'added');
    if (types.isDate(one)) Date.prototype.setTime.call(one, 1);
    if (one instanceof FormData) attempt(() => one.append('added', '1'));
    if (one instanceof Headers) Headers.prototype.set.call(one, 'added', '1');
  }
}

/** The objects that can be reached from a value, and can be changed: as many as the values of this test have. */
function reach(value: unknown): object[] {
  const reached = new Set<object>();
  const found = [value];
  for (const one of found) {
    if (typeof one !== 'object' || one === null || reached.has(one) || isImmutable(one) || reached.size === 200) continue;
    reached.add(one);
    found.push(...partsOf(one));
  }
  return [...reached];
}

function partsOf(value: object): unknown[] {
  const parts = keysOf(value)
    .map((key) => [attempt(() => Reflect.get(value, key)), attempt(() => Reflect.get(value, key))])
    // A Buffer that an accessor makes, such as `id` of MongoDB's, is a part of nothing, and its memory is everybody's.
    .flatMap(([part, again]) => (ArrayBuffer.isView(part) && part !== again ? [] : [part]));
  if (types.isMap(value)) parts.push(...Map.prototype.keys.call(value), ...Map.prototype.values.call(value));
  if (types.isSet(value)) parts.push(...Set.prototype.values.call(value));
  return parts;
}

/** What can be read and set of an object: its own properties, and the accessors of its class. */
function keysOf(value: object): PropertyKey[] {
  const accessors = chainOf(value).flatMap((at) =>
    Reflect.ownKeys(at).filter((key) => Object.getOwnPropertyDescriptor(at, key)?.get !== undefined),
  );
  return [...Reflect.ownKeys(value), ...accessors];
}

type Method = (...args: unknown[]) => unknown;

function methodsOf(value: object): Method[] {
  return [value, ...chainOf(value)].flatMap((at) =>
    Reflect.ownKeys(at)
      .filter((key) => key !== 'constructor')
      .map((key) => Object.getOwnPropertyDescriptor(at, key)?.value as unknown)
      .filter((method): method is Method => typeof method === 'function'),
  );
}

function chainOf(value: object): object[] {
  const chain: object[] = [];
  for (let at = proto(value); at !== null && proto(at) !== null; at = proto(at)) chain.push(at);
  return chain;
}

function proto(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null; // typed as any
}

function isImmutable(value: object): boolean {
  return (
    value instanceof Blob ||
    value instanceof Intl.NumberFormat ||
    value instanceof Intl.Collator ||
    types.isKeyObject(value) ||
    // What moment has of a language.
    'pastFuture' in value
  );
}

function attempt(act: () => unknown): unknown {
  try {
    const made = act();
    if (made instanceof Promise) made.catch(() => undefined);
    return made;
  } catch {
    return undefined;
  }
}

/** What can be seen of a value, in a text. */
function view(value: unknown, showHidden = true): string {
  return inspect(value, { depth: Infinity, showHidden, maxArrayLength: 100 });
}

const call = fc.record({
  thing,
  places: fc.array(fc.constantFrom(...Object.keys(PLACES)), { maxLength: 3 }),
  before: fc.constantFrom<unknown>('text', [{ n: 1 }], new Date(5)),
  second: fc.boolean(),
  mode: fc.constantFrom(
    { mode: 'shadow' } as const,
    { mode: 'parallel' } as const,
    { mode: 'serial', order: 'controlFirst' } as const,
    { mode: 'serial', order: 'controlLast' } as const,
  ),
});

describe('whatever candidates do to their arguments', () => {
  it(
    'neither the control nor the caller sees any of it, or no candidate runs, and that is told',
    { timeout: 120_000 },
    async () => {
      const fates = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(call, async ({ thing: { make }, places, before, second, mode }) => {
          const { fate, value, read } = make();
          const argument = places.reduce((inner, way) => (PLACES[way] ?? expect.unreachable())(inner), value);
          const look = () => [view(before), view(argument), view(read?.())];
          const original = look();
          const likeness = [view(before, false), view(argument, false)];
          const given: unknown[] = [];
          const control = (_: unknown, one: unknown) => [one === argument, ...look()];
          const candidate = (one: unknown, two: unknown) => {
            given.push([view(one, false), view(two, false)], two);
            vandalize([one, two]);
          };
          const candidates = second ? { one: candidate, two: candidate } : { one: candidate };
          const laboratory = new Laboratory();
          const options = { ...mode, copyBudget: 1_000, recheck: true, noise: 100, control, candidates };
          expect(await laboratory.call(options, undefined, before, argument)).toEqual([true, ...original]);
          await laboratory.settled();
          expect(look()).toEqual(original);

          fates.set(fate, (fates.get(fate) ?? 0) + 1);
          if (fate === 'refused') {
            expect([given, [...laboratory.skipped]]).toEqual([[], [['liveArguments', 1]]]);
            const [failure] = laboratory.failures;
            expect((failure?.error as StudiesError).message).toContain('argument 2');
            return;
          }
          expect(laboratory.skipped.size).toBe(0);
          expect(given.length).toBe(second ? 4 : 2);
          // Copies look like the originals.
          expect(given[0]).toEqual(likeness);
          if (places.length === 0) expect(given[1] === argument).toBe(fate === 'shared');
        }),
        { numRuns: 1_000 },
      );
      expect([...fates.keys()].sort()).toEqual(['copied', 'refused', 'shared']);
    },
  );

  it.each(Object.keys(VALUES))('%s is copied, shared or refused as this test says', async (name) => {
    const { fate, value } = (VALUES[name] ?? expect.unreachable())();
    const laboratory = new Laboratory();
    const given: unknown[] = [];
    await laboratory.call(
      { copyBudget: 1_000, control: (_: unknown) => 1, candidate: (one) => given.push(one) },
      undefined,
      value,
    );
    await laboratory.settled();
    expect(given.length).toBe(fate === 'refused' ? 0 : 1);
    if (fate !== 'refused') expect(given[0] === value).toBe(fate === 'shared');
  });
});
