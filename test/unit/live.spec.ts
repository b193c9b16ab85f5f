import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { opendirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PassThrough, Readable } from 'node:stream';
import DataLoader from 'dataloader';
import knex from 'knex';
import mongoose from 'mongoose';
import { Subject } from 'rxjs';
import { DataSource } from 'typeorm';
import { describe, expect, it, vi } from 'vitest';
import { StudiesError } from '../../lib/base/errors.js';
import { Laboratory } from './harness.js';

const { Client } = createRequire(import.meta.url)('pg') as { Client: new () => unknown }; // it has no types of its own

const MODES = ['shadow', 'parallel', 'serial'] as const;

class Holder {
  constructor(readonly raw: unknown) {}
  read() {
    return this.raw;
  }
}

class Secretive {
  readonly #state = [1];
  read() {
    return this.#state;
  }
}

class Several extends Array<unknown> {}

class Registered extends Map<unknown, unknown> {}

class Lazy {
  then(resolve: (value: number) => void) {
    resolve(1);
  }
}

function given(..._: unknown[]): unknown {
  // eslint-disable-next-line prefer-rest-params -- it is what is looked at
  return arguments;
}

const LIVE: Record<string, () => unknown> = {
  'a callback': () => () => undefined,
  'an async callback': () => async () => Promise.resolve(),
  'a bound function': () => console.log.bind(console),
  'a generator': () =>
    (function* () {
      yield 1;
    })(),
  'an async generator': () =>
    (async function* () {
      yield await Promise.resolve(1);
    })(),
  'an iterator of a list': () => [1].values(),
  'an iterator of a map': () => new Map([[1, 2]]).values(),
  'an iterator of a set': () => new Set([1]).values(),
  'a stream': () => Readable.from([1]),
  'a hash that is being made': () => createHash('sha256'),
  'a web stream': () => new ReadableStream(),
  'a transform of web streams': () => new TransformStream(),
  'a request': () => new Request('http://localhost', { method: 'POST', body: 'a' }),
  'a response': () => new Response('a'),
  'an emitter': () => new EventEmitter(),
  'an AbortSignal': () => new AbortController().signal,
  'an AbortController': () => new AbortController(),
  'a subject': () => new Subject(),
  'an instance that holds a stream': () => new Holder(new PassThrough()),
  'an instance that holds one in a list': () => new Holder([new PassThrough()]),
  'an instance that holds one deep in objects': () => new Holder({ a: { b: new Map([['c', [new PassThrough()]]]) } }),
  'an error that holds a stream': () => Object.assign(new Error('a'), { response: { body: new PassThrough() } }),
  'a list of a class that holds a callback': () => new Several(() => 1),
  'a map of a class that holds a stream': () => new Registered([['a', new PassThrough()]]),
  'the arguments of a function': () => given(() => 1),
  'a proxy': () => new Proxy({}, {}),
  'a proxy of a function': () => new Proxy(() => 1, {}),
  'a timer': () => setTimeout(() => 1, 1),
  'an immediate': () => setImmediate(() => 1),
  'a port': () => new MessageChannel().port1,
  'a channel': () => new MessageChannel(),
  'a broadcast channel': () => new BroadcastChannel('a'),
  'a folder that is being read': () => opendirSync('.'),
  'a reader of a web stream': () => new ReadableStream().getReader(),
  'a writer of a web stream': () => new WritableStream().getWriter(),
  'shared memory': () => new SharedArrayBuffer(1),
  'a DataLoader': () => new DataLoader((keys: readonly number[]) => Promise.resolve(keys)),
  'a thenable': () => new Lazy(),
  'a message that is acknowledged': () => ({ __proto__: { ack: () => undefined } }),
  'a query of knex': () => knex({ client: 'pg' })('a').select(),
  'a query of mongoose': () =>
    mongoose.model('A', new mongoose.Schema({ a: Number }), undefined, { overwriteModels: true }).find(),
  'a query that is being built': () => new DataSource({ type: 'better-sqlite3', database: ':memory:' }).createQueryBuilder(),
  'a client of a database': () => new Client(),
  'an instance that holds a function': () => new Holder(() => 1),
  'an instance that holds a proxy': () => new Holder(new Proxy({}, {})),
};

