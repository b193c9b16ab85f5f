import { Controller, Get, Inject, Injectable } from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Experiment, ExperimentService, type ExperimentHalt, type StudiesModuleOptions } from '../../lib/index.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { Administration } from '../support/administration.js';
import { anApp, PLATFORMS, sqlite, type Platform, type RunningApp } from '../support/app.js';
import { deferred } from '../support/deferred.js';
import { databaseFile } from '../support/files.js';
import { recordedLog } from '../support/log.js';

const NAME = 'rates';
const REASON = 'Candidate "candidate": 4 of 4 runs failed or timed out: "errorRate" allows 3 %.';
const IN_SEVERAL: unknown = expect.stringMatching(
  /^Candidate "candidate": \d of \d runs (in several processes )?failed or timed out/,
);

@Controller('rates')
class RatesController {
  candidates = 0;

  @Get()
  @Experiment({ name: NAME, candidate: 'newRate', percentEnabled: 100 })
  rate() {
    return { rate: 7 };
  }

  newRate(): { rate: number } {
    this.candidates += 1;
    throw new Error('there is no such rate');
  }
}

/** An application whose candidate always fails. With its limit, the fourth failure is one too many. */
async function start(
  { database = ':memory:', ...studies }: Omit<StudiesModuleOptions, 'database'> & { database?: string } = {},
  platform: Platform = 'express',
) {
  const app = await anApp(platform)
    .databases(sqlite({ database }))
    .studies({ admin: { public: true }, ...studies })
    .controllers(RatesController)
    .start();
  await app.experiments.update(NAME, { guardrails: { errorRate: 0.03 } });
  return app;
}

async function ask(app: RunningApp, times: number) {
  for (let index = 0; index < times; index += 1) {
    expect((await app.get('/rates')).body).toEqual({ rate: 7 });
    await app.experiments.whenIdle();
  }
}

/** The experiment as the database has it, once it has been stopped. */
function halted(app: RunningApp, reason: unknown = REASON) {
  return vi.waitFor(
    async () => {
      const row = await app.experiments.find(NAME);
      expect(row).toMatchObject({ percentEnabled: 0, haltReason: reason });
      return row;
    },
    { timeout: 10_000 },
  );
}

const candidates = (app: RunningApp) => app.provider(RatesController).candidates;

describe.each(PLATFORMS)('an experiment that goes beyond a guardrail, on %s', (platform) => {
  it('is turned off, with when and why in its resource and in its history', async () => {
    const app = await start({}, platform);
    const administration = new Administration(app);
    const before = Date.now();
    await ask(app, 10);
    await halted(app);

    expect(candidates(app)).toBe(4);
    const resource = await administration.resource(NAME);
    expect(resource).toMatchObject({ percentEnabled: 0, enabled: false, haltReason: REASON, guardrails: { errorRate: 0.03 } });
    const at = Date.parse(resource.haltedAt ?? '');
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
    await vi.waitFor(async () => {
      const { body } = await administration.history(NAME);
      expect((body as { items: unknown[] }).items[0]).toMatchObject({
        kind: 'halted',
        actor: null,
        reason: REASON,
        before: { percentEnabled: 100, haltedAt: null, haltReason: null },
        after: { percentEnabled: 0, haltedAt: resource.haltedAt, haltReason: REASON },
      });
    });
  });

  it('stays off until a person sets a percentage, and is then watched anew', async () => {
    const app = await start({}, platform);
    const administration = new Administration(app);
    await ask(app, 5);
    await halted(app);

    await administration.change(NAME, { targetRate: 0.01 });
    await ask(app, 1);
    expect(candidates(app)).toBe(4);
    expect((await administration.resource(NAME)).haltReason).toBe(REASON);

    const { body } = await administration.change(NAME, { percentEnabled: 100 });
    expect(body).toMatchObject({ percentEnabled: 100, haltedAt: null, haltReason: null });
    await ask(app, 3);
    expect(candidates(app)).toBe(7);
    await ask(app, 5);
    expect(candidates(app)).toBe(8);
    await halted(app);
  });
});

