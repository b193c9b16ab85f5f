import { PassThrough, Readable } from 'node:stream';
import { connectable, defer, lastValueFrom, Observable, of, range, take } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ExperimentRegistry } from '../../lib/experiment/run/experiment-registry.js';
import { ErrorReporter } from '../../lib/studies/studies-reporter.js';
import '../support/setup.js';
import { Laboratory } from './harness.js';

const strays: unknown[] = [];
const stray = (error: unknown) => strays.push(error);

beforeAll(() => {
  process.on('uncaughtException', stray);
  process.on('unhandledRejection', stray);
});
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(strays.splice(0)).toEqual([]);
});
afterAll(() => {
  process.off('uncaughtException', stray);
  process.off('unhandledRejection', stray);
});

describe('a candidate', () => {
  it('whose Observable fails when it is left is heard of by nobody, and gives its place back', async () => {
    const laboratory = new Laboratory();
    const candidate = () =>
      new Observable(() => () => {
        throw new Error('teardown');
      });
    for (const mode of ['shadow', 'parallel', 'serial'] as const) {
      const given = laboratory.call({ mode, control: () => of(1), candidate, timeout: 2, maxConcurrent: 1 });
      expect(await lastValueFrom(given as Observable<unknown>)).toBe(1);
      await laboratory.settled();
    }
    expect(laboratory.results.map(({ candidates }) => candidates[0]?.outcome)).toEqual(['timedOut', 'timedOut', 'timedOut']);
  });

  it('that gives a stream of its caller’s leaves it to its caller', async () => {
    const laboratory = new Laboratory();
    const upload = new PassThrough();
    await laboratory.resultOf({ control: () => 1, candidate: (request: { file: unknown }) => request.file }, undefined, {
      file: upload,
    });
    const shared = new PassThrough();
    await laboratory.call({ mode: 'parallel', control: async () => shared, candidate: async () => shared });
    await laboratory.settled();
    expect([upload.destroyed, shared.destroyed]).toEqual([false, false]);
  });

  it('is known once a call was sampled, also if nothing of it could be compared', async () => {
    const laboratory = new Laboratory();
    const find = () => laboratory.registry.candidatesOf('experiment');
    expect(find()).toEqual([]);
    laboratory.call({ control: () => [1].values(), candidates: { one: () => 1, two: () => 2 } });
    await laboratory.settled();
    expect([[...laboratory.skipped], find()]).toEqual([[['notComparable', 1]], ['one', 'two']]);
  });

  it('that gives a stream of its own, which nobody reads, has it freed', async () => {
    const laboratory = new Laboratory({ late: true });
    const own: Readable[] = [];
    const candidate = () => own[own.push(Readable.from(['a'])) - 1];
    for (const mode of ['shadow', 'parallel', 'serial'] as const)
      await laboratory.resultOf({ mode, control: () => 1, candidate });
    expect(own.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
  });

  it('that gives what cannot be freed is heard of by nobody', async () => {
    const hostile = {
      pipe() {},
      get destroy(): never {
        throw new Error('getter');
      },
    };
    const laboratory = new Laboratory();
    const stream = new PassThrough();
    expect(laboratory.call({ mode: 'serial', control: () => stream, candidate: () => hostile })).toBe(stream);
    await laboratory.settled();
  });

  it('that is lazy is known as the current one, also when it begins later', async () => {
    const laboratory = new Laboratory();
    const current = () => laboratory.registry.candidate()?.candidate;
    const candidates = {
      observable: () => defer(() => of(current())),
      thenable: () => ({ then: (resolve: (value: unknown) => void) => resolve(current()) }),
    };
    const { candidates: observed } = await laboratory.resultOf({ control: () => 1, candidates });
    expect(observed.map((observation) => observation.kind === 'returned' && observation.value)).toEqual([
      ['observable'],
      'thenable',
    ]);
  });

  it('that calls another experiment runs its control alone', async () => {
    const laboratory = new Laboratory();
    const runs = vi.fn();
    const one = { name: 'one', control: () => 1, candidate: (): unknown => (runs(), laboratory.call(other)) };
    const other = { name: 'other', control: () => 1, candidate: (): unknown => (runs(), laboratory.call(one)) };
    laboratory.call(one);
    for (let turn = 0; turn < 5; turn += 1) await laboratory.settled();
    expect(runs).toHaveBeenCalledTimes(1);
  });
});

describe('the caller gets what the control gave, itself', () => {
  it.each<[string, () => object]>([
    ['a promise that can be cancelled', () => Object.assign(Promise.resolve(1), { cancel: () => true })],
    ['a promise of a class of its own', () => new (class extends Promise<number> {})((resolve) => resolve(1))],
    ['an Observable that is connected to', () => connectable(of(1))],
    ['an Observable of a class of its own', () => new (class extends Observable<number> {})()],
    ['a mock that answers everything', () => new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : () => undefined) })],
  ])('%s', async (_, control) => {
    const laboratory = new Laboratory();
    const gave = control();
    expect(laboratory.call({ control: () => gave, candidate: control })).toBe(gave);
    await laboratory.settled();
  });

  it('and a promise that can more is not watched, since that would handle its rejection', async () => {
    const laboratory = new Laboratory();
    const control = () => Object.assign(Promise.resolve(1), { cancel: () => true });
    await laboratory.call({ control, candidate: () => 2 });
    await laboratory.settled();
    expect(laboratory.skipped.get('notComparable')).toBe(1);
  });
});

it('a limit that is no number lets no candidate run, and keeps nobody waiting', async () => {
  const laboratory = new Laboratory();
  expect(laboratory.call({ mode: 'serial', control: () => 1, candidate: () => 1, maxConcurrent: NaN })).toBe(1);
  await laboratory.settled();
  expect(laboratory.skipped.get('maxConcurrent')).toBe(1);
});

it('a mismatch that is raised after its caller has left is heard of by nobody', async () => {
  const laboratory = new Laboratory();
  const endless = () => range(0, 2_000);
  const given = laboratory.call({ control: endless, candidate: async () => 1, raiseOnMismatch: true }) as Observable<number>;
  expect(await lastValueFrom(given.pipe(take(1_500)))).toBe(1_499);
  await laboratory.settled();
});

it('a failure that cannot be printed is reported, and not heard of', () => {
  const reporter = new ErrorReporter({ onError: undefined, onHalt: undefined }, new ExperimentRegistry());
  const unprintable = [Object.create(null), Object.assign(new Error(), { message: Symbol('a') }), Symbol('b')];
  for (const failure of unprintable) expect(() => reporter.report('compare', failure, 'search')).not.toThrow();
});

it('a subject that is a number is taken by its digits, one that is null for nobody, and anything else is reported', async () => {
  const laboratory = new Laboratory({ gate: { percentEnabled: 0.01, startsAt: null, endsAt: null, subjects: ['42'] } });
  const call = (subject: unknown) => laboratory.call({ control: () => 1, candidate: () => 1, subject: () => subject as string });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  for (const subject of [42, null, {}]) call(subject);
  vi.restoreAllMocks();
  await laboratory.settled();
  expect(laboratory.results.length).toBe(1);
  expect(laboratory.failures.map(({ operation }) => operation)).toEqual(['subject']);
});
