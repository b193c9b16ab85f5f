import { EventEmitter } from 'node:events';
import { createHash, createSecretKey } from 'node:crypto';
import { Readable } from 'node:stream';
import util from 'node:util';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { EqualityRules, type StatedRule } from '../../lib/values/equality-rules.js';
import { compared } from '../support/compared.js';
import { Laboratory, type Given } from './harness.js';

/** Amount that nobody sees from outside. */
class Money {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  equals(other: Money): boolean {
    return this.#cents === other.#cents;
  }
}
class Price extends Money {
  readonly currency = 'EUR';
}
class ListOfMoney extends Array<unknown> {
  readonly #sum = 1;
  sum() {
    return this.#sum;
  }
}
class DatedMoney extends Date {
  readonly #cents = 1;
  cents() {
    return this.#cents;
  }
}
class FailureOfMoney extends Error {
  readonly #cents = 1;
  cents() {
    return this.#cents;
  }
}
const amounts = new WeakMap<object, number>();
class Weak {
  readonly currency = 'EUR';
  constructor(cents: number) {
    amounts.set(this, cents);
  }
  get cents() {
    return amounts.get(this);
  }
}
const register = (instance: object, cents: number) => void amounts.set(instance, cents);
class Elsewhere {
  constructor(cents: number) {
    register(this, cents);
  }
  get cents() {
    return amounts.get(this);
  }
}
class Closing {
  readonly read: () => number;
  constructor(cents: number) {
    this.read = () => cents;
  }
}
function Old(this: object, cents: number) {
  amounts.set(this, cents);
}
Old.prototype.currency = 'EUR';

/** Makers of objects whose state can't be read, for a number that it depends on. */
const HIDING: Readonly<Record<string, (cents: number) => unknown>> = {
  'a private field': (cents) => new Money(cents),
  'a private field of a class that is extended': (cents) => new Price(cents),
  'a private field of a list': () => ListOfMoney.from([1]),
  'a private field of a date': () => new DatedMoney(0),
  'a private field of an error': () => new FailureOfMoney('a'),
  'a WeakMap': (cents) => new Weak(cents),
  'a WeakMap that another function fills': (cents) => new Elsewhere(cents),
  'a WeakMap, of a class of the old kind': (cents) => Reflect.construct(Old, [cents]) as unknown,
  'a closure': (cents) => new Closing(cents),
  'a function': (cents) => () => cents,
  'a bound function': (cents) => Number.prototype.toFixed.bind(cents),
  'a promise': (cents) => Promise.resolve(cents),
  'a generator': (cents) =>
    (function* () {
      yield cents;
    })(),
  'an iterator of a list': (cents) => [cents].values(),
  'an iterator of a map': (cents) => new Map([[cents, cents]]).entries(),
  'a WeakMap as such': () => new WeakMap(),
  'a WeakSet as such': () => new WeakSet(),
  'a WeakRef': (cents) => new WeakRef({ cents }),
  'a Blob': (cents) => new Blob([String(cents)]),
  'a File': (cents) => new File([String(cents)], 'a.txt'),
  'a hash': (cents) => createHash('sha256').update(String(cents)),
  'a stream': (cents) => Readable.from([cents]),
  'an emitter with listeners': (cents) => new EventEmitter().on('a', () => cents),
  'a Proxy of a Map': (cents) => new Proxy(new Map([[cents, cents]]), {}),
  'an AbortSignal': () => new AbortController().signal,
  'a TextDecoder': () => new TextDecoder(),
};

