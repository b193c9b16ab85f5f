import { EventEmitter } from 'node:events';
import { open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { types } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import DataLoader from 'dataloader';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { StudiesError } from '../../lib/base/errors.js';
import { Laboratory } from '../unit/harness.js';

const MODES = ['shadow', 'parallel', 'serial'] as const;

/** A live thing, what a control does with it, and what its caller can see of it afterwards. */
interface Thing {
  readonly value: unknown;
  use(): unknown;
  state?(): unknown;
}

function* numbers() {
  for (let n = 0; n < 3; n += 1) yield n;
}

async function* later() {
  for (let n = 0; n < 3; n += 1) {
    await Promise.resolve();
    yield n;
  }
}

async function itemsOf(value: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of value) items.push(item);
  return items;
}

function counted<Value extends object>(value: Value, use: (value: Value) => unknown, state?: (value: Value) => unknown): Thing {
  return { value, use: () => use(value), ...(state && { state: () => state(value) }) };
}

/** Each is made anew for every call. */
const THINGS: Record<string, () => Thing> = {
  'a callback': () => {
    const said: unknown[] = [];
    const value = (what: unknown) => said.push(what);
    return { value, use: () => value('control'), state: () => said };
  },
  'a generator': () =>
    counted(
      numbers(),
      (value) => value.next(),
      (value) => [...value],
    ),
  'an iterator': () =>
    counted(
      [1, 2].values(),
      (value) => value.next(),
      (value) => [...value],
    ),
  'an async generator': () => counted(later(), (value) => value.next(), itemsOf),
  'a stream': () => counted(Readable.from(['a', 'b']), itemsOf, (value) => value.destroyed),
  'a stream that is written to': () =>
    counted(
      new PassThrough(),
      (value) => value.write('a'),
      (value) => [value.writableLength + value.readableLength, value.destroyed],
    ),
  'a web stream': () => counted(new Response('ab').body ?? expect.unreachable(), itemsOf, (value) => value.locked),
  'a request with a body': () =>
    counted(
      new Request('http://localhost', { method: 'POST', body: 'ab' }),
      (value) => value.text(),
      (value) => value.bodyUsed,
    ),
  'a response with a body': () =>
    counted(
      new Response('ab'),
      () => 1,
      (value) => value.bodyUsed,
    ),
  'a signal': () => {
    const controller = new AbortController();
    return { value: controller.signal, use: () => controller.signal.aborted, state: () => controller.signal.aborted };
  },
  'a controller': () =>
    counted(
      new AbortController(),
      (value) => value.signal.aborted,
      (value) => value.signal.aborted,
    ),
  'an emitter': () => {
    const said: unknown[] = [];
    const value = new EventEmitter().on('done', (what) => said.push(what));
    return { value, use: () => value.emit('done', 'control'), state: () => [said, value.listenerCount('done')] };
  },
  'a socket': () =>
    counted(
      new Socket(),
      (value) => value.destroyed,
      (value) => [value.destroyed, value.eventNames().length],
    ),
  'a subject': () => {
    const value = new Subject<string>();
    return { value, use: () => value.next('a'), state: () => [value.closed, value.observed] };
  },
  'a port': () =>
    counted(
      new MessageChannel().port1,
      (value) => value.listenerCount('message'),
      (value) => value.listenerCount('message'),
    ),
  'a timer': () =>
    counted(
      setTimeout(() => 1, 60_000).unref(),
      (value) => value.hasRef(),
      (value) => value.hasRef(),
    ),
  'a DataLoader': () => {
    const asked: unknown[] = [];
    const value = new DataLoader((keys: readonly number[]) => Promise.resolve(keys.map((key) => asked.push(key))));
    return { value, use: () => value.load(1), state: () => asked };
  },
  'a thenable': () => {
    let begun = 0;
    class Query {
      then(resolve: (value: number) => void) {
        begun += 1;
        resolve(begun);
      }
    }
    return { value: new Query(), use: () => begun, state: () => begun };
  },
  'a proxy': () => {
    const trapped: unknown[] = [];
    const get = (_: object, key: PropertyKey) => trapped.push(key);
    return {
      value: new Proxy({}, { get, ownKeys: (target) => (trapped.push('keys'), Reflect.ownKeys(target)) }),
      use: () => 1,
      state: () => trapped,
    };
  },
};

class Holder {
  constructor(readonly held: unknown) {}
}

class Several extends Array<unknown> {}

/** Where a thing is; these can be within each other. */
const PLACES: Record<string, (value: unknown) => unknown> = {
  'in an object': (value) => ({ a: 1, options: { value } }),
  'in an object without a prototype': (value) => Object.assign(Object.create(null) as object, { value }),
  'under a symbol': (value) => ({ [Symbol('a')]: value }),
  'in a hidden property': (value) => Object.defineProperty({}, 'value', { value }),
  'in a list': (value) => [1, [value]],
  'in a list of a class': (value) => Several.of(value),
  'in a map': (value) => new Map([['a', value]]),
  'a key of a map': (value) => new Map([[value, 1]]),
  'in a set': (value) => new Set([value]),
  'in a frozen object': (value) => Object.freeze({ value }),
};

