import { Test, type TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExperimentService, StudiesError, type RunOptions } from '../../lib/index.js';
import { StudiesTestingModule } from '../../lib/testing/index.js';

/** One application for each percentage. Each knows the experiment "known". */
const PERCENTAGES = [0, 50, 100];
const modules: TestingModule[] = [];
const failures: unknown[][] = [];

async function start(percentEnabled: number): Promise<TestingModule> {
  const onError = (...failure: unknown[]) => failures.push(failure);
  const imports = [StudiesTestingModule.forRoot({ percentEnabled, onError })];
  const module = await Test.createTestingModule({ imports }).compile();
  await module.init();
  module.get(ExperimentService).run({ name: 'known', control: () => 1, candidate: () => 1 });
  return module;
}

beforeAll(async () => {
  for (const percentEnabled of PERCENTAGES) modules.push(await start(percentEnabled));
});
afterAll(async () => {
  await Promise.all(modules.map((module) => module.close()));
});

const services = () => modules.map((module) => module.get(ExperimentService));

/** What comes of a call: the value itself, or the kind of error. */
function outcomeOf(call: () => unknown): unknown {
  try {
    return { value: call() };
  } catch (error) {
    return { code: error instanceof StudiesError ? error.code : error };
  }
}

const broken = new Error('of a getter');
const behaviour = fc.constantFrom<unknown>(
  () => 1,
  () => 2,
  undefined,
  null,
  5,
  'text',
  {},
);
const name = fc.constantFrom(
  'candidate',
  'control',
  '__proto__',
  'constructor',
  '',
  ' padded ',
  'x'.repeat(101),
  'a\nb',
  '..',
  'good',
);
const record = fc
  .array(fc.tuple(name, behaviour), { maxLength: 3 })
  .map(
    (entries) => JSON.parse('{' + [...new Map(entries).keys()].map((key) => `${JSON.stringify(key)}:0`).join() + '}') as object,
  )
  .chain((keys) =>
    fc.array(behaviour, { minLength: 10, maxLength: 10 }).map((values) => {
      Object.keys(keys).forEach((key, index) =>
        Object.defineProperty(keys, key, { value: values[index], enumerable: true, configurable: true, writable: true }),
      );
      return keys;
    }),
  );
// prettier-ignore
const OPTIONS = [
  'percentEnabled', 'subject', 'context', 'contexts', 'runIf', 'beforeRun', 'afterRun', 'compare', 'compareErrors', 'ignore',
  'ignorePaths', 'diff', 'clean', 'redact', 'mode', 'order', 'timeout', 'maxConcurrent', 'isolate', 'copyBudget', 'compareBudget',
  'equality', 'coverage', 'candidateArgs', 'share', 'inTransaction', 'reads', 'raiseWith', 'recheck', 'noise', 'record', 'recordValues', 'unknown',
];

const given = fc
  .record(
    {
      name: fc.constantFrom<unknown>('known', 'known', 'known', undefined, 5, '', ' padded '),
      control: fc.oneof({ weight: 3, arbitrary: fc.constant<unknown>(() => 'control') }, behaviour),
      candidate: behaviour,
      candidates: fc.oneof<fc.Arbitrary<unknown>[]>(record, record, fc.constantFrom(null, 5, 'text', [])),
      run: fc.oneof<fc.Arbitrary<unknown>[]>(name, fc.constantFrom(undefined, 5)),
      others: fc.dictionary(fc.constantFrom(...OPTIONS), fc.anything(), { maxKeys: 3 }),
      getter: fc.constantFrom('none', 'none', 'none', ...OPTIONS, 'candidates', 'candidate', 'control', 'name', 'run'),
    },
    { requiredKeys: ['others', 'getter'] },
  )
  .map(({ others, getter, ...options }) => {
    const made: object = { name: 'known', ...options, ...others };
    if (getter === 'none') return made;
    const get = () => {
      throw broken;
    };
    return Object.defineProperty(made, getter, { get, enumerable: true, configurable: true });
  });

describe('what comes of a call', () => {
  it('does not depend on the percentage, whatever its options are', () => {
    fc.assert(
      fc.property(given, (options) => {
        const [first, ...others] = services().map((service) =>
          outcomeOf(() => service.run(options as RunOptions<() => unknown>)),
        );
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is what the control gives wherever there is one, once the name is known', () => {
    const value = Symbol('of the control');
    fc.assert(
      fc.property(given, fc.constantFrom(...PERCENTAGES.keys()), (options, index) => {
        const fixed = Object.defineProperties(
          { name: 'known', control: () => value },
          Object.fromEntries(
            Object.entries(Object.getOwnPropertyDescriptors(options)).filter(([key]) => key !== 'name' && key !== 'control'),
          ),
        );
        expect(services()[index]?.run(fixed)).toBe(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of wrapped functions does not depend on what becomes of their options', async () => {
    for (const service of services()) {
      const options = { name: 'known', control: () => 1, candidate: () => 1, ignorePaths: ['$.a'] };
      const wrapped = service.wrap(options);
      Object.assign(options, { control: () => 2, candidate: 5, timeout: -1, mode: 'fast' });
      options.ignorePaths.push('no path');
      expect([wrapped(), wrapped()]).toEqual([1, 1]);
      await service.whenIdle();
    }
  });
});

it('a call that is wrong is reported once, with what is wrong', async () => {
  // An application of its own: what the others have reported, they report no more.
  const module = await start(100);
  modules.push(module);
  const service = module.get(ExperimentService);
  failures.length = 0;
  for (let call = 0; call < 5; call += 1) {
    expect(service.run({ name: 'known', control: () => 1, candidates: { ['x'.repeat(101)]: () => 1 } })).toBe(1);
  }
  await service.whenIdle();
  expect(failures).toMatchObject([
    [
      'run',
      { code: 'INVALID_OPTIONS', message: expect.stringMatching(/"known" can't be compared.*"candidates\..*Reported once/) },
      'known',
    ],
  ]);
});
