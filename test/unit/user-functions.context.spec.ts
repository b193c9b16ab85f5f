import { AsyncLocalStorage } from 'node:async_hooks';
import domain from 'node:domain';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StudiesOperation } from '../../lib/base/studies-operation.js';
import type { ExperimentOptions } from '../../lib/experiment/experiment.options.js';
import type { RunMode } from '../../lib/experiment/option-types.js';
import { optionShape } from '../../lib/experiment/validation.js';
import { Laboratory, type Given } from './harness.js';

const visitors = new AsyncLocalStorage<string>();
const late = new Error('later');

/** What reaches the listeners of the application. */
const strays: unknown[] = [];
const stray = (error: unknown) => strays.push(error);
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

beforeAll(() => EVENTS.forEach((event) => process.on(event, stray)));
afterEach(() => expect(strays.splice(0)).toEqual([]));
afterAll(() => EVENTS.forEach((event) => process.off(event, stray)));

/** What a function leaves behind, by how it fails later. */
const LEFT: Record<string, () => unknown> = {
  'a rejection': () => void Promise.reject(late),
  'a rejection of an async function': () => void (async () => Promise.reject(await Promise.resolve(late)))(),
  'a throw in a timer': () => void setTimeout(throwLate, 1),
  'a throw in an immediate': () => void setImmediate(throwLate),
  'a throw in a tick': () => process.nextTick(throwLate),
  'a throw in a microtask': () => queueMicrotask(throwLate),
};

function throwLate(): never {
  throw late;
}

interface Asked {
  /** Makes the options with this function. It calls `act`, and then does what lets the run go on. */
  readonly options: (act: () => void) => ExperimentOptions;
  readonly operation: StudiesOperation;
  readonly modes?: readonly RunMode[];
  /** Whether a caller has to wait for the mismatch. */
  readonly raises?: boolean;
  readonly bothThrow?: boolean;
  readonly percentEnabled?: number;
}

const returning = <Value>(act: () => void, value: Value): Value => {
  act();
  return value;
};

/** Every function that an experiment's options can have. */
const FUNCTIONS: Record<string, Asked> = {
  subject: { options: (act) => ({ subject: () => returning(act, 'ada') }), operation: 'subject', percentEnabled: 99.99 },
  context: { options: (act) => ({ context: () => returning(act, {}) }), operation: 'context' },
  contexts: { options: (act) => ({ contexts: { candidate: () => returning(act, {}) } }), operation: 'context' },
  runIf: { options: (act) => ({ runIf: () => returning(act, true) }), operation: 'runIf' },
  beforeRun: { options: (act) => ({ beforeRun: act }), operation: 'beforeRun' },
  afterRun: { options: (act) => ({ afterRun: act }), operation: 'afterRun' },
  compare: { options: (act) => ({ compare: () => returning(act, false) }), operation: 'compare' },
  compareErrors: {
    options: (act) => ({ compareErrors: () => returning(act, false) }),
    operation: 'compareErrors',
    bothThrow: true,
  },
  ignore: { options: (act) => ({ ignore: [() => returning(act, false)] }), operation: 'ignore' },
  diff: { options: (act) => ({ diff: () => returning(act, 'differs') }), operation: 'diff' },
  clean: { options: (act) => ({ clean: (value: unknown) => returning(act, value) }), operation: 'clean' },
  order: {
    options: (act) => ({ order: (names: readonly string[]) => returning(act, names) }),
    operation: 'order',
    modes: ['serial'],
  },
  candidateArgs: { options: (act) => ({ candidateArgs: () => returning(act, []) }), operation: 'candidateArgs' },
  coverage: { options: (act) => ({ coverage: () => returning(act, 'key') }), operation: 'coverage' },
  raiseWith: {
    options: (act) => ({ raiseWith: () => returning(act, new Error('differs')) }),
    operation: 'raiseWith',
    raises: true,
  },
};

const MODES: readonly RunMode[] = ['shadow', 'parallel', 'serial'];

const CASES = Object.entries(FUNCTIONS).flatMap(([name, { modes = MODES, raises = false }]) =>
  modes.flatMap((mode) => (raises ? [true] : [false, true]).map((raiseOnMismatch) => ({ name, mode, raiseOnMismatch }))),
);

/** Calls an experiment whose function does something, as a visitor, and tells which visitors the control and its caller see. */
async function visit({ name, mode, raiseOnMismatch }: (typeof CASES)[number], act: () => void) {
  const { options, bothThrow = false, percentEnabled = 100 } = FUNCTIONS[name] as Asked;
  const publish: NonNullable<ConstructorParameters<typeof Laboratory>[0]>['publish'] = ({ control, candidates }) => [
    control.kind === 'returned' && control.cleanedValue,
    candidates[0]?.diff,
  ];
  const laboratory = new Laboratory({
    late: true,
    gate: { percentEnabled, startsAt: null, endsAt: null, subjects: ['ada'] },
    publish,
  });
  const behaviour = (value: number) => () => {
    seen.push(['behaviour', visitors.getStore()]);
    if (bothThrow) throw new RangeError(String(value));
    return value;
  };
  const seen: [where: string, visitor: string | undefined][] = [];
  const asked = vi.fn(act);
  const given: Given = { mode, raiseOnMismatch, ...options(asked), control: behaviour(1), candidate: behaviour(2) };
  await visitors.run('ada', async () => {
    try {
      laboratory.call(given);
    } catch {
      // What the control throws, or the mismatch.
    }
    seen.push(['caller', visitors.getStore()]);
    await Promise.resolve();
    seen.push(['caller, later', visitors.getStore()]);
    await laboratory.settled();
    seen.push(['caller, at the end', visitors.getStore()]);
  });
  return { laboratory, seen, asked };
}