/** Makers of objects of the platform, for a number that their content depends on. */
const READABLE: Readonly<Record<string, (id: number) => unknown>> = {
  URL: (id) => new URL(`http://localhost/${id}`),
  URLSearchParams: (id) => new URLSearchParams([['a', String(id)]]),
  Headers: (id) => new Headers({ etag: String(id) }),
  FormData: (id) => {
    const data = new FormData();
    data.append('a', String(id));
    return data;
  },
  'a Blob of another size': (id) => (id === 1 ? new Blob(['a']) : new Blob(['ab'])),
  MIMEType: (id) => new util.MIMEType(`text/plain; a=${id}`),
  'Intl.NumberFormat': (id) => new Intl.NumberFormat('en', { minimumFractionDigits: id }),
  'Intl.Collator': (id) => new Intl.Collator(id === 1 ? 'en' : 'de'),
  'Intl.Locale': (id) => new Intl.Locale(id === 1 ? 'en' : 'de'),
  DOMException: (id) => new DOMException(String(id), 'AbortError'),
  KeyObject: (id) => createSecretKey(Buffer.from([id])),
  'a date': (id) => new Date(id),
  'a regular expression that has matched': (id) => Object.assign(/a/g, { lastIndex: id }),
  'a DataView': (id) => new DataView(new Uint8Array([id]).buffer),
  'a SharedArrayBuffer': (id) => new SharedArrayBuffer(id),
  'a BigInt64Array': (id) => new BigInt64Array([BigInt(id)]),
  'a boxed symbol': (id) => Object(Symbol.for(String(id))) as unknown,
  'an error': (id) => new RangeError(String(id)),
  'an AggregateError': (id) => new AggregateError([new Error(String(id))], 'all'),
  'an object of another realm': (id) => runInNewContext(`({ a: ${id}, b: [new Map([[1, ${id}]])] })`, REALM) as unknown,
  'an instance with a property that is not enumerable': (id) => Object.defineProperty(new Listed(1), 'id', { value: id }),
};
class Numbers extends Array<number> {}
const REALM = {};
class Listed {
  constructor(readonly one: number) {}
  get all() {
    return [this.one];
  }
}

const { around } = fc.letrec<{ around: (part: unknown) => unknown }>((tie) => {
  const inner = tie('around') as fc.Arbitrary<(part: unknown) => unknown>; // as declared
  return {
    around: fc.oneof(
      { maxDepth: 4 },
      fc.constant((part: unknown) => part),
      inner.map((make) => (part: unknown) => ({ a: 1, part: make(part) })),
      inner.map((make) => (part: unknown) => [1, make(part), 2]),
      inner.map((make) => (part: unknown) => [...Array.from({ length: 40 }, (_, index) => index), make(part)]),
      inner.map((make) => (part: unknown) => new Map([['a', make(part)]])),
      inner.map((make) => (part: unknown) => new Map([[{ b: 1, c: make(part) }, 1]])),
      inner.map((make) => (part: unknown) => new Set([1, { b: make(part) }])),
      inner.map((make) => (part: unknown) => new Set([make(part)])),
      inner.map((make) => (part: unknown) => new Map([[make(part), 1]])),
      inner.map((make) => (part: unknown) => new Listed(make(part) as number)),
      inner.map((make) => (part: unknown) => new Error('a', { cause: make(part) })),
      inner.map((make) => (part: unknown) => Object.assign(new Map(), { part: make(part) })),
    ),
  };
});

describe('what can’t be looked into', () => {
  it.each(Object.entries(HIDING))('is neither equal nor different: %s', (_, make) => {
    for (const [one, other] of [
      [make(1), make(1)],
      [make(1), make(2)],
    ]) {
      expect(compared(one, other).equality).toBe('notComparable');
      expect(compared(one, one).equality).toBe('equal');
      expect(compared([one], { a: other }).equality).toBe('different');
    }
  });

  it('is so wherever it is in a value, unless both sides have the same one, or something else differs', () => {
    const kinds = fc.constantFrom(...Object.values(HIDING));
    fc.assert(
      fc.property(around, kinds, fc.constantFrom(1, 2), fc.integer({ min: 1, max: 40 }), (place, make, cents, piece) => {
        const [one, other] = [make(1), make(cents)];
        expect(compared(place(one), place(other), { piece }).equality).toBe('notComparable');
        expect(compared(place(one), place(one), { piece }).equality).toBe('equal');
        expect(compared({ a: place(one), b: 1 }, { a: place(other), b: 2 }, { piece }).equality).toBe('different');
        expect(compared({ b: 1, a: place(one) }, { b: 2, a: place(other) }, { piece }).equality).toBe('different');
      }),
      { numRuns: 1_000 },
    );
  });

  it('can be left out', () => {
    expect(compared({ a: 1, total: new Money(1) }, { a: 1, total: new Money(2) }, { paths: ['$.total'] }).equality).toBe('equal');
  });
});

