import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { inspect, types } from 'node:util';
import fc from 'fast-check';
import { isObservable, Observable, of, throwError } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ExperimentOptions } from '../../lib/experiment/experiment.options.js';
import type { RunMode } from '../../lib/experiment/option-types.js';
import { Laboratory } from '../unit/harness.js';

/** What the caller sees of a call: which kind of thing it gave, and what came of it. */
type Seen = { how: 'sync' | 'promise' | 'observable'; outcome: 'gave' | 'threw' | 'never'; what?: unknown; items?: unknown[] };

const failure = new Error('of the behaviour');
const trapped = new Error('trap');
const cyclic: Record<string, unknown> = { name: 'cyclic' };
cyclic['self'] = cyclic;
const unreadable = Object.defineProperty({}, 'value', {
  enumerable: true,
  get() {
    throw new Error('getter');
  },
});
const hostile = new Proxy(
  {},
  {
    get() {
      throw trapped;
    },
    ownKeys() {
      throw trapped;
    },
    getPrototypeOf() {
      throw trapped;
    },
  },
);
const huge = 'x'.repeat(50 * 1024 * 1024);

const VALUES: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  zero: 0,
  'minus zero': -0,
  NaN: NaN,
  'empty string': '',
  false: false,
  'a list': [1, { two: 2 }],
  BigInt: 10n,
  'a cycle': cyclic,
  'a function': () => 1,
  'a getter that throws': unreadable,
  'a Proxy whose traps throw': hostile,
  'a 50 MB string': huge,
  'a Map': new Map([[{ key: 1 }, new Set([1])]]),
  'a date': new Date(0),
  binary: Buffer.from('bytes'),
  'an error as a value': failure,
  'a symbol': Symbol.for('value'),
};

/** Behaviours by what they do; each is made anew, and what it gives is the same each time. */
const ENDINGS: Record<string, (value: unknown) => (...args: unknown[]) => unknown> = {
  returns: (value) => () => value,
  throws: () => () => {
    throw failure;
  },
  'throws undefined': () => () => {
    throw undefined;
  },
  'throws 0': () => () => {
    throw 0;
  },
  resolves: (value) => async () => value,
  'resolves later': (value) => () => new Promise((resolve) => setTimeout(resolve, 1, value)),
  rejects: () => async () => {
    throw failure;
  },
  'rejects with undefined': () => () => Promise.reject(undefined),
  'throws synchronously from an async signature': () => (): Promise<unknown> => {
    throw failure;
  },
  'never settles': () => () => new Promise(() => {}),
  'is a lazy thenable': (value) => () => ({
    then: (resolve: (value: unknown) => unknown) => resolve(value),
  }),
  emits: (value) => () => of(1, value, 3),
  'emits and errors': (value) => () =>
    new Observable((subscriber) => {
      subscriber.next(value);
      subscriber.error(failure);
    }),
  'errors without emitting': () => () => throwError(() => failure),
  'mutates its arguments':
    (value) =>
    (...args) => {
      const [list] = args as [unknown[] | undefined];
      list?.push('mutated');
      return value;
    },
};

const late = new Error('of what was left behind');
const fails = () => {
  throw late;
};

/** Node puts off telling of rejections for a turn where a tick has thrown: so some turns have to pass until one is handled late. */
function inTurns(turns: number, act: () => void): void {
  if (turns === 0) act();
  else setImmediate(inTurns, turns - 1, act);
}

/** What candidates leave behind, which fails later: all but nothing fails once. */
const LEFT: Record<string, () => unknown> = {
  nothing: () => undefined,
  'a rejection': () => void Promise.reject(late),
  'a rejection that is handled late': () => {
    const rejected = Promise.reject(late);
    inTurns(10, () => void rejected.catch(() => undefined));
  },
  'a timer': () => void setTimeout(fails, 1),
  'an immediate': () => void setImmediate(fails),
  'a tick': () => process.nextTick(fails),
  'a microtask': () => queueMicrotask(fails),
  'an emitter': () => void setImmediate(() => new EventEmitter().emit('error', late)),
};

const MODES: RunMode[] = ['shadow', 'parallel', 'serial'];

