import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createReadStream, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { Agent, createServer, get, IncomingMessage } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { StreamableFile } from '@nestjs/common';
import fc from 'fast-check';
import { concat, of } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Leftovers } from '../../lib/values/leftovers.js';
import { addReached, holdsSingleUse, singleUsesIn } from '../../lib/values/single-use.js';
import { hasRunnerWithin } from '../../lib/isolation/held-runner.js';
import { Laboratory } from './harness.js';

const strays: unknown[] = [];
const stray = (error: unknown) => strays.push(error);

beforeAll(() => {
  process.on('uncaughtException', stray);
  process.on('unhandledRejection', stray);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  expect(strays.splice(0)).toEqual([]);
});
afterAll(() => {
  process.off('uncaughtException', stray);
  process.off('unhandledRejection', stray);
});

/** Something that can be used only once, and how to see whether it was disposed of. */
interface Thing {
  readonly value: unknown;
  isDisposedOf(): boolean;
}

const THINGS: Record<string, () => Thing> = {
  'a Node stream': () => {
    const value = Readable.from(['text']);
    return { value, isDisposedOf: () => value.destroyed };
  },
  'a transform': () => {
    const value = new PassThrough();
    return { value, isDisposedOf: () => value.destroyed };
  },
  'a web stream': () => {
    const cancel = vi.fn();
    return { value: new ReadableStream({ cancel }), isDisposedOf: () => cancel.mock.calls.length > 0 };
  },
  'a file': () => {
    const stream = Readable.from(['text']);
    return { value: new StreamableFile(stream), isDisposedOf: () => stream.destroyed };
  },
  'a response': () => {
    const cancel = vi.fn();
    return { value: new Response(new ReadableStream({ cancel })), isDisposedOf: () => cancel.mock.calls.length > 0 };
  },
  'a generator': () => {
    let ended = false;
    const value = (function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        ended = true;
      }
    })();
    value.next();
    return { value, isDisposedOf: () => ended };
  },
  'an async generator': () => {
    let ended = false;
    const value = (async function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        ended = true;
      }
    })();
    void value.next();
    return { value, isDisposedOf: () => ended };
  },
  'an iterator of its own': () => {
    const end = vi.fn(() => ({ done: true, value: undefined }));
    const value = {
      next: () => ({ done: false, value: 1 }),
      return: end,
      [Symbol.iterator]: () => value,
    };
    return { value, isDisposedOf: () => end.mock.calls.length > 0 };
  },
  'a promise of a stream': () => {
    const stream = Readable.from(['text']);
    return { value: Promise.resolve(stream), isDisposedOf: () => stream.destroyed };
  },
  'a promise of a promise that rejects': () => ({
    value: Promise.resolve([Promise.reject(new Error('within'))]),
    isDisposedOf: () => true,
  }),
  'a promise that rejects': () => ({ value: Promise.reject(new Error('within')), isDisposedOf: () => true }),
  'a promise that rejects later': () => ({
    value: new Promise((_, reject) => setImmediate(reject, undefined)),
    isDisposedOf: () => true,
  }),
};

class Held {
  constructor(readonly held: unknown) {}
}

const CONTAINERS: Record<string, (held: unknown) => unknown> = {
  itself: (held) => held,
  'a list': (held) => [1, 'text', held],
  'an object': (held) => ({ name: 'text', held }),
  'an object without a prototype': (held) => Object.assign(Object.create(null) as object, { held }),
  'a map': (held) => new Map([['key', held]]),
  'the key of a map': (held) => new Map([[held, 'value']]),
  'a set': (held) => new Set([held]),
  'an instance': (held) => new Held(held),
  'a frozen object': (held) => Object.freeze({ held }),
  'an error': (held) => new Error('text', { cause: held }),
};

/** For streams that count as the candidate's own. */
const isMade = () => true;
const NO_OTHERS = { self: undefined, values: [] };

