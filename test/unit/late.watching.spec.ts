import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ContextualProperty } from '../../lib/isolation/late/contextual-property.js';
import { CandidateContext } from '../../lib/experiment/run-context.js';
import { RenewedProperty } from '../../lib/isolation/late/renewed-property.js';
import { Laboratory } from './harness.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // it is there by the flag

const { emit } = process;
/** What `process.emit` is before: the process that runs tests may have its own. */
const before = Object.getOwnPropertyDescriptor(process, 'emit');
const initBefore = Object.getOwnPropertyDescriptor(EventEmitter, 'init');
const queueBefore = Object.getOwnPropertyDescriptor(globalThis, 'queueMicrotask');
const ownEmit = () => Object.getOwnPropertyDescriptor(process, 'emit');

function fail(): never {
  throw new Error('no');
}

function restore(): void {
  if (before === undefined) Reflect.deleteProperty(process, 'emit');
  else Object.defineProperty(process, 'emit', before);
}

/** Runs a candidate in a function of its own, so that nothing of it stays on the stack. */
async function ran(laboratory: Laboratory, candidate: () => unknown): Promise<void> {
  await laboratory.resultOf({ control: () => 1, candidate });
}

/** Whether `process.emit` is another function in candidates, whoever else has replaced it. */
function isWatchedBy({ registry }: Laboratory): boolean {
  return registry.current.run(new CandidateContext('experiment', 'candidate'), () => process.emit) !== process.emit;
}

/** Waits until the process is let go of: until what candidates have left behind is collected, and that is told. */
const letGo = (...laboratories: Laboratory[]) => {
  // An error keeps what its stack was made of, and so the candidate.
  for (const { failures } of laboratories) failures.length = 0;
  return vi.waitFor(
    () => {
      collect();
      for (const one of laboratories) expect(isWatchedBy(one)).toBe(false);
    },
    { timeout: 20_000, interval: 10 },
  );
};