/** @param patience how long what has not settled is waited for, in ms */
async function look(call: () => unknown, patience = 150): Promise<Seen> {
  let given: unknown;
  try {
    given = call();
  } catch (error) {
    return { how: 'sync', outcome: 'threw', what: error };
  }
  if (given === hostile) return { how: 'sync', outcome: 'gave', what: given };
  if (isObservable(given)) {
    const items: unknown[] = [];
    return new Promise((resolve) => {
      given.subscribe({
        next: (item) => items.push(item),
        error: (error: unknown) => resolve({ how: 'observable', outcome: 'threw', what: error, items }),
        complete: () => resolve({ how: 'observable', outcome: 'gave', items }),
      });
    });
  }
  const isPromise = typeof (given as { then?: unknown } | null | undefined)?.then === 'function';
  if (!isPromise) return { how: 'sync', outcome: 'gave', what: given };
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<Seen>((resolve) => {
    timer = setTimeout(resolve, patience, { how: 'promise', outcome: 'never' });
  });
  const seen = Promise.resolve(given).then(
    (what): Seen => ({ how: 'promise', outcome: 'gave', what }),
    (what: unknown): Seen => ({ how: 'promise', outcome: 'threw', what }),
  );
  return Promise.race([seen, never]).finally(() => clearTimeout(timer));
}

const strays: unknown[] = [];
const stray = (error: unknown) => strays.push(error);

describe('whatever the candidate does, the caller gets what the control alone would give', () => {
  beforeAll(() => {
    process.on('uncaughtException', stray);
    process.on('unhandledRejection', stray);
    process.on('rejectionHandled', stray);
  });
  afterAll(() => {
    process.off('uncaughtException', stray);
    process.off('unhandledRejection', stray);
    process.off('rejectionHandled', stray);
  });

  const behaviour = fc
    .tuple(fc.constantFrom(...Object.keys(ENDINGS)), fc.constantFrom(...Object.keys(VALUES)))
    .map(([ending, value]) => ({ ending, value, toString: () => `${ending} ${value}` }));

  const candidates = fc.array(fc.tuple(behaviour, fc.constantFrom(...Object.keys(LEFT))), { minLength: 1, maxLength: 2 });
  const again = fc.record({ recheck: fc.boolean(), noise: fc.constantFrom(0, 100) });

  it.each(MODES)('in %s mode, for every mix of control and candidate', { timeout: 120_000 }, async (mode) => {
    let thrown = 0;
    const laboratories: Laboratory[] = [];
    await fc.assert(
      fc.asyncProperty(behaviour, candidates, again, async (control, candidates, again) => {
        const laboratory = new Laboratory({ late: true });
        laboratories.push(laboratory);
        const make = ({ ending, value }: { ending: string; value: string }) => (ENDINGS[ending] ?? fail)(VALUES[value]);
        const leaving = ([candidate, left]: (typeof candidates)[number]) => {
          const ends = make(candidate);
          return (...args: unknown[]) => {
            if (left !== 'nothing') thrown += 1;
            (LEFT[left] ?? fail)();
            return ends(...args);
          };
        };
        const options: ExperimentOptions = { mode, timeout: 20, ...again };
        const plainArgs = [['argument']];
        const experimentArgs = [['argument']];

        const plain = await look(() => make(control)(...plainArgs));
        const seen = await look(() =>
          laboratory.call(
            {
              ...options,
              control: make(control),
              candidates: Object.fromEntries(candidates.map((candidate, index) => [`candidate ${index}`, leaving(candidate)])),
            },
            undefined,
            ...experimentArgs,
          ),
        );
        await laboratory.settled();

        expect(seen.how).toBe(plain.how);
        expect(seen.outcome).toBe(plain.outcome);
        expect(Object.is(seen.what, plain.what)).toBe(true);
        expect(seen.items?.length).toBe(plain.items?.length);
        expect(seen.items?.every((item, index) => Object.is(item, plain.items?.[index])) ?? true).toBe(true);
        expect(experimentArgs).toEqual(plainArgs);
        expect(strays).toEqual([]);
      }),
      { numRuns: 200 },
    );
    const told = () => laboratories.flatMap(({ failures }) => failures).filter(({ error }) => error === late);
    await vi.waitFor(() => expect(told()).toHaveLength(thrown), 60_000);
    expect(thrown).toBeGreaterThan(0);
    expect(strays).toEqual([]);
  });

  it('runs every ending of a control beside every ending of a candidate, in every mode', { timeout: 120_000 }, async () => {
    const { 'never settles': never, 'is a lazy thenable': lazy } = ENDINGS;
    const laboratory = new Laboratory();
    const calls: Promise<void>[] = [];
    for (const mode of MODES) {
      for (const [controlEnding, control] of Object.entries(ENDINGS)) {
        for (const [candidateEnding, candidate] of Object.entries(ENDINGS)) {
          const name = `${mode}: ${controlEnding} / ${candidateEnding}`;
          const run = async () => {
            const plain = await look(control(7), 5_000);
            const seen = await look(
              () => laboratory.call({ name, mode, timeout: 20, control: control(7), candidate: candidate(7) }),
              5_000,
            );
            expect({ name, seen }).toEqual({ name, seen: plain });
            await laboratory.settled();
            // What never settles is never compared, and a lazy thenable is its caller's to start.
            const expected = control === never || control === lazy ? 0 : 1;
            expect({ name, published: laboratory.results.filter((result) => result.experiment === name).length }).toEqual({
              name,
              published: expected,
            });
          };
          calls.push(run());
        }
        // So many calls in one turn would be more than are prepared in it.
        await laboratory.settled();
      }
    }
    await Promise.all(calls);
    expect(strays).toEqual([]);
  });
});