const thing = fc.constantFrom(...Object.keys(THINGS));
const nesting = fc.array(fc.constantFrom(...Object.keys(CONTAINERS)), { maxLength: 4 });
const nested = (names: readonly string[], held: unknown) => names.reduce((value, name) => CONTAINERS[name]?.(value), held);

/** Two sides: what the control gave, and what a candidate gave beside it. */
const sides = fc.array(fc.record({ thing, nesting, isShared: fc.boolean() }), { minLength: 1, maxLength: 4 });

async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('what nobody will read', () => {
  it('is disposed of wherever it is in a value, and what is shared with the control is not touched', async () => {
    await fc.assert(
      fc.asyncProperty(sides, async (drawn) => {
        const all = drawn.map((one) => ({ ...one, made: (THINGS[one.thing] as () => Thing)() }));
        const shared = all.filter(({ isShared, thing }) => isShared && !thing.includes('reject'));
        const own = all.filter((one) => !shared.includes(one));
        const valueOf = (side: typeof all) => side.map(({ nesting, made }) => nested(nesting, made.value));
        const left = Leftovers.in(valueOf([...shared, ...own]));
        const others = { self: undefined, values: [valueOf(shared)] };

        left?.handleRejections(others);
        await turns();
        left?.dispose(others, isMade);
        await turns();

        expect(left).toBeDefined();
        expect(own.map(({ thing, made }) => [thing, made.isDisposedOf()])).toEqual(own.map(({ thing }) => [thing, true]));
        expect(shared.map(({ thing, made }) => [thing, made.isDisposedOf()])).toEqual(shared.map(({ thing }) => [thing, false]));
        expect(strays.splice(0)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is found by the question whether a value can be compared', () => {
    fc.assert(
      fc.property(thing, nesting, (name, names) => {
        const { value } = (THINGS[name] as () => Thing)();
        const inside = nested(names, value);
        expect(holdsSingleUse(inside)).toBe(true);
        Leftovers.in(inside)?.handleRejections({ self: undefined, values: [] });
      }),
    );
    fc.assert(
      fc.property(
        fc.anything({ withMap: true, withSet: true, withDate: true, withTypedArray: true }),
        (value) => !holdsSingleUse(value),
      ),
    );
  });

  it('is left alone where the instance or an argument leads to it, also by a field that is not seen at once', async () => {
    const [held, given, listed] = [Readable.from(['1']), Readable.from(['2']), Readable.from(['3'])];
    const self = { files: new Map([[1, { [Symbol('hidden')]: held }]]), opened: [listed] };
    const left = Leftovers.in({ held, given, listed });

    left?.dispose({ self, values: [undefined, { body: given }] }, isMade);
    await turns();

    expect([held, given, listed].map(({ destroyed }) => destroyed)).toEqual([false, false, false]);
  });

  it('is left alone where somebody reads it already, or only writes to it', async () => {
    const read = new PassThrough().on('data', () => undefined);
    const awaited = new PassThrough();
    const iterator = awaited[Symbol.asyncIterator]();
    const next = iterator.next();
    const log = new Writable({ write: (_, __, done) => done() });
    const locked = new ReadableStream();
    locked.getReader();
    const incoming = new IncomingMessage(new Socket());
    incoming.method = 'GET';

    Leftovers.in({ read, awaited, log, locked, incoming, out: process.stdout, in: process.stdin })?.dispose(
      NO_OTHERS,
      (stream) => stream !== incoming,
    );
    await turns();

    expect([read, awaited, log, incoming, process.stdout, process.stdin].some(({ destroyed }) => destroyed)).toBe(false);
    awaited.end();
    await next;
    read.destroy();
  });

  it('runs no code of a value to be found: no accessor, no proxy', () => {
    const run = vi.fn(() => {
      throw new Error('of the value');
    });
    const trap = new Proxy({}, { get: run, has: run, ownKeys: run, getPrototypeOf: run, getOwnPropertyDescriptor: run });
    const accessors = Object.defineProperties(
      {},
      Object.fromEntries(
        ['a', 'then', 'next', 'pipe', 'getReader', 'subscribe'].map((name) => [name, { get: run, enumerable: true }]),
      ),
    );
    const child = Object.create(Object.create(trap) as object) as object;

    expect(holdsSingleUse([trap, accessors, Object.create(accessors), child, { trap }])).toBe(false);
    expect(run).not.toHaveBeenCalled();
  });

  it('is looked for in a part of what is large, and of what never ends', () => {
    const endless: { list: unknown[] } = { list: [] };
    endless.list.push(endless, endless.list);
    expect(holdsSingleUse(endless)).toBe(false);
    expect(holdsSingleUse(Array.from({ length: 1_000_000 }, (_, id) => ({ id })))).toBe(false);
  });

  it('is looked for until the time is over, but always among a few', () => {
    const listWith = (index: number) => Array.from({ length: 5_000 }, (_, at) => (at === index ? Promise.resolve() : at));
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 10));
    expect([0, 1_999, 4_999].map((index) => holdsSingleUse(listWith(index)))).toEqual([true, true, false]);
    expect(singleUsesIn(listWith(1_999))).toHaveLength(1);
    clock.mockReturnValue(0);
    expect([holdsSingleUse(listWith(4_999)), singleUsesIn(listWith(4_999)).length]).toEqual([true, 1]);
    clock.mockRestore();
  });

  it('is not looked for in what has too many properties to list them', () => {
    const large = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`key${index}`, index]));
    const listings = [vi.spyOn(Object, 'keys'), vi.spyOn(Reflect, 'ownKeys')];
    const reached = new Set<object>();
    expect([holdsSingleUse(large), singleUsesIn([large]), hasRunnerWithin(large)]).toEqual([false, [], false]);
    addReached(reached, [large, { other: {} }], 10_000);
    const listed = listings.flatMap(({ mock }) => mock.calls.map(([object]) => object));
    listings.forEach((listing) => listing.mockRestore());
    expect([listed.includes(large), reached.size]).toEqual([false, 3]);
  });

  it('is disposed of whatever its own code does', async () => {
    const failing = {
      next: () => ({ done: false, value: 1 }),
      return: () => Promise.reject(new Error('return')),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    const throwing = Object.assign(Readable.from(['text']), {
      destroy: () => {
        throw new Error('destroy');
      },
    });
    class Strange extends Promise<unknown> {
      static override get [Symbol.species](): PromiseConstructor {
        throw new Error('species');
      }
    }
    const after = Readable.from(['text']);

    Leftovers.in([failing, throwing, Strange.resolve(1), after])?.dispose(NO_OTHERS, isMade);
    await turns();

    expect(after.destroyed).toBe(true);
  });
});