describe('objects of the language and the platform', () => {
  it.each(Object.entries(READABLE))('are compared by their content: %s', (name, make) => {
    const whole = !name.startsWith('a Blob');
    if (whole) expect(compared([make(1)], [make(1)])).toMatchObject({ equality: 'equal', obstacle: undefined });
    expect(compared([make(1)], [make(2)]).equality).toBe('different');
    if (whole) expect(compared(new Set([make(1), make(2)]), new Set([make(2), make(1)])).equality).toBe('equal');
    expect(compared(new Set([make(1)]), new Set([make(2)])).equality).toBe('different');
  });

  it('are equal where nobody can tell them apart: dates that are none', () => {
    expect(compared(new Date(NaN), new Date(NaN)).equality).toBe('equal');
  });
});

const rules = (...stated: StatedRule[]) => EqualityRules.of(stated);
const ofMoney = [Money, (one: Money, other: Money) => one.equals(other)] as unknown as StatedRule; // a rule of a class

describe('an equality that is stated for a class', () => {
  it('decides wherever its instances are, also those of classes that extend it', () => {
    fc.assert(
      fc.property(around, fc.constantFrom(1, 2), fc.boolean(), fc.integer({ min: 1, max: 40 }), (place, cents, sub, piece) => {
        const make = (of: number) => (sub ? new Price(of) : new Money(of));
        expect(compared(place(make(1)), place(make(cents)), { piece, rules: rules(ofMoney) }).equality).toBe(
          cents === 1 ? 'equal' : 'different',
        );
      }),
    );
  });

  it('does not decide about an instance and anything else', () => {
    expect(compared(new Money(1), {}, { rules: rules(ofMoney) }).equality).toBe('different');
  });

  it('finds equal members of sets that differ in all that can be read', () => {
    const ofListed: StatedRule = [Listed, () => true];
    const [one, other] = [new Set([new Listed(1), new Listed(2)]), new Set([new Listed(3), new Listed(4)])];
    expect(compared(one, other, { rules: rules(ofListed) }).equality).toBe('equal');
  });

  it('is that of the first class in the list', () => {
    const never: StatedRule = [Price, () => false];
    expect(compared(new Price(1), new Price(1), { rules: rules(ofMoney, never) }).equality).toBe('equal');
    expect(compared(new Price(1), new Price(1), { rules: rules(never, ofMoney) }).equality).toBe('different');
  });
});

