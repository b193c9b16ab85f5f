import { AsyncLocalStorage } from 'node:async_hooks';
import DataLoader from 'dataloader';
import { ClsModule, ClsService } from 'nestjs-cls';
import { clsFork } from 'nestjs-studies/cls';
import { describe, expect, it } from 'vitest';
import type { ContextFork, ExperimentOptions, RunMode } from '../../lib/index.js';
import { anApp, type RunningApp } from '../support/app.js';

const MODES: readonly RunMode[] = ['shadow', 'parallel', 'serial'];
const CALLERS = 20;
const BAD = -1;

type Loader = DataLoader<number, string>;

/** One for each request, as applications have it. A bad key fails the whole batch. */
function aLoader(batches: number[][]): Loader {
  return new DataLoader(async (keys) => {
    batches.push([...keys]);
    await Promise.resolve();
    if (keys.includes(BAD)) throw new RangeError('bad key');
    return keys.map((key) => `user ${key}`);
  });
}

const control = (loader: Loader, id: number) => loader.load(id);
const careless = async (loader: Loader, id: number) => {
  loader.clearAll();
  return Promise.all([loader.load(id), loader.load(BAD)]);
};

/** What each caller gets of a call, and with which keys its loader was asked. */
async function called(app: RunningApp, call: (id: number, batches: number[][]) => Promise<unknown>) {
  const seen: unknown[] = [];
  for (let id = 0; id < CALLERS; id += 1) {
    const batches: number[][] = [];
    seen.push([await call(id, batches).catch(String), batches]);
    await app.whenIdle();
  }
  return seen;
}

/** What they would get without the library. */
const ALONE = Array.from({ length: CALLERS }, (_, id) => [`user ${id}`, [[id]]]);

const outcomes = (app: RunningApp) => app.results.results('loading').map(({ candidates }) => candidates[0]?.outcome);

describe.each(MODES)("in %s mode, a DataLoader of the caller's is asked nothing by a candidate", (mode) => {
  const options = { name: 'loading', mode, order: 'controlLast' } as const satisfies ExperimentOptions & { name: string };

  it.each<[string, (loader: Loader) => unknown, (given: never) => Loader]>([
    ['an argument', (loader) => loader, (given: Loader) => given],
    ['in an argument', (users) => ({ loaders: { users } }), (given: { loaders: { users: Loader } }) => given.loaders.users],
    [
      'held by an instance',
      (users) =>
        new (class Context {
          loaders = { users };
        })(),
      (given: { loaders: { users: Loader } }) => given.loaders.users,
    ],
  ])('that is %s: such a call runs the control alone', async (_, place, find) => {
    const app = await anApp().testing().start();
    const experiment = app.experiments.wrap({
      ...options,
      control: (given: unknown, id: number): Promise<unknown> => control(find(given as never), id),
      candidate: (given: unknown, id: number): Promise<unknown> => careless(find(given as never), id),
    });
    expect(await called(app, (id, batches) => experiment(place(aLoader(batches)), id))).toEqual(ALONE);
    expect(outcomes(app)).toEqual([]);
    expect(app.failures.map(({ error }) => String(error))).toEqual([expect.stringContaining('a DataLoader')]);
  });

  it('that is an argument, where "candidateArgs" gives a fresh one', async () => {
    const app = await anApp().testing().start();
    const ofCandidates: number[][] = [];
    const experiment = app.experiments.wrap({
      ...options,
      control: (loader: Loader, id: number): Promise<unknown> => control(loader, id),
      candidate: (loader: Loader, id: number): Promise<unknown> => careless(loader, id),
      candidateArgs: (_loader, id) => [aLoader(ofCandidates), id],
    });
    expect(await called(app, (id, batches) => experiment(aLoader(batches), id))).toEqual(ALONE);
    expect(outcomes(app)).toEqual(Array.from({ length: CALLERS }, () => 'errored'));
    expect(ofCandidates).toEqual(Array.from({ length: CALLERS }, (_, id) => [id, BAD]));
  });

  it('that is in a store, where a fork gives a fresh one', async () => {
    const loaders = new AsyncLocalStorage<Loader>();
    const ofCandidates: number[][] = [];
    const fork: ContextFork = (next) => loaders.run(aLoader(ofCandidates), next);
    const app = await anApp()
      .testing({ fork: [fork] })
      .start();
    const loader = () => loaders.getStore() ?? expect.unreachable();
    const call = (id: number): Promise<unknown> =>
      app.experiments.run<Promise<unknown>>({
        ...options,
        control: () => control(loader(), id),
        candidate: () => careless(loader(), id),
      });
    expect(await called(app, (id, batches) => loaders.run(aLoader(batches), call, id))).toEqual(ALONE);
    expect(outcomes(app)).toEqual(Array.from({ length: CALLERS }, () => 'errored'));
    expect(ofCandidates).toHaveLength(CALLERS);
  });

  it('that is in the store of nestjs-cls, where a fork after that of the library gives a fresh one', async () => {
    const ofCandidates: number[][] = [];
    const fresh: ContextFork = (next) => {
      app.provider(ClsService).set('users', aLoader(ofCandidates));
      return next();
    };
    const app: RunningApp = await anApp()
      .testing({ fork: [clsFork(), fresh] })
      .imports(ClsModule.forRoot({ global: true }))
      .start();
    const cls = app.provider(ClsService);
    const loader = () => cls.get<Loader>('users');
    const call = (id: number): Promise<unknown> =>
      app.experiments.run<Promise<unknown>>({
        ...options,
        control: () => control(loader(), id),
        candidate: () => careless(loader(), id),
      });
    const inStore = (id: number, batches: number[][]) =>
      cls.run(() => {
        cls.set('users', aLoader(batches));
        return call(id);
      });
    expect(await called(app, inStore)).toEqual(ALONE);
    expect(ofCandidates).toHaveLength(CALLERS);
  });

  it('that its instance has, where "candidateArgs" gives a fresh one in its place', async () => {
    const app = await anApp().testing().start();
    const ofCandidates: number[][] = [];
    class Users {
      constructor(readonly loader: Loader) {}
      find(id: number, loader = this.loader): Promise<unknown> {
        return control(loader, id);
      }
      findV2(id: number, loader = this.loader): Promise<unknown> {
        return careless(loader, id);
      }
    }
    const call = (id: number, batches: number[][]) => {
      const users = new Users(aLoader(batches));
      const find = app.experiments.wrap({
        ...options,
        control: (id: number, loader?: Loader) => users.find(id, loader),
        candidate: (id: number, loader?: Loader) => users.findV2(id, loader),
        candidateArgs: (id) => [id, aLoader(ofCandidates)],
      });
      return find(id);
    };
    expect(await called(app, call)).toEqual(ALONE);
    expect(ofCandidates).toHaveLength(CALLERS);
  });
});

it("shares a loader that its instance or a store has, and fails its caller's batch, where nothing gives a fresh one: as the docs say", async () => {
  const app = await anApp().testing().start();
  const batches: number[][] = [];
  const loader = aLoader(batches);
  const call = app.experiments.run<Promise<unknown>>({
    name: 'loading',
    mode: 'parallel',
    control: async () => {
      await Promise.resolve();
      return control(loader, 1);
    },
    candidate: () => loader.load(BAD),
  });
  await expect(call).rejects.toThrow('bad key');
  expect(batches).toEqual([[BAD, 1]]);
});