describe('a candidate whose value holds what can be used only once', () => {
  const file = join(tmpdir(), `studies-leftovers-${process.pid}.txt`);
  const open = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === file;
      } catch {
        return false;
      }
    }).length;

  beforeAll(() => writeFileSync(file, 'x'.repeat(200_000)));

  const drained = async (stream: Readable) => {
    let length = 0;
    for await (const chunk of stream) length += (chunk as Buffer).length;
    return length;
  };

  const shapes: Record<string, () => unknown> = {
    'an object': () => ({ name: 'some.txt', body: createReadStream(file) }),
    'a list': () => [createReadStream(file)],
    'what is piped': () => ({ body: createReadStream(file).pipe(createGzip()) }),
    'a promise': async () => ({ body: createReadStream(file) }),
    'an Observable': () => of({ body: createReadStream(file) }),
    'what an async function has waited for': async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return { body: createReadStream(file) };
    },
    'what it has opened': async () => {
      const body = createReadStream(file);
      await once(body, 'open');
      return { body };
    },
    'a handle’s': async () => ({ body: (await openFile(file)).createReadStream() }),
    'an error': () => {
      throw Object.assign(new Error('text'), { response: { body: createReadStream(file) } });
    },
    'what comes too late': () => new Promise((resolve) => setTimeout(() => resolve({ body: createReadStream(file) }), 20)),
    'what is seen to come too late': () => {
      const body = createReadStream(file);
      for (const end = performance.now() + 3; performance.now() < end;);
      return { body };
    },
  };

  it.each(Object.keys(shapes))('leaves no file open after 50 calls, whoever else has one: %s', async (name) => {
    const laboratory = new Laboratory({ late: true });
    for (const mode of ['shadow', 'parallel', 'serial'] as const) {
      for (let call = 0; call < 50; call += 1) {
        const given = laboratory.call({
          name: mode,
          mode,
          timeout: name.includes('late') ? 2 : 1_000,
          maxConcurrent: 100,
          control: () => ({ body: createReadStream(file) }),
          candidate: shapes[name] as () => unknown,
          compare: () => true,
        }) as { body: Readable } | Promise<{ body: Readable }>;
        expect(await drained((await given).body)).toBe(200_000);
      }
    }
    await laboratory.settled();
    await vi.waitFor(() => expect(open()).toBe(0));
    expect(laboratory.results.length).toBeGreaterThan(0);
  });

  /** Streams that others have made, and not used yet. */
  const STREAMS: Record<string, () => Readable> = {
    'a file': () => createReadStream(file),
    'what is uploaded': () => {
      const upload = new PassThrough();
      setTimeout(() => upload.end('x'.repeat(200_000)), 5);
      return upload;
    },
    'what is listed': () => Readable.from(['x'.repeat(200_000)]),
  };

  class Uploads {
    readonly #upload: Readable;

    constructor(upload: Readable) {
      this.#upload = upload;
    }

    get upload(): Readable {
      return this.#upload;
    }
  }

  /** Ways in which a candidate comes to a stream that isn't its own, so that nothing of the call leads to it. */
  const WAYS: Record<string, (stream: Readable) => () => Readable> = {
    'a closure': (stream) => () => stream,
    'a private field': (stream) => {
      const uploads = new Uploads(stream);
      return () => uploads.upload;
    },
    'a store of an async context': (stream) => {
      stores.enterWith(stream);
      return () => stores.getStore() as Readable; // entered above
    },
    'a weak map': (stream) => {
      const key = {};
      const streams = new WeakMap([[key, stream]]);
      return () => streams.get(key) as Readable; // set above
    },
  };
  const stores = new AsyncLocalStorage<Readable>();
  const STRANGERS = Object.keys(STREAMS).flatMap((stream) => Object.keys(WAYS).map((way) => ({ stream, way })));

  it.each(STRANGERS)('leaves what it has not made itself: $stream, by $way', async ({ stream, way }) => {
    for (const mode of ['shadow', 'parallel', 'serial'] as const) {
      for (const wrapped of [(body: Readable) => ({ body }), (body: Readable) => body, async (body: Readable) => [body]]) {
        const laboratory = new Laboratory({ late: true });
        const others = STREAMS[stream]?.() as Readable; // one of them
        const find = WAYS[way]?.(others) as () => Readable; // one of them
        const { candidates } = await laboratory.resultOf({
          mode,
          control: () => 1,
          candidate: () => wrapped(find()),
          noise: 100,
        });
        await turns();
        expect(candidates[0]?.kind).toBe('returned');
        expect(others.destroyed).toBe(false);
        expect(await drained(others)).toBe(200_000);
      }
    }
  });

  it('frees the responses that it is sent, also where connections are kept and waited for', async () => {
    const laboratory = new Laboratory({ late: true });
    const server = createServer((_, response) => response.end('x'.repeat(200_000))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { port } = server.address() as AddressInfo; // it listens on a port
    const responses: IncomingMessage[] = [];
    const ask = () =>
      new Promise<{ body: IncomingMessage }>((resolve, reject) => {
        get({ port, host: '127.0.0.1', agent }, (body) => {
          responses.push(body);
          resolve({ body });
        }).on('error', reject);
      });
    await Promise.all([1, 2, 3].map(() => laboratory.call({ control: async () => 1, candidate: ask })));
    await laboratory.settled();
    await vi.waitFor(() => expect(responses.map(({ destroyed }) => destroyed)).toEqual([true, true, true]));
    agent.destroy();
    server.close();
  });

  it('frees what it makes of it, and leaves it as it was', async () => {
    const laboratory = new Laboratory({ late: true });
    const others = new PassThrough();
    let made: Readable | undefined;
    await laboratory.resultOf({ control: () => 1, candidate: () => ({ body: (made = others.pipe(createGzip())) }) });
    await turns();
    expect([made?.destroyed, others.destroyed]).toEqual([true, false]);
    others.end('text');
    expect(await drained(others)).toBe(4);
  });

  it('is run beside no control that gives such a thing, which is told once, unless it is said how to compare', async () => {
    const laboratory = new Laboratory({ late: true });
    const candidate = vi.fn(() => ({ body: Readable.from(['text']) }));
    for (let call = 0; call < 3; call += 1) laboratory.call({ control: () => ({ body: Readable.from(['text']) }), candidate });
    await laboratory.settled();
    expect(candidate).not.toHaveBeenCalled();
    expect(laboratory.skipped).toEqual(new Map([['notComparable', 3]]));
    expect(laboratory.failures).toMatchObject([{ operation: 'compare', error: { code: 'NOT_COMPARABLE' } }]);

    const { matched } = await laboratory.resultOf({
      name: 'cleaned',
      control: () => ({ name: 'a', body: Readable.from(['text']) }),
      candidate: () => ({ name: 'a', body: Readable.from(['other']) }),
      clean: ({ name }: { name: string }) => name,
    });
    expect(matched).toBe(true);
  });

  const broken = () => Promise.reject(new Error('no such column'));
  const promises: Record<string, (load: () => Promise<unknown>) => unknown> = {
    'a list': (load) => [1, 2].map(load),
    'an object': (load) => ({ id: 1, owner: load() }),
    'a map': (load) => new Map([[1, load()]]),
    'a promise of a list': async (load) => [load()],
    'what an Observable emits': (load) => concat(of([load()]), of({ owner: load() })),
    'what is thrown': (load) => {
      throw new AggregateError([load()]);
    },
    'what rejects in what resolves': (load) => [Promise.resolve({ owner: load() })],
  };

  it.each(Object.keys(promises))('rejects in it without anybody hearing of it: %s', async (name) => {
    const shape = promises[name] as (load: () => Promise<unknown>) => unknown;
    const laboratory = new Laboratory({ late: true });
    for (const mode of ['shadow', 'parallel', 'serial'] as const) {
      for (const control of [() => 1, () => shape(() => Promise.resolve(1))]) {
        try {
          const given = laboratory.call({ mode, control, candidate: () => shape(broken), noise: 100 });
          if (given instanceof Promise) await given;
        } catch {
          // What the control throws is its caller's.
        }
        await laboratory.settled();
        await turns();
      }
    }
    expect(strays).toEqual([]);
  });

  it('rejects in it also in the second run of a control whose caller sees to its rejections', async () => {
    const laboratory = new Laboratory({ late: true });
    const control = () => [broken()];
    for (const mode of ['shadow', 'parallel', 'serial'] as const) {
      const given = laboratory.call({ mode, control, candidate: control, noise: 100, recheck: true, compare: () => false });
      await Promise.allSettled(given as Promise<unknown>[]);
      await laboratory.settled();
      await turns();
    }
    expect(laboratory.repeated).toHaveLength(3);
    expect(strays).toEqual([]);
  });

  it('leaves the rejections of the control to its caller', async () => {
    const laboratory = new Laboratory({ late: true });
    for (const mode of ['shadow', 'parallel', 'serial'] as const) {
      laboratory.call({ mode, control: () => [broken()], candidate: () => 1 });
      await laboratory.settled();
      await turns();
      expect(strays.splice(0)).toHaveLength(1);
    }
  });
});