/** What is no data, but has nothing to use up or call back either. */
const UNCOPIED: Record<string, () => unknown> = {
  'a promise': () => Promise.resolve(1),
  'an instance with private state': () => new Secretive(),
  'an instance that holds one': () => new Holder(new Secretive()),
  'an instance with an accessor of its own': () => Object.defineProperty(new Holder(1), 'own', { get: () => 1 }),
  'an object with a getter': () => ({
    get a() {
      return 1;
    },
  }),
  'a weak map': () => new WeakMap(),
  'an object of a class behind a proxy': () => Object.create(new Proxy({}, {})) as unknown,
};

const DATA: Record<string, () => unknown> = {
  'a class': () => Holder,
  'a class of the language': () => Number,
  'an instance with methods': () => new Holder(1),
  'a date': () => new Date(0),
  'a buffer': () => Buffer.from('a'),
  'an error': () => new Error('a'),
  'an error with a cause': () => new Error('a', { cause: new TypeError('b') }),
  'a blob': () => new Blob(['a']),
  'a map': () => new Map([[1, 2]]),
};

describe.each(Object.entries({ ...LIVE, ...UNCOPIED }))('%s', (_, make) => {
  it.each<[string, (value: unknown) => unknown]>([
    ['is', (value) => value],
    ['in an object is', (value) => ({ options: { value } })],
    ['in a list is', (value) => [[value]]],
    ['in a map is', (value) => new Map([['key', value]])],
    ['in a set is', (value) => new Set([value])],
    ['in a frozen object is', (value) => Object.freeze({ value })],
  ])('%s never given to a candidate', async (_where, place) => {
    for (const mode of MODES) {
      const laboratory = new Laboratory();
      const candidate = vi.fn();
      const argument = place(make());
      const control = (_: unknown, given: unknown) => given === argument;
      expect(laboratory.call({ mode, control, candidate }, undefined, 1, argument)).toBe(true);
      await laboratory.settled();
      expect([candidate.mock.calls.length, laboratory.skipped.get('liveArguments')]).toEqual([0, 1]);
    }
  });
});

it('a callback of an object in a set is never given to a candidate', async () => {
  const laboratory = new Laboratory();
  const candidate = vi.fn();
  laboratory.call({ control: (_: unknown) => 1, candidate }, undefined, new Set([{ done: () => 1 }]));
  await laboratory.settled();
  expect([candidate.mock.calls.length, laboratory.skipped.get('liveArguments')]).toEqual([0, 1]);
});

it.each(Object.entries(DATA))('%s is given to candidates', async (_, make) => {
  const laboratory = new Laboratory();
  await laboratory.resultOf({ control: (_: unknown) => 1, candidate: () => 1 }, undefined, make());
  expect(laboratory.skipped.size).toBe(0);
});

