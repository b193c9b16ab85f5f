import { afterEach, describe, expect, it, vi } from 'vitest';
import type { StudiesModuleOptions } from '../../lib/index.js';
import { MemoryStudiesStorage } from '../../lib/testing/index.js';
import { Administration } from '../support/administration.js';
import { anApp, PLATFORMS, type Platform, type RunningApp } from '../support/app.js';

const NAME = 'price';

/** An epoch as the API gives it. */
interface Epoch {
  readonly number: number;
  readonly release: string;
  readonly fingerprint: string;
  readonly current: boolean;
}

/** A process of an application whose code is of some release. */
function started(storage: MemoryStudiesStorage, studies: StudiesModuleOptions = {}, platform: Platform = 'express') {
  return anApp(platform)
    .databases()
    .studies({ storage, admin: { public: true }, refreshInterval: 10, ...studies })
    .start();
}

/** Makes calls of the experiment, whose candidate is wrong by some amount, and has them written. */
async function called(app: RunningApp, count: number, wrongBy = 0, ignored?: readonly string[]): Promise<void> {
  await turnedOn(app);
  for (let call = 0; call < count; call += 1) {
    app.experiments.run({
      name: NAME,
      control: () => ({ price: 1 }),
      candidate: () => ({ price: 1 + wrongBy }),
      ...(ignored !== undefined && { ignorePaths: [...ignored] }),
    });
  }
  await app.whenIdle();
}

async function turnedOn(app: RunningApp): Promise<void> {
  if ((await app.experiments.find(NAME)) === undefined) app.experiments.run({ name: NAME, control: () => 1, candidate: () => 1 });
  await vi.waitFor(async () => expect(await app.experiments.find(NAME)).toBeDefined());
  if ((await app.experiments.find(NAME))?.percentEnabled !== 100) await app.experiments.enable(NAME);
}

const epochsOf = async (administration: Administration) => {
  const { status, body } = await administration.epochs(NAME);
  expect(status).toBe(200);
  return (body as { items: Epoch[] }).items; // so it is documented
};

afterEach(() => void vi.useRealTimers());

describe.each(PLATFORMS)('the epochs of an experiment on %s', (platform) => {
  it('begin with each release, and what was recorded of earlier ones remains readable', async () => {
    const storage = new MemoryStudiesStorage();
    const old = await started(storage, { release: '1.0' }, platform);
    await called(old, 3, 1);
    const next = await started(storage, { release: '2.0' }, platform);
    await called(next, 5);
    const administration = new Administration(next);
    const [second, first, ...others] = await epochsOf(administration);

    expect(others).toEqual([]);
    expect(first).toMatchObject({ release: '1.0', current: false });
    expect(second).toMatchObject({ release: '2.0', current: true, fingerprint: first?.fingerprint });
    const earlier = { epoch: String(first?.number) };

    expect((await administration.summary(NAME)).body).toMatchObject({ runs: 5, epoch: second });
    expect((await administration.summary(NAME, undefined, earlier)).body).toMatchObject({ runs: 3, epoch: first });
    expect((await administration.summary(NAME, 'text/plain')).body).toMatch(/^ {2}release +2\.0, since 20/m);
    expect((await administration.summary(NAME, 'text/plain', earlier)).body).toContain('an earlier one: other code runs now');

    const results = async (query: Readonly<Record<string, string>> = {}) =>
      (await administration.results(NAME, query)).body as { items: { id: string; outcome: string }[] }; // so it is documented
    expect((await results()).items.map(({ outcome }) => outcome)).toEqual(['matched']);
    const mismatched = (await results(earlier)).items;
    expect(mismatched.map(({ outcome }) => outcome)).toEqual(['mismatched', 'mismatched', 'mismatched']);
    expect((await administration.result(NAME, mismatched[0]?.id ?? '')).status).toBe(200);

    const figures = async (query: string) =>
      (await next.get(`/studies/figures?name=${NAME}${query}`)).body as {
        items: { runs: number; lastHour: { runs: number[] } }[];
      }; // so it is documented
    for (const [query, runs] of [
      ['', 5],
      [`&epoch=${first?.number}`, 3],
    ] as const) {
      const [item] = (await figures(query)).items;
      expect(item?.runs).toBe(runs);
      expect(item?.lastHour.runs.reduce((sum, count) => sum + count)).toBe(8);
    }
    const counted = async (query: Readonly<Record<string, string>> = {}) => {
      const { points } = (await administration.timeline(NAME, query)).body as { points: { candidates: { counts: object }[] }[] }; // so it is documented
      const counts = points.flatMap(({ candidates }) => candidates.flatMap((one) => Object.values(one.counts) as number[]));
      return counts.reduce((sum, count) => sum + count);
    };
    expect([await counted(), await counted(earlier)]).toEqual([8, 3]);
    const durations = async (query = {}) =>
      (await administration.durations(NAME, query)).body as { candidates: { control: { count: number } }[] }; // so it is documented
    expect((await durations()).candidates[0]?.control.count).toBe(5);
    expect((await durations(earlier)).candidates[0]?.control.count).toBe(3);

    const service = next.experiments;
    expect((await service.epochs(NAME)).map(({ number }) => number)).toEqual([second?.number, first?.number]);
    expect((await service.summary(NAME, { epoch: first?.number })).runs).toBe(3);
    expect((await service.results(NAME, { epoch: first?.number })).items).toHaveLength(3);
  });

  it('are refused when they are not there, or no numbers', async () => {
    const app = await started(new MemoryStudiesStorage(), {}, platform);
    await called(app, 1);
    const administration = new Administration(app);
    for (const [epoch, status] of [
      ['99', 404],
      ['0', 400],
      ['1.5', 400],
      ['x', 400],
      ['', 400],
      ['2147483648', 400],
    ] as const) {
      const answers = [
        await administration.summary(NAME, undefined, { epoch }),
        await administration.results(NAME, { epoch }),
        await administration.timeline(NAME, { epoch }),
        await administration.durations(NAME, { epoch }),
        await app.get(`/studies/figures?name=${NAME}&epoch=${epoch}`),
      ];
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => status));
    }
    expect((await app.get(`/studies/figures?name=${NAME}&name=other&epoch=1`)).status).toBe(400);
    expect((await administration.summary(NAME, undefined, { epoch: '99' })).body).toMatchObject({
      message: 'There is no epoch 99 of experiment "price". It has 1.',
    });
  });
});