/** Arguments by what they are; each is made anew for every call. */
const ARGUMENTS: Record<string, (log: unknown[]) => unknown> = {
  nothing: () => undefined,
  'a list': () => [1, 2, 3],
  'a record': () => ({ items: [{ n: 1 }], at: new Date(0), name: 'a' }),
  'a map of sets': () => new Map([['a', new Set([1, 2])]]),
  'an instance': () => new Basket([1, 2]),
  'binary data': () => Buffer.from([1, 2, 3]),
  'a generator': () => numbers(),
  'an async generator': () => later(),
  'an iterator of a map': () =>
    new Map([
      [1, 2],
      [3, 4],
    ]).values(),
  'a stream': () => Readable.from([1, 2, 3]),
  'a web stream': () => Readable.toWeb(Readable.from([1, 2, 3])),
  'a callback': (log) => (value: unknown) => log.push(value),
  'an object with a callback': (log) => ({ id: 1, done: (value: unknown) => log.push(value) }),
  'a signal': () => new AbortController().signal,
  'an emitter': (log) => new EventEmitter().on('done', (value) => log.push(value)),
  'a socket': () => new Socket(),
  'a mock': () => new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : () => 1) }),
  'a frozen list': () => Object.freeze([Object.freeze({ n: 1 })]),
  'a list of 20 000': () => Array.from({ length: 20_000 }, (_, n) => ({ n })),
  'a record of 5 000': () => Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, n])),
  'a shared structure': () => Array.from({ length: 12 }).reduce<object>((inner) => ({ a: inner, b: inner }), { n: 1 }),
};

class Basket {
  constructor(readonly items: number[]) {}

  first() {
    return this.items[0];
  }
}

function* numbers() {
  for (let n = 0; n < 5; n += 1) yield n;
}

async function* later() {
  for (let n = 0; n < 5; n += 1) {
    await Promise.resolve();
    yield n;
  }
}

/** Does with an argument what its kind is for, and tells what came of it. */
async function used(argument: unknown, says: string): Promise<unknown> {
  if (typeof argument === 'function') return void (argument as (value: string) => unknown)(says);
  if (typeof argument !== 'object' || argument === null) return argument;
  if (types.isProxy(argument)) return 'a mock';
  if (argument instanceof EventEmitter && !(argument instanceof Readable)) argument.emit('done', says);
  if (argument instanceof Socket) return argument.destroyed;
  if (argument instanceof AbortSignal) return argument.aborted;
  if ('done' in argument && typeof argument.done === 'function') (argument.done as (value: string) => unknown)(says);
  if (Symbol.asyncIterator in argument || ('next' in argument && Symbol.iterator in argument)) {
    const given: unknown[] = [];
    for await (const item of argument as AsyncIterable<unknown>) given.push(item);
    return given;
  }
  return JSON.stringify(argument instanceof Map ? [...argument.keys()] : argument).length;
}