describe('the process', () => {
  it('is watched from the first candidate until nothing of any is left, and then as it was', async () => {
    const laboratory = new Laboratory({ late: true });
    laboratory.runner();
    expect(ownEmit()).toEqual(before);
    let timer: NodeJS.Timeout | undefined;
    await ran(laboratory, () => void (timer = setTimeout(() => undefined, 60_000)));
    await ran(laboratory, () => 1);
    for (let turn = 0; turn < 5; turn += 1) {
      collect();
      await pause(1);
    }
    expect(ownEmit()?.get).toBeDefined();
    clearTimeout(timer);
    timer = undefined;
    await letGo(laboratory);
    expect([ownEmit(), Object.getOwnPropertyDescriptor(globalThis, 'queueMicrotask')]).toEqual([before, queueBefore]);
    expect(Object.getOwnPropertyDescriptor(EventEmitter, 'init')).toEqual(initBefore);
  });

  it.each([
    ['a rejection', () => void Promise.reject(new Error('no'))],
    ['a tick', () => process.nextTick(fail)],
    ['a microtask', () => queueMicrotask(fail)],
    ['a timer', () => void setTimeout(fail, 1)],
    ['an immediate', () => void setImmediate(fail)],
  ])('is let go of also when %s has thrown', async (_, candidate) => {
    const laboratory = new Laboratory({ late: true });
    await ran(laboratory, candidate);
    await vi.waitFor(() => expect(laboratory.failures).toHaveLength(1), 20_000);
    await letGo(laboratory);
  });

  it('has its own functions outside of candidates, and in controls, while it is watched', async () => {
    const { queueMicrotask } = globalThis;
    const laboratory = new Laboratory({ late: true });
    const seen: unknown[] = [];
    const control = () => void seen.push(process.emit, globalThis.queueMicrotask);
    const candidate = () => void seen.push(process.emit === emit);
    await laboratory.resultOf({ control, candidate });
    await laboratory.resultOf({ control, candidate });
    expect(seen).toEqual([emit, queueMicrotask, false, emit, queueMicrotask, false]);
    expect(process.emit).toBe(emit);
    expect(ownEmit()?.enumerable ?? false).toBe(before?.enumerable ?? false);
    await letGo(laboratory);
  });

  it('keeps what somebody has put around its functions meanwhile', async () => {
    const laboratory = new Laboratory({ late: true });
    await ran(laboratory, () => 1);
    const events: unknown[] = [];
    const wrapped = function (this: unknown, ...told: unknown[]) {
      events.push(told[0]);
      return Reflect.apply(emit, this, told) as boolean;
    };
    process.emit = wrapped as typeof emit; // it is called as any
    expect(process.emit).toBe(wrapped);
    await ran(laboratory, () => void Promise.reject(new Error('no')));
    await vi.waitFor(() => expect(laboratory.failures).toHaveLength(1), 20_000);
    process.emit('asked' as 'exit', 0);
    expect(events).toContain('asked');
    expect(events).not.toContain('unhandledRejection');
    await letGo(laboratory);
    expect(ownEmit()).toEqual({ value: wrapped, writable: true, enumerable: true, configurable: true });
    restore();
  });

  const wrapAround = (inner: typeof emit, events: unknown[]) =>
    function (this: unknown, ...told: unknown[]) {
      events.push(told[0]);
      return Reflect.apply(inner, this, told) as boolean;
    } as typeof emit; // it is called as any

  /** Ways in which tracing agents put a function of theirs in the place of `process.emit`, and back. */
  const AGENTS: Record<string, (wrapped: typeof emit) => () => void> = {
    'defines it, and defines what it was': (wrapped) => {
      const inner = process.emit;
      Object.defineProperty(process, 'emit', { value: wrapped, writable: true, enumerable: true, configurable: true });
      return () => Object.defineProperty(process, 'emit', { value: inner, writable: true, enumerable: true, configurable: true });
    },
    'defines it, and puts the whole property back': (wrapped) => {
      const saved = Object.getOwnPropertyDescriptor(process, 'emit');
      Object.defineProperty(process, 'emit', { value: wrapped, writable: true, enumerable: true, configurable: true });
      return () => Object.defineProperty(process, 'emit', saved as PropertyDescriptor);
    },
    'defines a getter': (wrapped) => {
      const saved = Object.getOwnPropertyDescriptor(process, 'emit');
      Object.defineProperty(process, 'emit', { get: () => wrapped, enumerable: true, configurable: true });
      return () => Object.defineProperty(process, 'emit', saved as PropertyDescriptor);
    },
    'assigns it': (wrapped) => {
      const inner = process.emit;
      process.emit = wrapped;
      return () => (process.emit = inner);
    },
  };

  for (const isUndoneFirst of [true, false]) {
    it.each(Object.keys(AGENTS))(
      `contains errors also after an agent has wrapped its functions, which ends ${isUndoneFirst ? 'first' : 'last'}: it %s`,
      async (how) => {
        const laboratory = new Laboratory({ late: true });
        await ran(laboratory, () => 1);
        const events: unknown[] = [];
        const undo = (AGENTS[how] as (typeof AGENTS)[string])(wrapAround(process.emit, events));
        const fails = async (count: number) => {
          await pause(2); // what others have replaced is looked for once per ms
          await ran(laboratory, () => void Promise.reject(new Error('no')));
          await vi.waitFor(() => expect(laboratory.failures).toHaveLength(count), 20_000);
        };
        await fails(1);
        process.emit('asked' as 'exit', 0);
        expect(events).toContain('asked');
        if (isUndoneFirst) {
          undo();
          await fails(2);
          await letGo(laboratory);
        } else {
          await letGo(laboratory);
          expect(process.emit).not.toBe(emit);
          undo();
        }
        expect(process.emit).toBe(emit);
        expect(ownEmit()?.get).toBeUndefined();
        expect(events).not.toContain('unhandledRejection');
        restore();
      },
    );
  }

  it('can be wrapped from within a candidate: what is wrapped works anywhere, and contains in candidates', async () => {
    const laboratory = new Laboratory({ late: true });
    const listener = vi.fn();
    process.on('asked' as 'exit', listener);
    await ran(laboratory, () => {
      const inner = process.emit;
      process.emit = function (this: unknown, ...told: unknown[]) {
        return Reflect.apply(inner, this, told) as boolean;
      } as typeof emit; // it is called as any
    });
    await ran(laboratory, () => void Promise.reject(new Error('no')));
    await vi.waitFor(() => expect(laboratory.failures).toHaveLength(1), 20_000);
    expect(process.emit('asked' as 'exit', 1)).toBe(true);
    await letGo(laboratory);
    expect(process.emit('asked' as 'exit', 2)).toBe(true);
    expect(listener.mock.calls).toEqual([[1], [2]]);
    process.off('asked', listener);
    restore();
  });

  it('is shared by the applications in it: each takes the errors of its own candidates', async () => {
    const laboratories = [new Laboratory({ late: true }), new Laboratory({ late: true }), new Laboratory({ late: true })];
    await Promise.all(laboratories.map((one, index) => ran(one, () => void Promise.reject(new Error(`${index}`)))));
    await vi.waitFor(() => expect(laboratories.map(({ failures }) => failures.length)).toEqual([1, 1, 1]));
    expect(laboratories.map(({ failures }) => (failures[0]?.error as Error).message)).toEqual(['0', '1', '2']);
    await letGo(...laboratories);
  });
});