describe('an epoch', () => {
  it('goes on when the same code is started again', async () => {
    const storage = new MemoryStudiesStorage();
    for (let start = 1; start <= 3; start += 1) {
      const app = await started(storage, { release: '1.0' });
      await called(app, 2);
      expect((await app.experiments.epochs(NAME)).length).toBe(1);
      expect((await app.experiments.summary(NAME)).runs).toBe(2 * start);
      await app.close();
    }
  });

  it('begins with other code of the same release', async () => {
    const storage = new MemoryStudiesStorage();
    const runs: number[] = [];
    for (const candidate of [() => 1, () => 1 + 0, () => 1]) {
      const app = await started(storage, { release: '1.0' });
      await turnedOn(app);
      app.experiments.run({ name: NAME, control: () => 1, candidate });
      await app.whenIdle();
      runs.push((await app.experiments.epochs(NAME)).length);
      await app.close();
    }
    expect(runs).toEqual([1, 2, 2]);
  });

  it('begins in all processes when an operator leaves out a field', async () => {
    const storage = new MemoryStudiesStorage();
    const [one, other] = [await started(storage, { release: '1.0' }), await started(storage, { release: '1.0' })];
    for (const app of [one, other]) await called(app, 2, 1);
    expect((await one.experiments.summary(NAME)).candidates[0]?.counts.mismatched).toBe(4);
    await one.experiments.update(NAME, { ignorePaths: ['$.price'] });
    const knows = async () => {
      await called(other, 1, 1);
      expect(await other.experiments.epochs(NAME)).toHaveLength(2);
    };
    await vi.waitFor(knows);
    await called(one, 2, 1);
    const { candidates, epoch } = await one.experiments.summary(NAME);
    expect(candidates[0]?.counts).toMatchObject({ matched: 3, mismatched: 0 });
    expect(epoch?.current).toBe(true);
    expect((await one.experiments.epochs(NAME)).map(({ fingerprint }) => fingerprint)).toHaveLength(2);
  });

  it('begins with a purge, which removes all earlier ones, and goes with its experiment', async () => {
    const storage = new MemoryStudiesStorage();
    const old = await started(storage, { release: '1.0' });
    await called(old, 2);
    const app = await started(storage, { release: '2.0' });
    await called(app, 3);
    await app.experiments.purge(NAME);
    expect(await app.experiments.epochs(NAME)).toEqual([]);
    expect(await app.experiments.summary(NAME)).toMatchObject({ runs: 0, epoch: null });
    const { id = 0 } = (await app.experiments.find(NAME)) ?? {};
    expect([storage.records.tallies.forgettable(id, []), storage.records.results.forgettable(id, [])]).toEqual([0, 0]);
    await called(app, 1);
    expect((await app.experiments.epochs(NAME)).map(({ release }) => release)).toEqual(['2.0']);
    expect((await app.experiments.summary(NAME)).runs).toBe(1);
    await app.experiments.remove(NAME);
    expect(storage.records.epochs.of([id])).toEqual([]);
  });

  it('has the version of the application as its release by default, and refuses one that can’t be', async () => {
    const app = await started(new MemoryStudiesStorage());
    await called(app, 1);
    expect((await app.experiments.epochs(NAME))[0]?.release).toMatch(/^\d+\.\d+\.\d+$/);
    for (const release of ['', ' 1', 'a\0', 'x'.repeat(101), 1 as never]) {
      await expect(started(new MemoryStudiesStorage(), { release })).rejects.toThrow('The options of StudiesModule: "release" ');
    }
  });
});