describe('a guardrail that stops an experiment', () => {
  it('is told once, in the log and to onHalt', async () => {
    const log = recordedLog();
    const halts: ExperimentHalt[] = [];
    const app = await start({ onHalt: (halt) => halts.push(halt) });
    await ask(app, 10);
    const row = await halted(app);

    await vi.waitFor(() => expect(halts).toEqual([{ experiment: NAME, reason: REASON, at: row?.haltedAt }]));
    expect(log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      `Experiment "rates" was stopped. ${REASON} It stays off until it is turned on again.`,
    ]);
    expect(app.failures).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no pager');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no pager'))],
  ])('is obeyed also where onHalt %s, which is told to onError', async (_, onHalt) => {
    const app = await start({ onHalt });
    await ask(app, 5);
    await halted(app);
    await vi.waitFor(() =>
      expect(app.failures).toEqual([{ operation: 'onHalt', experiment: NAME, error: new Error('no pager') }]),
    );
  });

  it('holds over refreshes and restarts', async () => {
    const database = await databaseFile();
    const app = await start({ database, refreshInterval: 10 });
    await ask(app, 5);
    await halted(app);
    const looked = vi.spyOn(TypeOrmStorage.prototype, 'digest');
    onTestFinished(() => looked.mockRestore());
    await vi.waitFor(() => expect(looked.mock.calls.length).toBeGreaterThan(3));
    await ask(app, 3);
    expect(candidates(app)).toBe(4);
    await app.close();

    const next = await anApp().databases(sqlite({ database })).controllers(RatesController).start();
    await ask(next, 3);
    expect(candidates(next)).toBe(0);
    expect(await next.experiments.find(NAME)).toMatchObject({ percentEnabled: 0, haltReason: REASON });
  });

  it('stops it in other processes too, with their next look', async () => {
    const database = await databaseFile();
    const one = await start({ database, refreshInterval: 10 });
    const other = await start({ database, refreshInterval: 10 });
    await ask(other, 1);
    await ask(one, 5);
    await halted(one, IN_SEVERAL);
    await vi.waitFor(async () => {
      const before = candidates(other);
      await ask(other, 1);
      expect(candidates(other)).toBe(before);
    });
    expect(candidates(other)).toBeLessThan(4);
  });

  it('makes one halt of it when two processes go beyond it at once', async () => {
    const database = await databaseFile();
    const onHalt = vi.fn();
    const one = await start({ database, refreshInterval: 3_600_000, onHalt });
    const other = await anApp()
      .databases(sqlite({ database }))
      .studies({ refreshInterval: 3_600_000, onHalt })
      .controllers(RatesController)
      .start();
    await Promise.all([ask(one, 5), ask(other, 5)]);
    await halted(one, IN_SEVERAL);
    await Promise.all([one.close(), other.close()]);

    for (const process of [one, other]) expect(candidates(process)).toBeLessThanOrEqual(4);
    expect(onHalt).toHaveBeenCalledTimes(1);
    const next = await anApp().databases(sqlite({ database })).start();
    const { items } = await next.experiments.history(NAME);
    expect(items.filter(({ kind }) => kind === 'halted')).toHaveLength(1);
    expect([...one.failures, ...other.failures]).toEqual([]);
  });

  it('leaves an experiment alone that a person has changed meanwhile', async () => {
    const database = await databaseFile();
    const onHalt = vi.fn();
    const one = await start({ database, refreshInterval: 3_600_000, onHalt });
    const operator = await anApp().databases(sqlite({ database })).start();
    await operator.experiments.setPercentEnabled(NAME, 50);
    await ask(one, 5);
    await one.close();

    expect(candidates(one)).toBe(4);
    expect(await operator.experiments.find(NAME)).toMatchObject({ percentEnabled: 50, haltedAt: null });
    expect(onHalt).not.toHaveBeenCalled();
    expect(one.failures).toEqual([]);
  });

  it('leaves an experiment alone that was removed meanwhile', async () => {
    const database = await databaseFile();
    const one = await start({ database, refreshInterval: 3_600_000 });
    const operator = await anApp().databases(sqlite({ database })).start();
    await operator.experiments.remove(NAME);
    await ask(one, 5);
    await one.close();
    expect(candidates(one)).toBe(4);
    expect(await operator.experiments.find(NAME)).toBeUndefined();
    expect(one.failures).toEqual([]);
  });

  it('stops it here at once while the database is away, tells so at once, and everywhere when it is back', async () => {
    const onHalt = vi.fn();
    const app = await start({ onHalt });
    const update = vi.spyOn(TypeOrmStorage.prototype, 'update').mockRejectedValue(new Error('away'));
    onTestFinished(() => update.mockRestore());
    await ask(app, 10);
    await vi.waitFor(() => expect(onHalt).toHaveBeenCalledTimes(1));

    expect(candidates(app)).toBe(4);
    expect(await app.experiments.find(NAME)).toMatchObject({ percentEnabled: 100 });
    update.mockRestore();
    await halted(app);
    expect(onHalt).toHaveBeenCalledTimes(1);
    expect(app.failures).toEqual([{ operation: 'storage', experiment: undefined, error: new Error('away') }]);
  });

  it('is stored before the application ends', async () => {
    const database = await databaseFile();
    const app = await start({ database });
    const called = deferred();
    const original = TypeOrmStorage.prototype.update; // called with a `this` below
    const update = vi.spyOn(TypeOrmStorage.prototype, 'update');
    onTestFinished(() => update.mockRestore());
    update.mockImplementationOnce(async function (this: TypeOrmStorage, ...args) {
      called.resolve();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return original.apply(this, args);
    });
    await ask(app, 4);
    await called.promise;
    await app.close();
    const next = await anApp().databases(sqlite({ database })).start();
    expect(await next.experiments.find(NAME)).toMatchObject({ percentEnabled: 0, haltReason: REASON });
  });
});

