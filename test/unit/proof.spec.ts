import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { digestInput } from '../../lib/comparing/input-digest.js';
import { deferred } from '../support/deferred.js';
import { FULL, Laboratory, type Given } from './harness.js';

const SAME: Given = { control: (value: unknown) => value, candidate: (value: unknown) => value };

/** Calls an experiment once with each list of arguments, and returns the hashes of the inputs. */
async function inputsOf(given: Given, ...calls: unknown[][]): Promise<number[]> {
  const laboratory = new Laboratory();
  for (const args of calls) {
    await laboratory.call(given, undefined, ...args);
    await laboratory.settled();
  }
  expect(laboratory.proved).toHaveLength(calls.length);
  return laboratory.proved.map(({ run }) => run.input);
}

describe('the input of a run', () => {
  it('is the same for equal arguments, and another for others', async () => {
    const values: unknown[] = [
      1,
      2,
      -1,
      0.5,
      '1',
      'a',
      'b',
      true,
      false,
      null,
      undefined,
      1n,
      [],
      {},
      [1],
      [[1]],
      [1, 2],
      [2, 1],
    ];
    values.push(
      { a: 1 },
      { a: 2 },
      { b: 1 },
      { a: { b: 1 } },
      new Date(1),
      new Date(2),
      new Map([[1, 2]]),
      new Set([1]),
      new Set([2]),
    );
    values.push(
      'a'.repeat(1_000),
      'a'.repeat(1_001),
      Buffer.from('a'),
      Buffer.from('b'),
      /a/,
      /b/,
      new Error('a'),
      new Error('b'),
    );
    const first = await inputsOf(SAME, ...values.map((value) => [value]));
    expect(await inputsOf(SAME, ...values.map((value) => [structuredClone(value)]))).toEqual(first);
    expect(new Set(first).size).toBe(values.length);
    const [ab, ba] = await inputsOf(SAME, [{ a: 1, b: 2 }], [{ b: 2, a: 1 }]);
    expect(ab).toBe(ba);
  });

  it('is read within bounds, and runs no code of the arguments', () => {
    const getter = vi.fn();
    const trapped = new Proxy({}, { ownKeys: getter, getOwnPropertyDescriptor: getter, get: getter });
    const own = Object.defineProperty({ deep: { trapped } }, 'own', { get: getter, enumerable: true });
    digestInput([own, [own], new Map([[own, trapped]])]);
    expect(getter).not.toHaveBeenCalled();
    const cyclic: unknown[] = [1];
    cyclic.push(cyclic, ...Array.from({ length: 1_000 }, () => cyclic));
    const texts = Array.from({ length: 100_000 }, (_, index) => 'y'.repeat(index % 1_000));
    const began = performance.now();
    digestInput([cyclic, 'x'.repeat(10_000_000), texts]);
    expect(performance.now() - began).toBeLessThan(100);
  });

  it('ends also where a list has millions of holes, or accessors: they are parts too', () => {
    const holes = (last: number) => Object.assign([] as number[], { 5: 1, 4_000_000: last });
    for (const isPlain of [true, false]) expect(digestInput([holes(1)], isPlain)).toBe(digestInput([holes(2)], isPlain));
    const hidden = (last: number) =>
      Object.defineProperties(
        new Array<number>(200).fill(last),
        Object.fromEntries(Array.from({ length: 150 }, (_, nth) => [nth, { get: () => 1 }])),
      );
    expect(digestInput([hidden(1)])).toBe(digestInput([hidden(2)]));
  });

  it('is the same of ordinary data, whether that is known to be ordinary or not', () => {
    const holes = [1, undefined, 3];
    Reflect.deleteProperty(holes, 1);
    const deep = Array.from({ length: 20 }).reduce((inner) => ({ inner, list: [inner] }), 1);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.bigInt(), fc.constant(holes), fc.constant(deep))),
        (values) => {
          expect(digestInput(values, true)).toBe(digestInput(values));
        },
      ),
    );
  });

  it('is of no bytes, and ends nothing, where binary data was taken away, with the arguments themselves too', async () => {
    const taken = [
      (buffer: ArrayBuffer) => buffer,
      (buffer: ArrayBuffer) => new Uint8Array(buffer),
      (buffer: ArrayBuffer) => new DataView(buffer),
    ].map((make) => {
      const buffer = new ArrayBuffer(8);
      const value = make(buffer);
      structuredClone(buffer, { transfer: [buffer] });
      return value;
    });
    class Odd extends Uint8Array {
      override get byteLength(): number {
        throw new Error('code of the value');
      }
    }
    const given = { control: () => 1, candidate: () => 1 };
    for (const isolate of ['copy', 'none'] as const)
      for (const mode of ['shadow', 'parallel', 'serial'] as const)
        for (const value of [...taken, new Odd(4)]) {
          const laboratory = new Laboratory();
          expect(laboratory.call({ ...given, mode, isolate }, undefined, value)).toBe(1);
          await laboratory.settled();
          expect([isolate, mode, ...laboratory.failures.map(({ error }) => String(error))]).toEqual([isolate, mode]);
          expect(laboratory.proved.length).toBe(1);
        }
  });

  it('is not read of objects with very many properties, which may come without a copy', () => {
    const make = (value: number) => Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`name${index}`, value]));
    expect(digestInput([make(1)])).toBe(digestInput([make(2)]));
  });

  it('is what the control gives, where there are no arguments', async () => {
    let value = 0;
    const given = { control: () => value >> 1, candidate: () => 0, compare: () => true };
    const laboratory = new Laboratory();
    for (; value < 4; value += 1) {
      laboratory.call(given);
      await laboratory.settled();
    }
    const [one, again, other] = laboratory.proved.map(({ run }) => run.input);
    expect(one).toBe(again);
    expect(one).not.toBe(other);
  });

  it('is what "coverage" says, with the candidates’ arguments, before they run', async () => {
    const coverage = vi.fn(function (this: unknown, { kind }: { kind: string }) {
      return kind === 'none' ? undefined : kind;
    });
    const given = { ...SAME, coverage: coverage as NonNullable<Given['coverage']> };
    const args = ['a', 'a', 'b', 'none', 'none'].map((kind, id) => [{ kind, id }]);
    const [a, again, b, none, other] = await inputsOf(given, ...args);
    expect(a).toBe(again);
    expect(new Set([a, b, none, other]).size).toBe(4);
  });

  it('is the arguments where "coverage" throws, and that is reported', async () => {
    const laboratory = new Laboratory();
    const coverage = () => {
      throw new Error('no key');
    };
    for (const value of [1, 1, 2]) laboratory.call({ ...SAME, coverage }, undefined, value);
    await laboratory.settled();
    expect(laboratory.failures.map(({ operation }) => operation)).toEqual(['coverage', 'coverage', 'coverage']);
    const [one, again, other] = laboratory.proved.map(({ run }) => run.input);
    expect(one).toBe(again);
    expect(one).not.toBe(other);
    expect(laboratory.results.every(({ matched }) => matched)).toBe(true);
  });
});

