import 'reflect-metadata';
import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { finalize, of } from 'rxjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StorageHealth } from '../../lib/database/storage-health.js';
import { wrap } from '../../lib/decorators/wrapper.js';
import { Activity } from '../../lib/experiment/run/work-under-way.js';
import { CandidateContext } from '../../lib/experiment/run-context.js';
import { Laboratory } from './harness.js';

const strays: unknown[] = [];
const stray = (error: unknown) => strays.push(error);

beforeAll(() => {
  process.on('uncaughtException', stray);
  process.on('unhandledRejection', stray);
});
afterAll(() => {
  process.off('uncaughtException', stray);
  process.off('unhandledRejection', stray);
});
beforeEach(() => strays.splice(0));

const failure = new Error('of the control');

describe('a promise of a control that is not async itself', () => {
  it.each(['shadow', 'parallel'] as const)('is handed on itself in %s mode, as callers share it', async (mode) => {
    const laboratory = new Laboratory();
    const shared = Promise.resolve(1);
    expect(laboratory.call({ mode, control: () => shared, candidate: async () => 1 })).toBe(shared);
    await laboratory.settled();
    expect(laboratory.results.map(({ matched }) => matched)).toEqual([true]);
  });

  it.each(['shadow', 'parallel'] as const)('rejects for nobody but those who hold it in %s mode', async (mode) => {
    const laboratory = new Laboratory();
    const handled: unknown[] = [];
    const control = () => {
      const promise = Promise.reject(failure);
      promise.catch((error: unknown) => handled.push(error));
      return promise;
    };
    laboratory.call({ mode, control, candidate: async () => 1 }); // its caller doesn't look at what it gives
    await laboratory.settled();
    await nextTurn();
    expect(handled).toEqual([failure]);
    expect(strays).toEqual([]);
    expect(laboratory.results[0]?.control).toMatchObject({ error: failure });
  });
});

it.each(['shadow', 'parallel'] as const)('an Observable ends for its caller before it is torn down, in %s mode', async (mode) => {
  const orders = [true, false].map(async (isSampled) => {
    const laboratory = new Laboratory();
    if (!isSampled) laboratory.set({ percentEnabled: 0 });
    const seen: unknown[] = [];
    const control = () => of(1, 2).pipe(finalize(() => seen.push('released')));
    const given = laboratory.call({ mode, control, candidate: () => of(1, 2) }) as ReturnType<typeof control>;
    given.subscribe({ next: (item) => seen.push(item), complete: () => seen.push('complete') });
    await laboratory.settled();
    return seen;
  });
  const [sampled, plain] = await Promise.all(orders);
  expect(plain).toEqual([1, 2, 'complete', 'released']);
  expect(sampled).toEqual(plain);
});

it('a stream that the control gives is spared, also if a candidate gave it too late and before', async () => {
  const laboratory = new Laboratory();
  const upload = Readable.from(['content']);
  const given = laboratory.call({
    mode: 'parallel',
    timeout: 5,
    control: async () => {
      await wait(60);
      return upload;
    },
    candidate: async () => {
      await wait(20);
      return upload;
    },
  });
  expect(await given).toBe(upload);
  await laboratory.settled();
  await nextTurn();
  expect(upload.destroyed).toBe(false);
  expect(await upload.toArray()).toEqual(['content']);
});

it('an error whose message throws ends neither the process nor the runs after it', async () => {
  class Hostile extends Error {
    override get message(): string {
      throw new Error('of its message');
    }
  }
  const laboratory = new Laboratory();
  const make = () => ({ error: new Hostile() });
  laboratory.call({ control: make, candidate: make }, undefined, new Hostile());
  laboratory.call({ name: 'other', control: make, candidate: () => ({ late: Promise.resolve() }) }, undefined, [new Hostile()]);
  await laboratory.settled();
  await nextTurn();
  expect(strays).toEqual([]);
  expect((await laboratory.resultOf({ name: 'next', control: () => 1, candidate: () => 1 })).matched).toBe(true);
});

it('a task of a turn that throws is reported, and done once', async () => {
  const laboratory = new Laboratory();
  let done = 0;
  laboratory.registry.turn.later({
    work: () => {
      done += 1;
      throw failure;
    },
  });
  laboratory.registry.turn.later({ work: () => (done += 10) });
  await wait(20);
  expect(done).toBe(11);
  expect(laboratory.failures).toMatchObject([{ operation: 'run', error: failure }]);
  expect(strays).toEqual([]);
});

it('a candidate is aborted in its own context when the application stops', async () => {
  const activity = new Activity();
  activity.begin();
  const candidate = new CandidateContext('search', 'candidate');
  const aborted = new EventEmitter();
  const told = once(aborted, 'abort');
  activity.entered({
    current: candidate,
    place: 0,
    dueAt: Infinity,
    expire: () => undefined,
    abort: (error) => void aborted.emit('abort', error),
  });
  await activity.stop(0);
  expect(await told).toMatchObject([{ code: 'CANDIDATE_ABORTED' }]);
});

it.each([
  ['null', null],
  ['nothing', undefined],
  ['an error whose code throws', Object.defineProperty(new Error(), 'code', { get: () => expect.unreachable() })],
  ['a code that is no text', { code: { toString: null } }],
])('a storage that fails with %s is reported', (_, error) => {
  const failed: unknown[] = [];
  const health = new StorageHealth(
    (told) => failed.push(told),
    () => undefined,
  );
  health.failure('reading', error);
  expect(failed).toEqual([error]);
});

it('a wrapped method is told to be asynchronous, or a generator, as decorators ask for it', () => {
  const originals = [async () => 1, function* () {}, async function* () {}, () => 1];
  for (const original of originals) {
    expect(wrap(original, Symbol('of a method')).constructor.name).toBe(original.constructor.name);
  }
});
