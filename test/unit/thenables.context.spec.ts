import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunMode } from '../../lib/experiment/option-types.js';
import { Laboratory } from './harness.js';

const strays: unknown[] = [];
const stray = (error: unknown) => strays.push(error);

beforeAll(() => {
  process.on('uncaughtException', stray);
  process.on('unhandledRejection', stray);
});
afterEach(async () => {
  await nextTurn();
  expect(strays.splice(0)).toEqual([]);
});
afterAll(() => {
  process.off('uncaughtException', stray);
  process.off('unhandledRejection', stray);
});

const MODES: readonly RunMode[] = ['shadow', 'parallel', 'serial'];
const NAMES = ['then', 'lift', 'subscribe', 'constructor'] as const;

/** Receives what a value's own code is asked. */
type Ask = (what: string) => void;

/** Defines accessors of all names that could tell what a value is. */
function withAccessors<Target extends object>(target: Target, ask: Ask, then: unknown): Target {
  for (const name of NAMES) {
    const get = () => {
      ask(name);
      return name === 'then' ? then : undefined;
    };
    Object.defineProperty(target, name, { get, configurable: true });
  }
  return target;
}

/** A proxy that tells of everything that is done with it. */
function spied(target: object, ask: Ask): object {
  const traps = ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf'] as const;
  const spy = (trap: (typeof traps)[number]) => (object: object, key?: PropertyKey) => {
    ask(`${trap} ${String(key)}`);
    return (Reflect[trap] as (object: object, key?: PropertyKey) => unknown)(object, key); // some take no key
  };
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, spy(trap)])));
}

const give = (tell: (value: number) => void) => tell(1);

/** Values that run code when they are asked what they are. */
const VALUES: Record<string, (ask: Ask) => object> = {
  'an object with accessors': (ask) => withAccessors({}, ask, undefined),
  'an instance whose class has accessors': (ask) => Object.create(withAccessors({}, ask, undefined)) as object,
  'an object whose accessor gives a `then`': (ask) => withAccessors({}, ask, give),
  'a function with accessors': (ask) => withAccessors(() => 1, ask, undefined),
  'a proxy': (ask) => spied({}, ask),
  'a proxy of a thenable': (ask) => spied({ then: give }, ask),
  'a proxy of a function': (ask) => spied(() => 1, ask),
  'an object that inherits from a proxy': (ask) => Object.create(spied({}, ask)) as object,
};

describe('a control’s value that runs code when it is asked what it is', () => {
  const CASES = Object.keys(VALUES).flatMap((name) => MODES.map((mode) => ({ name, mode })));

  it.each(CASES)('is asked by its caller alone: $name, $mode', async ({ name, mode }) => {
    const asked = async (percentEnabled: number) => {
      const laboratory = new Laboratory({ late: true });
      laboratory.set({ percentEnabled });
      const asking: string[] = [];
      const value = VALUES[name]?.((what) => asking.push(what));
      const candidate = vi.fn(() => 1);
      const given = laboratory.call({ mode, order: 'controlFirst', control: () => value, candidate });
      const before = asking.splice(0);
      expect(given).toBe(value);
      asking.splice(0);
      await given;
      const byCaller = [...asking];
      await laboratory.settled();
      return { before, byCaller };
    };
    expect(await asked(100)).toEqual(await asked(0));
  });
});

describe('a candidate’s value that runs code when it is asked what it is', () => {
  const CASES = Object.keys(VALUES).flatMap((name) =>
    MODES.flatMap((mode) => ['itself', 'a promise of it'].map((as) => ({ name, mode, as }))),
  );

  it.each(CASES)('runs it within the candidate: $name, as $as, $mode', async ({ name, mode, as }) => {
    const stores = new AsyncLocalStorage<string>();
    const laboratory = new Laboratory({ late: true });
    const within: (string | undefined)[] = [];
    const failure = new Error('left behind');
    const value = VALUES[name]?.(() => {
      within.push(laboratory.registry.candidate()?.candidate);
      stores.enterWith('of the candidate');
      void Promise.reject(failure);
    });
    const given = { mode, order: 'controlLast', control: () => stores.getStore(), compare: () => true } as const;
    const call = () => laboratory.call({ ...given, candidate: as === 'itself' ? () => value : async () => value });
    const [gave, after] = stores.run('of the caller', () => [call(), stores.getStore()]);
    await laboratory.settled();
    expect([gave, after]).toEqual(['of the caller', 'of the caller']);
    expect(new Set(within)).toEqual(new Set(within.length > 0 ? ['candidate'] : []));
    expect(laboratory.failures.map(({ operation }) => operation)).toEqual(within.map(() => 'candidate'));
  });
});