describe('a property that reads otherwise in some contexts', () => {
  const getter = () => 'a';
  /** What a property may be before; undefined where it is its prototype's. */
  const BEFORE: Record<string, PropertyDescriptor | undefined> = {
    'its own': { value: 'a', writable: true, enumerable: true, configurable: true },
    'its own, hidden': { value: 'a', writable: true, enumerable: false, configurable: true },
    'its own, to be read only': { value: 'a', writable: false, enumerable: true, configurable: true },
    'its own, and fixed': { value: 'a', writable: false, enumerable: true, configurable: false },
    'its prototype’s': undefined,
    'a getter': { get: getter, enumerable: true, configurable: true },
  };

  const made = (own: PropertyDescriptor | undefined) => {
    const target = Object.create({ value: 'a' }) as { value: string };
    return own === undefined ? target : Object.defineProperty(target, 'value', own);
  };
  const ownOf = (target: object) => Object.getOwnPropertyDescriptor(target, 'value');

  it('is as it was, or as others have made it, when all have ended, in whatever order', () => {
    const step = fc.oneof(
      fc.constantFrom('begin', 'assign', 'define', 'define a getter', 'save', 'put back', 'renew'),
      fc.nat(4), // ends one
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(BEFORE)), fc.array(step, { maxLength: 16 }), (kind, steps) => {
        // What is done to one is done to the other without such properties.
        const [target, plain] = [made(BEFORE[kind]), made(BEFORE[kind])];
        const both = [target, plain];
        let isWithin = false;
        let saved: (PropertyDescriptor | undefined)[] | undefined;
        const layers: { layer: RenewedProperty<string>; isOver: boolean }[] = [];
        const define = (property: object) => {
          for (const object of both)
            Reflect.defineProperty(object, 'value', { enumerable: true, configurable: true, ...property });
        };
        const renew = () => layers.filter(({ isOver }) => !isOver).forEach(({ layer }) => layer.renew());
        const STEPS: Record<string, (index: number) => void> = {
          begin: () => {
            const layer = new RenewedProperty<string>(target, 'value', (value) => (isWithin ? `${value}*` : value));
            layers.push({ layer, isOver: false });
          },
          assign: (index) => {
            for (const object of both) Reflect.set(object, 'value', `b${index}`);
            // A saved property would be put back without what was assigned since.
            saved = undefined;
          },
          define: (index) => define({ value: `c${index}(${target.value})`, writable: true }),
          'define a getter': (index) => define({ get: () => `d${index}`, set: undefined }),
          save: () => (saved = both.map(ownOf)),
          'put back': () =>
            saved?.forEach((property, index) => {
              const object = both[index] as object; // as many as were saved
              if (property === undefined) Reflect.deleteProperty(object, 'value');
              else Reflect.defineProperty(object, 'value', property);
            }),
          renew,
        };
        for (const [index, one] of steps.entries()) {
          if (typeof one === 'string') STEPS[one]?.(index);
          else {
            const ended = layers[one];
            ended?.layer.end();
            if (ended !== undefined) ended.isOver = true;
          }
          expect(target.value).toBe(plain.value);
          if (one !== 'renew') continue;
          isWithin = true;
          const living = kind === 'its own, and fixed' ? 0 : layers.filter(({ isOver }) => !isOver).length;
          expect(target.value).toBe(plain.value + '*'.repeat(living));
          isWithin = false;
        }
        for (const { layer } of layers) layer.end();
        expect(target.value).toBe(plain.value);
        expect(ownOf(target)).toEqual(ownOf(plain));
      }),
      { numRuns: 2_000 },
    );
  });

  it('stays, and reads as all others, where somebody has put a property of theirs over it', () => {
    const target = { value: 'a' };
    const layer = new ContextualProperty<string>(target, 'value', (value) => `${value}*`);
    const theirs = Object.getOwnPropertyDescriptor(target, 'value');
    Object.defineProperty(target, 'value', { get: () => `(${String(theirs?.get?.call(target))})`, configurable: true });
    expect(target.value).toBe('(a*)');
    layer.end();
    expect(target.value).toBe('(a)');
  });
});