/** What holds others at the outermost: what an instance holds through an instance is taken for a service's. */
const OUTERMOST: Record<string, (value: unknown) => unknown> = {
  'as it is': (value) => value,
  // Where nothing is copied, a function that an instance holds is taken for a method of its, and a proxy for a service.
  'in an instance': (value) => (typeof value === 'function' || types.isProxy(value) ? [value] : new Holder(value)),
};

const call = fc.record({
  thing: fc.constantFrom(...Object.keys(THINGS)),
  places: fc.array(fc.constantFrom(...Object.keys(PLACES)), { maxLength: 3 }),
  outermost: fc.constantFrom(...Object.keys(OUTERMOST)),
  before: fc.constantFrom<unknown>(undefined, 'text', [{ n: 1 }], Buffer.alloc(100)),
  isolate: fc.constantFrom('copy' as const, 'none' as const),
  copyBudget: fc.constantFrom(0.001, 1, 1_000),
  noise: fc.constantFrom(0, 100),
});

describe('whatever lives, wherever it is in the arguments, no candidate gets it, and nothing of it is used or called', () => {
  it.each(MODES)('in %s mode', { timeout: 120_000 }, async (mode) => {
    await fc.assert(
      fc.asyncProperty(call, async ({ thing: kind, places, outermost, before, isolate, copyBudget, noise }) => {
        const isMethod = outermost !== 'as it is' && ['a callback', 'a proxy'].includes(kind);
        // Where nothing is copied, little is searched.
        const ways = isolate === 'none' || isMethod ? [] : places;
        const tell = async (laboratory: Laboratory | undefined) => {
          const thing = (THINGS[kind] ?? expect.unreachable())();
          const inner = ways.reduce((value, way) => (PLACES[way] ?? expect.unreachable())(value), thing.value);
          const argument = (OUTERMOST[outermost] ?? expect.unreachable())(inner);
          const given: unknown[] = [];
          const control = async (...args: unknown[]) => [args[1] === argument, await thing.use()];
          const candidate = (...args: unknown[]) => given.push(...args);
          const options = { mode, isolate, copyBudget, noise, order: 'controlLast' as const };
          const sampled = laboratory?.call({ ...options, control, candidate }, undefined, before, argument);
          const gave = await ((sampled as Promise<unknown> | undefined) ?? control(before, argument)); // the control is async
          await laboratory?.settled();
          return { gave, given, state: await thing.state?.() };
        };
        const laboratory = new Laboratory();
        const alone = await tell(undefined);
        expect(await tell(laboratory)).toEqual(alone);
        expect(await tell(laboratory)).toEqual(alone);
        const { skipped, failures } = laboratory;
        const isCertain = copyBudget === 1_000 || isolate === 'none';
        if (isCertain) expect([...skipped]).toEqual([['liveArguments', 2]]);
        else expect((skipped.get('liveArguments') ?? 0) + (skipped.get('tooLarge') ?? 0)).toBe(2);
        if (isCertain) expect(failures.map(({ error }) => (error as StudiesError).code)).toEqual(['LIVE_ARGUMENTS']);
      }),
      { numRuns: 300 },
    );
  });

  it.each(MODES)('also a file that is open, in %s mode', async (mode) => {
    const laboratory = new Laboratory();
    const file = await open('package.json');
    const candidate = (..._: unknown[]) => 1;
    const control = async (given: { file: typeof file }) => (await given.file.read(Buffer.alloc(1), 0, 1, 0)).bytesRead;
    expect(await laboratory.call({ mode, control, candidate }, undefined, { file })).toBe(1);
    await laboratory.settled();
    expect([laboratory.skipped.get('liveArguments'), file.fd > 0]).toEqual([1, true]);
    await file.close();
  });

  it("gives a candidate each argument by itself: one that is shared takes none of the others' budget", async () => {
    const laboratory = new Laboratory();
    class Service {
      readonly #secret = 1;
      read() {
        return this.#secret;
      }
    }
    const [service, options] = [new Service(), { deep: { list: [1] } }];
    const seen: unknown[] = [];
    const candidate = (one: Service, two: typeof options) => {
      seen.push(one === service, two === options, two.deep.list === options.deep.list);
      two.deep.list.length = 0;
    };
    const holding = { self: service, blob: new Blob(['a']), all: Array.from({ length: 100 }, () => service) };
    await laboratory.resultOf(
      { copyBudget: 1_000, share: [Service], control: (..._: unknown[]) => undefined, candidate },
      undefined,
      service,
      options,
      holding,
    );
    expect([seen, options]).toEqual([[true, false, false], { deep: { list: [1] } }]);
  });
});
