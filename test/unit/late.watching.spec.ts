import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ContextualProperty } from '../../lib/isolation/late/contextual-property.js';
import { Laboratory } from './harness.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // it is there by the flag

const { emit } = process;
/** What `process.emit` is before: the process that runs tests may have its own. */
const before = Object.getOwnPropertyDescriptor(process, 'emit');
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

/** Waits until the process is let go of: until what candidates have left behind is collected, and that is told. */
const letGo = (...laboratories: Laboratory[]) => {
  // An error keeps what its stack was made of, and so the candidate.
  for (const { failures } of laboratories) failures.length = 0;
  return vi.waitFor(
    () => {
      collect();
      expect(ownEmit()?.get).toBeUndefined();
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

  it('is as it was, or as it was assigned, when all have ended, in whatever order', () => {
    const step = fc.oneof(fc.constant('begin' as const), fc.constant('assign' as const), fc.nat(4));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(BEFORE)), fc.array(step, { maxLength: 12 }), (kind, steps) => {
        // What is done to one is done to the other without such properties.
        const [target, plain] = [made(BEFORE[kind]), made(BEFORE[kind])];
        let isWithin = false;
        const layers: { layer: ContextualProperty<string>; isOver: boolean }[] = [];
        for (const [index, one] of steps.entries()) {
          if (one === 'begin') {
            const layer = new ContextualProperty<string>(target, 'value', (value) => (isWithin ? `${value}*` : value));
            layers.push({ layer, isOver: false });
          } else if (one === 'assign') {
            for (const object of [target, plain]) Reflect.set(object, 'value', `b${index}`);
          } else {
            const ended = layers[one];
            ended?.layer.end();
            if (ended !== undefined) ended.isOver = true;
          }
          expect(target.value).toBe(plain.value);
          isWithin = true;
          const living = kind === 'its own, and fixed' ? 0 : layers.filter(({ isOver }) => !isOver).length;
          expect(target.value).toBe(plain.value + '*'.repeat(living));
          isWithin = false;
        }
        for (const { layer } of layers) layer.end();
        expect(ownOf(target)).toEqual(ownOf(plain));
      }),
      { numRuns: 500 },
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