describe('guardrails over REST', () => {
  it('are set as a whole: what is left out is by default, null is no limit', async () => {
    const administration = new Administration(await start());
    const { body } = await administration.change(NAME, { guardrails: { mismatchRate: 0.1, errorRate: null } });
    expect(body).toMatchObject({ guardrails: { mismatchRate: 0.1, errorRate: null } });
    expect((await administration.change(NAME, { guardrails: {} })).body).toMatchObject({ guardrails: {} });
  });

  it.each([
    [{ window: 1_000 }, 'guardrails.window'],
    [{ minRuns: 50 }, 'guardrails.minRuns'],
    [{ errorRate: 1.1 }, 'guardrails.errorRate'],
    [{ mismatchRate: -0.1 }, 'guardrails.mismatchRate'],
    [{ slowerBy: 0.5 }, 'guardrails.slowerBy'],
    [{ blockedFor: -1 }, 'guardrails.blockedFor'],
    [{ blocked: 1 }, 'guardrails.blocked'],
  ])('are refused where they are wrong: %j', async (guardrails, field) => {
    const administration = new Administration(await start());
    const { status, body } = await administration.change(NAME, { guardrails });
    expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(field)]);
    expect((await administration.resource(NAME)).guardrails).toEqual({ errorRate: 0.03 });
  });
});

describe('in tests of users', () => {
  it('nothing is stopped and nothing skipped, whatever candidates do', async () => {
    const onHalt = vi.fn();
    const app = await anApp().testing({ onHalt }).controllers(RatesController).start();
    await ask(app, 60);
    expect(candidates(app)).toBe(60);
    expect(onHalt).not.toHaveBeenCalled();
  });

  it('guardrails can be set, to test what is done at a halt', async () => {
    const onHalt = vi.fn();
    const app = await anApp().testing({ onHalt }).controllers(RatesController).start();
    await app.experiments.update(NAME, { guardrails: { errorRate: 0 } });
    await ask(app, 3);
    await vi.waitFor(() => expect(onHalt).toHaveBeenCalledTimes(1));
  });
});

describe('a process that is busy', () => {
  @Injectable()
  class Prices {
    constructor(@Inject(ExperimentService) private readonly experiments: ExperimentService) {}

    price(): number {
      return this.experiments.run({ name: 'prices', percentEnabled: 100, control: () => 7, candidate: () => 7 });
    }
  }

  it('runs controls alone, counts why, and goes on when it is free again', async () => {
    const app = await anApp().studies({ maxEventLoopUtilization: 0.9, maxEventLoopDelay: 100 }).providers(Prices).start();
    const prices = app.provider(Prices);
    prices.price();
    await vi.waitFor(() => {
      prices.price();
      expect(app.results.runs()).toBeGreaterThan(0);
    });
    const end = performance.now() + 500;
    while (performance.now() < end);
    await vi.waitFor(
      async () => {
        expect(prices.price()).toBe(7);
        await app.whenIdle();
        const { skipped } = await app.experiments.summary('prices');
        expect(Object.keys(skipped).join()).toMatch(/eventLoop(Utilization|Delay)/);
      },
      { interval: 20 },
    );
    const before = app.results.runs();
    await vi.waitFor(
      () => {
        prices.price();
        expect(app.results.runs()).toBeGreaterThan(before);
      },
      { timeout: 10_000, interval: 100 },
    );
  });
});