it('every option that takes a function is among them', () => {
  const takesFunction = Object.entries(optionShape).filter(([, schema]) => schema.safeParse(() => undefined).success);
  const names = [...takesFunction.map(([name]) => name), 'contexts'];
  expect(Object.keys(FUNCTIONS).sort()).toEqual(names.sort());
});

describe('a function of the user’s that enters a store', () => {
  it.each(CASES)(
    'changes it neither for the control nor for the caller: $name, $mode, raiseOnMismatch: $raiseOnMismatch',
    async (one) => {
      const { seen, asked } = await visit(one, () => visitors.enterWith('eve'));
      expect(asked).toHaveBeenCalled();
      expect(seen.length).toBe(5);
      expect(new Set(seen.map(([, visitor]) => visitor))).toEqual(new Set(['ada']));
    },
  );

  it.each(CASES)('sees that of its call: $name, $mode, raiseOnMismatch: $raiseOnMismatch', async (one) => {
    const stores = new Set<string | undefined>();
    await visit(one, () => stores.add(visitors.getStore()));
    // What is published is cleaned when it is first read, which a publisher may do at any time.
    if (['clean', 'diff'].includes(one.name)) stores.delete(undefined);
    else expect(stores.size).toBe(1);
    stores.delete('ada');
    expect([...stores]).toEqual([]);
  });
});

describe('a function of the user’s that leaves an error behind', () => {
  it.each(CASES)('is told to `onError` by its name: $name, $mode, raiseOnMismatch: $raiseOnMismatch', async (one) => {
    for (const leave of Object.values(LEFT)) {
      const { laboratory, asked } = await visit(one, leave);
      await vi.waitFor(() => expect(laboratory.failures.length).toBe(asked.mock.calls.length));
      const { operation } = FUNCTIONS[one.name] as Asked;
      expect(new Set(laboratory.failures.map((failure) => failure.operation))).toEqual(new Set([operation]));
      expect(laboratory.failures[0]).toEqual({ operation, error: late, experiment: 'experiment' });
      expect(laboratory.halts).toEqual([]);
    }
  });

  it.each(Object.keys(LEFT))('is told to no domain of its caller: %s', async (how) => {
    const heard = vi.fn();
    for (const one of CASES.filter(({ mode }) => mode === 'serial')) {
      const { laboratory, asked } = await domain
        .create()
        .on('error', heard)
        .run(() => visit(one, LEFT[how] as () => void));
      await vi.waitFor(() => expect(laboratory.failures.length).toBe(asked.mock.calls.length));
    }
    expect(heard).not.toHaveBeenCalled();
  });

  it('counts against no candidate', async () => {
    const laboratory = new Laboratory({ late: true, guardrails: { errorRate: 0 } });
    await laboratory.resultOf({
      control: () => 1,
      candidate: () => 1,
      compare: () => returning(() => void Promise.reject(late), true),
    });
    await vi.waitFor(() => expect(laboratory.failures.length).toBe(1));
    expect(laboratory.halts).toEqual([]);
  });
});

describe('a function of the user’s that calls its own experiment', () => {
  it.each(CASES)(
    'is called once, and gets what the control gives: $name, $mode, raiseOnMismatch: $raiseOnMismatch',
    async (one) => {
      const { options, bothThrow = false, percentEnabled = 100 } = FUNCTIONS[one.name] as Asked;
      const laboratory = new Laboratory({
        late: true,
        gate: { percentEnabled, startsAt: null, endsAt: null, subjects: ['ada'] },
      });
      let calls = 0;
      const control = () => {
        calls += 1;
        if (bothThrow) throw new RangeError('control');
        return 1;
      };
      const candidate = () => {
        if (bothThrow) throw new RangeError('candidate');
        return 2;
      };
      let asked = 0;
      const again = () => {
        asked += 1;
        if (asked > 20) throw new Error('endless');
        try {
          laboratory.call(given);
        } catch {
          // What the control throws.
        }
      };
      const given: Given = { ...one, name: 'experiment', ...options(again), control, candidate };
      try {
        laboratory.call(given);
      } catch {
        // What the control throws, or the mismatch.
      }
      await laboratory.settled();
      laboratory.results.forEach(({ control, candidates }) => [
        control.kind === 'returned' && control.cleanedValue,
        candidates[0]?.diff,
      ]);
      expect(laboratory.results).toHaveLength(1);
      expect(calls).toBe(asked + 1);
    },
  );
});