describe('a call whose arguments live', () => {
  it('is told of once, with which argument it is, where, what, and what to do', async () => {
    const laboratory = new Laboratory();
    const call = () =>
      laboratory.call({ control: (..._: unknown[]) => 1, candidate: () => 1 }, undefined, 1, {
        options: { onProgress: () => 1 },
      });
    call();
    call();
    await laboratory.settled();
    expect(laboratory.skipped.get('liveArguments')).toBe(2);
    expect(laboratory.failures.map(({ operation }) => operation)).toEqual(['candidateArgs']);
    const error = laboratory.failures[0]?.error as StudiesError;
    expect(error.code).toBe('LIVE_ARGUMENTS');
    expect(error.message).toContain('argument 2, at ".options.onProgress", is a function');
    expect(error.message).toContain('"candidateArgs"');
  });

  it('is told of with the class that hides something', async () => {
    const laboratory = new Laboratory();
    laboratory.call({ control: (_: unknown) => 1, candidate: () => 1 }, undefined, new Holder([new Secretive()]));
    laboratory.call({ name: 'other', control: (_: unknown) => 1, candidate: () => 1 }, undefined, new Set([new Secretive()]));
    await laboratory.settled();
    expect(laboratory.failures.map(({ error }) => (error as StudiesError).message)).toEqual([
      expect.stringContaining('argument 1, at ".raw[0]", is an instance of Secretive, whose private state can\'t be copied.'),
      expect.stringContaining('argument 1 holds an instance of Secretive'),
    ]);
  });

  it('runs with instances of classes that "share" names, of the module or the experiment, and of their subclasses', async () => {
    class Money extends Secretive {}
    class Clock extends EventEmitter {}
    const laboratory = new Laboratory({ defaults: { share: [Secretive] } });
    for (const isolate of ['copy', 'none'] as const) {
      const args = [{ price: new Money(), tags: ['a'] }, new Clock(), [new Clock()]] as const;
      const given: unknown[] = [];
      const options = {
        isolate,
        share: [Clock],
        control: (..._: unknown[]) => 1,
        candidate: (...all: unknown[]) => given.push(all),
      };
      await laboratory.resultOf(options, undefined, ...args);
      const [[{ price, tags }, clock, [inner]]] = given as [[(typeof args)[0], Clock, Clock[]]]; // what it was called with
      expect([price === args[0].price, tags === args[0].tags]).toEqual([true, isolate === 'none']);
      expect([clock === args[1], inner === args[2][0]]).toEqual([true, true]);
    }
    expect(laboratory.skipped.size).toBe(0);
  });

  it('runs with what "candidateArgs" makes, called with the instance, in the turn of the caller and before the control', async () => {
    const laboratory = new Laboratory();
    const self = { prefix: 'p' };
    const order: string[] = [];
    const candidate = vi.fn((name: string, done: (value: string) => void) => done(name));
    const done = vi.fn();
    const result = laboratory.resultOf(
      {
        control: (request: { name: string }, callback: (value: string) => void) => {
          order.push('control');
          callback(request.name);
        },
        candidate,
        candidateArgs(this: { prefix: string }, request: { name: string }) {
          order.push('candidateArgs');
          return [this.prefix + request.name, () => undefined];
        },
      },
      self,
      { name: 'a', socket: new PassThrough() },
      done,
    );
    expect(order).toEqual(['candidateArgs', 'control']);
    expect((await result).candidates[0]?.outcome).toBe('matched');
    expect([candidate.mock.calls[0]?.[0], done.mock.calls]).toEqual(['pa', [['a']]]);
  });

  it.each<[string, () => never[]]>([
    [
      'throws',
      () => {
        throw new Error('candidateArgs');
      },
    ],
    ['gives a promise', () => Promise.resolve([]) as unknown as never[]],
    ['gives no list', () => 1 as unknown as never[]],
  ])('whose "candidateArgs" %s runs the control alone, and that is reported', async (_, candidateArgs) => {
    const laboratory = new Laboratory();
    const candidate = vi.fn();
    expect(laboratory.call({ control: (_: unknown) => 1, candidate, candidateArgs }, undefined, () => 1)).toBe(1);
    await laboratory.settled();
    expect([candidate.mock.calls.length, laboratory.skipped.get('candidateArgs')]).toEqual([0, 1]);
    expect(laboratory.failures.map(({ operation }) => operation)).toEqual(['candidateArgs']);
  });

  it('is skipped also where nothing is copied', async () => {
    const laboratory = new Laboratory();
    const candidate = vi.fn();
    laboratory.call({ isolate: 'none', control: (_: unknown) => 1, candidate }, undefined, {
      signal: new AbortController().signal,
    });
    await laboratory.settled();
    expect([candidate.mock.calls.length, laboratory.skipped.get('liveArguments')]).toEqual([0, 1]);
  });

  it('runs without those that the control does not take, as frameworks hand them to methods that ask for none', async () => {
    const laboratory = new Laboratory();
    const candidate = vi.fn(() => 1);
    await laboratory.resultOf({ control: (_name: string) => 1, candidate }, undefined, 'a', new PassThrough());
    expect(candidate.mock.calls).toEqual([['a']]);
    laboratory.call({ control: (...args: unknown[]) => args.length, candidate }, undefined, 'a', new PassThrough());
    await laboratory.settled();
    expect(laboratory.skipped.get('liveArguments')).toBe(1);
  });
});