/** Tells what the caller can see of an argument when all is over. */
function stateOf(argument: unknown): unknown {
  if (types.isProxy(argument)) return 'a mock';
  if (argument instanceof Readable || argument instanceof Socket) return [argument.destroyed, 'spoiled' in argument];
  if (argument instanceof EventEmitter) return [argument.listenerCount('done'), 'spoiled' in argument];
  return Array.isArray(argument) ? argument.length : inspect(argument);
}

/** Does the worst with an argument, as a careless candidate would. */
async function spoiled(argument: unknown): Promise<unknown> {
  const did = await used(argument, 'by the candidate').catch(() => undefined);
  if (typeof argument !== 'object' || argument === null || types.isProxy(argument)) return did;
  if (argument instanceof Readable || argument instanceof Socket) argument.destroy();
  if (argument instanceof EventEmitter) argument.removeAllListeners();
  if (argument instanceof Map) argument.clear();
  if (Array.isArray(argument) && Object.isExtensible(argument)) argument.length = 0;
  if (argument instanceof Basket) argument.items.length = 0;
  if (Buffer.isBuffer(argument)) argument.fill(0);
  if (Object.isExtensible(argument)) Object.assign(argument, { spoiled: true });
  return did;
}

describe('whatever a candidate does with its arguments and its context, its caller sees nothing of it', () => {
  const tenants = new AsyncLocalStorage<{ name: string }>();
  const AMBIENTS: Record<string, (act: () => Promise<unknown>) => Promise<unknown>> = {
    'no store': (act) => act(),
    'a store': (act) => tenants.run({ name: 'caller' }, act),
    'a store that was entered': (act) =>
      tenants.exit(async () => {
        tenants.enterWith({ name: 'caller' });
        return act();
      }),
  };

  it.each(MODES)('in %s mode', { timeout: 120_000 }, async (mode) => {
    const call = fc.record({
      argument: fc.constantFrom(...Object.keys(ARGUMENTS)),
      other: fc.constantFrom(...Object.keys(ARGUMENTS)),
      ambient: fc.constantFrom(...Object.keys(AMBIENTS)),
      order: fc.constantFrom('controlFirst' as const, 'controlLast' as const),
      candidates: fc.integer({ min: 1, max: 2 }),
      noise: fc.constantFrom(0, 100),
    });
    const strays: unknown[] = [];
    const stray = (error: unknown) => strays.push(error);
    process.on('unhandledRejection', stray);
    await fc.assert(
      fc.asyncProperty(call, async ({ argument, other, ambient, order, candidates, noise }) => {
        const laboratory = new Laboratory();
        const tell = async (isSampled: boolean) => {
          const log: unknown[] = [];
          const args = [argument, other].map((kind) => ARGUMENTS[kind]?.(log));
          const control = async (...given: unknown[]) => {
            const did = [given.every((one, index) => one === args[index])];
            for (const one of given) did.push((await used(one, 'by the control')) as boolean);
            return [did, tenants.getStore()?.name];
          };
          const candidate = async (...given: unknown[]) => {
            tenants.enterWith({ name: 'of the candidate' });
            for (const one of given) await spoiled(one);
            tenants.enterWith({ name: 'of the candidate, later' });
            return [];
          };
          const named = Object.fromEntries(Array.from({ length: candidates }, (_, index) => [`c${index}`, candidate]));
          const gave = await (AMBIENTS[ambient] ?? fail)(async () => {
            const gave = isSampled
              ? await laboratory.call({ mode, order, noise, timeout: 1_000, control, candidates: named }, undefined, ...args)
              : await control(...args);
            await laboratory.settled();
            return [gave, tenants.getStore()?.name];
          });
          for (let turn = 0; turn < 3; turn += 1) await laboratory.settled();
          return {
            gave,
            log,
            args: args.map(stateOf),
          };
        };
        expect(await tell(true)).toEqual(await tell(false));
        expect(strays).toEqual([]);
      }),
      { numRuns: 60 },
    );
    process.off('unhandledRejection', stray);
  });
});

function fail(): never {
  throw new Error('There is no such ending.');
}