describe('structural equality', () => {
  const structural = (one: unknown, other: unknown) => compared(one, other, { rules: rules('structural') }).equality;

  it.each<[string, unknown, unknown]>([
    ['an instance and a plain object', new Listed(1), { one: 1 }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
    ['a Buffer and a Uint8Array', Buffer.from('a'), new Uint8Array([97])],
    ['a boxed text and a text', { a: new String('a') }, { a: 'a' }],
    ['a list of a class and a list', new Numbers(1).fill(1), [1]],
    ['two functions', { a: () => 1 }, { a: () => 2 }],
  ])('leaves the class out: %s', (_, one, other) => {
    for (const [here, there] of [
      [one, other],
      [other, one],
      [new Set([one]), new Set([other])],
      [
        [1, [one]],
        [1, [other]],
      ],
    ])
      expect(structural(here, there)).toBe('equal');
  });

  it('still tells kinds apart, and finds what can’t be looked into', () => {
    expect(structural([], {})).toBe('different');
    expect(structural(new Map(), new Set())).toBe('different');
    expect(structural(new Date(0), {})).toBe('different');
    expect(structural(new Uint8Array(1), new Int8Array(1))).toBe('different');
    expect(structural(new URL('http://a'), {})).toBe('different');
    expect(structural(new Error('a'), { message: 'a' })).toBe('different');
    expect(structural(new Listed(1), { one: 2 })).toBe('different');
    expect(structural({ a: () => 1 }, { a: 1 })).toBe('different');
    expect(structural(new Money(1), {})).toBe('notComparable');
  });

  it('goes with the equality of classes', () => {
    const both = rules('structural', ofMoney);
    expect(compared([new Listed(1), new Money(1)], [{ one: 1 }, new Money(1)], { rules: both }).equality).toBe('equal');
    expect(compared([new Listed(1), new Money(1)], [{ one: 1 }, new Money(2)], { rules: both }).equality).toBe('different');
  });
});

describe('a run', () => {
  const returning = (control: unknown, candidate: unknown, more: Given = {}): Given => ({
    control: () => control,
    candidate: () => candidate,
    ...more,
  });
  const outcomeOf = async (given: Given) => {
    const laboratory = new Laboratory();
    laboratory.call(given);
    await laboratory.settled();
    return laboratory.results[0]?.candidates[0]?.outcome ?? [...laboratory.skipped.keys()][0];
  };
  const invoice = (cents: number) => ({ id: 1, total: new Money(cents) });
  const equality: Given['equality'] = [[Money, (one: Money, other: Money) => one.equals(other)]];

  it('whose values hold what can’t be looked into is skipped, which is told once, with the remedy', async () => {
    const laboratory = new Laboratory();
    for (let call = 0; call < 2; call += 1) laboratory.call(returning(invoice(100), invoice(999)));
    await laboratory.settled();
    expect(laboratory.results).toEqual([]);
    expect([...laboratory.skipped]).toEqual([['notComparable', 2]]);
    expect(laboratory.failures).toHaveLength(1);
    expect(String(laboratory.failures[0]?.error)).toMatch(
      /an instance of Money, .*"compare".*"clean".*"equality".*"ignorePaths"/u,
    );
  });

  it('is compared by what the experiment says', async () => {
    expect(await outcomeOf(returning(invoice(1), invoice(1), { equality }))).toBe('matched');
    expect(await outcomeOf(returning(invoice(1), invoice(2), { equality }))).toBe('mismatched');
    expect(await outcomeOf(returning(invoice(1), invoice(2), { compare: () => true }))).toBe('matched');
    expect(await outcomeOf(returning(invoice(1), invoice(2), { ignorePaths: ['$.total'] }))).toBe('matched');
    const clean = ({ id }: { id: number }) => ({ id });
    expect(await outcomeOf(returning(invoice(1), invoice(2), { clean }))).toBe('matched');
    expect(await outcomeOf(returning(invoice(1), { ...invoice(1), id: 2 }, { clean }))).toBe('mismatched');
    expect(await outcomeOf(returning({ a: new Listed(1) }, { a: { one: 1 } }, { equality: 'structural' }))).toBe('matched');
  });

  it('uses the rules of the module after those of the experiment', async () => {
    const laboratory = new Laboratory({ defaults: { equality } });
    const own = vi.fn(() => true);
    laboratory.call(returning(invoice(1), invoice(2), { name: 'module' }));
    laboratory.call(returning(invoice(1), invoice(2), { name: 'own', equality: [[Money, own]] }));
    await laboratory.settled();
    expect(laboratory.results.map(({ experiment, candidates }) => [experiment, candidates[0]?.outcome]).sort()).toEqual([
      ['module', 'mismatched'],
      ['own', 'matched'],
    ]);
    expect(own).toHaveBeenCalledTimes(1);
  });

  it('is different where an equality fails, which is reported, and charged to the candidate', async () => {
    const laboratory = new Laboratory();
    for (const areEqual of [
      () => {
        throw new Error('equality');
      },
      (): never => Promise.resolve(true) as never,
    ])
      laboratory.call(returning(invoice(1), invoice(1), { equality: [[Money, areEqual]] }));
    await laboratory.settled();
    expect(laboratory.results.map(({ candidates }) => candidates[0]?.outcome)).toEqual(['mismatched', 'mismatched']);
    expect(laboratory.failures.map(({ operation }) => operation)).toEqual(['equality', 'equality']);
  });

  it('calls an equality with the instance, and compares what can be read only once by it', async () => {
    class Cursor {
      constructor(readonly page: number) {}
      next() {
        return { done: true };
      }
      [Symbol.iterator]() {
        return this;
      }
    }
    const seen: unknown[] = [];
    const ofCursors: Given['equality'] = [
      [
        Cursor,
        function (this: unknown, one: Cursor, other: Cursor) {
          seen.push(this);
          return one.page === other.page;
        },
      ],
    ];
    const laboratory = new Laboratory();
    const self = {};
    laboratory.call(returning(new Cursor(1), new Cursor(1), { equality: ofCursors, name: 'one' }), self);
    laboratory.call(returning([new Cursor(1)], [new Cursor(2)], { equality: ofCursors, name: 'two' }), self);
    await laboratory.settled();
    expect(laboratory.results.map(({ candidates }) => candidates[0]?.outcome)).toEqual(['matched', 'mismatched']);
    expect(seen.every((one) => one === self)).toBe(true);
  });
});