describe('a run shows', () => {
  const fail = () => {
    throw new Error('down');
  };
  class Money {
    #cents: number;
    constructor(cents: number) {
      this.#cents = cents;
    }
    toString() {
      return `${this.#cents}`;
    }
  }
  const EQUAL: Given = { control: () => ({ a: 1 }), candidate: () => ({ a: 1 }) };

  it.each<[string, Given, string[]]>([
    ['the same', { control: () => 1, candidate: () => 1 }, ['same']],
    ['a difference', { control: () => 1, candidate: () => 2 }, ['differs']],
    ['an error as a difference', { control: () => 1, candidate: fail }, ['differs']],
    ['a missing error as a difference', { control: fail, candidate: () => 1 }, ['differs']],
    ['nothing where both threw the same', { control: fail, candidate: fail }, ['bothThrew']],
    [
      'nothing where all is left out',
      { control: () => ({ a: 1 }), candidate: () => ({ a: 2 }), ignorePaths: ['$.a'] },
      ['nothingLeft'],
    ],
    ['nothing where all is left out of equal values', { ...EQUAL, ignorePaths: ['$.a'] }, ['nothingLeft']],
    ['the same where something is left', { ...EQUAL, ignorePaths: ['$.b'] }, ['same']],
    ['the same of empty lists', { control: () => [], candidate: () => [], ignorePaths: ['$[*].at'] }, ['same']],
    [
      'nothing of lists whose items are left out',
      { control: () => [], candidate: () => [1], ignorePaths: ['$[*]'] },
      ['nothingLeft'],
    ],
    ['a difference where much is left out', { control: () => ({ a: 1 }), candidate: () => 1, ignorePaths: ['$.*'] }, ['differs']],
    ['what "compare" says', { control: () => 1, candidate: () => 2, compare: () => true }, ['same']],
    [
      'nothing where "clean" leaves nothing of what can’t be compared',
      { control: () => new Money(1), candidate: () => new Money(2), clean: () => undefined },
      ['nothingLeft'],
    ],
    [
      'what "clean" leaves of what can’t be compared',
      { control: () => new Money(1), candidate: () => new Money(1), clean: (value: unknown) => String(value) },
      ['same'],
    ],
    ['nothing where the difference is ignored', { control: () => 1, candidate: () => 2, ignore: () => true }, []],
  ])('%s', async (_, given, findings) => {
    const laboratory = new Laboratory();
    try {
      laboratory.call(given);
    } catch {
      // The control's error is its caller's.
    }
    await laboratory.settled();
    expect(laboratory.proved.flatMap(({ run }) => run.findings.map(({ finding }) => finding))).toEqual(findings);
  });

  it('nothing where an operator has left out all, with a result or without', async () => {
    for (const isKept of [true, false]) {
      const laboratory = new Laboratory({ ignorePaths: ['$.a'], ignoresMatches: true, isKept });
      laboratory.call(EQUAL);
      laboratory.call({ control: () => ({ a: 1, b: 1 }), candidate: () => ({ a: 2, b: 1 }) });
      await laboratory.settled();
      expect([isKept, laboratory.unpublished.length]).toEqual([isKept, isKept ? 0 : 1]);
      expect(laboratory.proved.map(({ run }) => run.findings[0]?.finding)).toEqual(['nothingLeft', 'same']);
    }
  });

  it('what it does when all that were started before have settled', async () => {
    const laboratory = new Laboratory();
    const slow = deferred<number>();
    const candidate = (value: number) => (value === 0 ? slow.promise : value);
    for (const value of [0, 1, 2]) laboratory.call({ control: (given: number) => given, candidate }, undefined, value);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([laboratory.results.length, laboratory.proved.length]).toEqual([2, 0]);
    slow.resolve(9);
    await laboratory.settled();
    expect(laboratory.proved.map(({ run }) => run.findings[0]?.finding)).toEqual(['differs', 'same', 'same']);
  });

  it('nothing of runs without a result, which keep no other waiting', async () => {
    const laboratory = new Laboratory();
    laboratory.call(
      {
        ...SAME,
        control: (value: unknown) =>
          (function* () {
            yield value;
          })(),
      },
      undefined,
      1,
    );
    laboratory.call(SAME, undefined, 2);
    await laboratory.settled();
    expect(laboratory.skipped.get('notComparable')).toBe(1);
    expect(laboratory.proved).toHaveLength(1);
  });

  it('nothing where nothing is recorded', async () => {
    const laboratory = new Laboratory();
    laboratory.call({ ...SAME, record: false }, undefined, 1);
    await laboratory.settled();
    expect(laboratory.proved).toEqual([]);
  });

  it('whom it was for, and whether all take part', async () => {
    for (const [percentEnabled, isForAll] of [
      [100, true],
      [99.99, false],
    ] as const) {
      const laboratory = new Laboratory({ gate: { ...FULL, percentEnabled, subjects: ['ann', 'bob'] } });
      const subject = (user: string) => user;
      for (const user of ['ann', 'bob', 'ann']) laboratory.call({ ...SAME, subject }, undefined, user);
      await laboratory.settled();
      const [ann, bob, again] = laboratory.proved.map(({ run }) => run);
      expect([ann?.isForAll, ann?.subject]).toEqual([isForAll, again?.subject]);
      expect(ann?.subject).toBeDefined();
      expect(bob?.subject).not.toBe(ann?.subject);
    }
  });
});
