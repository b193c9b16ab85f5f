import { Controller, Get, Inject, Injectable } from '@nestjs/common';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Experiment, ExperimentService, Publisher, type ExperimentResult } from '../../lib/index.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { anApp, PLATFORMS, sqlite, type RunningApp } from '../support/app.js';
import { deferred } from '../support/deferred.js';
import { databaseFile } from '../support/files.js';
import { watchedTimers } from '../support/timers.js';

/** Lets a test decide when the candidate settles. */
@Injectable()
class Gate {
  readonly started = deferred();
  readonly open = deferred();
  signal: AbortSignal | undefined;
}

@Controller('slow')
class SlowController {
  constructor(
    @Inject(Gate) private readonly gate: Gate,
    @Inject(ExperimentService) private readonly experiments: ExperimentService,
  ) {}

  @Get()
  @Experiment({ name: 'slow', candidate: 'slowV2', percentEnabled: 100 })
  async slow() {
    return Promise.resolve({ is: 'slow' });
  }

  async slowV2() {
    this.gate.signal = this.experiments.current()?.signal;
    this.gate.started.resolve();
    await this.gate.open.promise;
    return { is: 'slow' };
  }
}

describe.each(PLATFORMS)('the end of an application, on %s', (platform) => {
  const start = (shutdownTimeout: number, database = ':memory:') =>
    anApp(platform)
      .databases(sqlite({ database }))
      .studies({ shutdownTimeout })
      .controllers(SlowController)
      .providers(Gate)
      .start();

  const inFlight = async (app: RunningApp) => {
    expect((await app.get('/slow')).body).toEqual({ is: 'slow' });
    const gate = app.provider(Gate);
    await gate.started.promise;
    return gate;
  };

  it('waits for a candidate in flight, and for its result', async () => {
    const app = await start(5_000);
    const gate = await inFlight(app);

    let isClosed = false;
    const closed = app.close().then(() => (isClosed = true));
    await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    gate.open.resolve();
    await closed;

    expect(app.results.results('slow').map(({ matched }) => matched)).toEqual([true]);
    expect(gate.signal?.aborted).toBe(false);
    expect(app.failures).toEqual([]);
  });

  it('writes when experiments have run', async () => {
    const database = await databaseFile();
    const app = await start(5_000, database);
    const gate = await inFlight(app);

    const closed = app.close();
    gate.open.resolve();
    await closed;
    const next = await start(5_000, database);

    const [result] = app.results.results('slow');
    expect(await next.experiments.find('slow')).toMatchObject({ firstRunAt: result?.startedAt, lastRunAt: result?.startedAt });
  });

  it('aborts a candidate that never settles, and says so in its result', async () => {
    const database = await databaseFile();
    const app = await start(50, database);
    const gate = await inFlight(app);

    await app.close();

    const aborted = {
      name: 'StudiesError',
      code: 'CANDIDATE_ABORTED',
      message: 'Candidate "candidate" of experiment "slow" was still running when the application stopped.',
    };
    expect(gate.signal?.aborted).toBe(true);
    expect(gate.signal?.reason).toMatchObject(aborted);
    expect(app.results.results('slow')).toHaveLength(1);
    expect(app.results.results('slow')[0]?.candidates[0]).toMatchObject({ outcome: 'timedOut', kind: 'threw', error: aborted });
    const next = await start(50, database);
    expect((await next.experiments.find('slow'))?.lastRunAt).toEqual(app.results.results('slow')[0]?.startedAt);
  });

  it('goes on answering while it waits, without starting candidates', async () => {
    const app = await start(5_000);
    const gate = await inFlight(app);

    const closed = app.close();
    await new Promise(setImmediate);
    const answer = await app.get('/slow');
    gate.open.resolve();
    await closed;

    expect(answer).toMatchObject({ status: 200, body: { is: 'slow' } });
    expect(app.results.runs('slow')).toBe(1);
  });
});

describe('the end of an application', () => {
  @Injectable()
  class Rates {
    @Experiment({ name: 'rates', candidate: 'rateV2', percentEnabled: 100, timeout: 60_000 })
    async rate() {
      return Promise.resolve(7);
    }

    async rateV2() {
      return Promise.resolve(7);
    }

    @Experiment({ name: 'stuck', candidate: 'stuckV2', percentEnabled: 100, timeout: 60_000 })
    stuck() {
      return 7;
    }

    async stuckV2() {
      await new Promise(() => undefined);
      return 7;
    }
  }

  it('waits for a publisher that takes its time', async () => {
    const [asked, taken] = [deferred(), deferred()];
    const published: string[] = [];

    class SlowPublisher extends Publisher {
      async publish({ experiment }: ExperimentResult) {
        asked.resolve();
        await taken.promise;
        published.push(experiment);
      }
    }
    const app = await anApp().studies({ publisher: SlowPublisher }).providers(Rates).start();

    await app.provider(Rates).rate();
    await asked.promise;
    const closed = app.close();
    taken.resolve();
    await closed;

    expect(published).toEqual(['rates']);
  });

  it('does not wait for ever for a publisher that never settles', async () => {
    const asked = deferred();

    class StuckPublisher extends Publisher {
      async publish() {
        asked.resolve();
        await new Promise(() => undefined);
      }
    }
    const app = await anApp().studies({ publisher: StuckPublisher, shutdownTimeout: 20 }).providers(Rates).start();

    await app.provider(Rates).rate();
    await asked.promise;

    await expect(app.close()).resolves.toBeUndefined();
  });

  it('leaves no timer behind, with candidates settled and with one that never will', async () => {
    const timers = watchedTimers();
    const app = await anApp().studies({ shutdownTimeout: 20, refreshInterval: 10 }).providers(Rates).start();
    const rates = app.provider(Rates);

    await rates.rate();
    rates.stuck();
    await vi.waitFor(() => expect(app.results.runs('rates')).toBe(1));
    expect(await timers.pending()).toEqual(
      expect.arrayContaining([
        'lib/sync/experiment-cache.ts',
        'lib/experiment/admission/event-loop.ts',
        'lib/experiment/run/candidates/candidate-timeout.ts',
      ]),
    );
    await app.close();

    expect(await timers.pending()).toEqual([]);
    expect(app.results.runs('stuck')).toBe(1);
  });

  it('leaves no timer behind when nothing ever ran', async () => {
    const timers = watchedTimers();
    const app = await anApp().providers(Rates).start();

    expect((await timers.pending()).sort()).toEqual([
      'lib/decorators/late-modules.ts',
      'lib/sync/experiment-cache.ts',
      'lib/sync/heartbeat.ts',
    ]);
    await app.close();

    expect(await timers.pending()).toEqual([]);
  });

  it('leaves no timer behind when the start has failed', async () => {
    class Lonely {
      @Experiment({ name: 'lonely' })
      search() {
        return 1;
      }
    }
    const timers = watchedTimers();

    await expect(anApp().providers(Lonely).start()).rejects.toMatchObject({ code: 'MISSING_BEHAVIOUR' });

    expect(await timers.pending()).toEqual([]);
  });

  it('does not depend on its timers: none of them keeps the process alive', async () => {
    const timers = watchedTimers();
    const app = await anApp().studies({ shutdownTimeout: 20 }).providers(Rates).start();

    app.provider(Rates).stuck();
    await vi.waitFor(async () => {
      expect((await timers.pending()).sort()).toEqual([
        'lib/decorators/late-modules.ts',
        'lib/experiment/admission/event-loop.ts',
        'lib/experiment/run/candidates/candidate-timeout.ts',
        'lib/sync/experiment-cache.ts',
        'lib/sync/heartbeat.ts',
      ]);
    });

    expect(await timers.holding()).toEqual([]);
  });

  describe('while the database is slow', () => {
    /** Holds the next call of a method of the storage. */
    function held(method: 'digest' | 'ran') {
      const [called, release] = [deferred(), deferred()];
      const original = TypeOrmStorage.prototype[method] as (...args: unknown[]) => Promise<never>; // both are asynchronous
      const spy = vi.spyOn(TypeOrmStorage.prototype, method);
      let done: Promise<unknown> | undefined;
      spy.mockImplementationOnce(function (this: TypeOrmStorage, ...args: unknown[]) {
        called.resolve();
        const answer = release.promise.then(() => original.apply(this, args));
        done = Promise.allSettled([answer]);
        return answer;
      });
      onTestFinished(() => spy.mockRestore());
      return { called: called.promise, release: release.resolve, done: () => done };
    }

    /** Whether a promise has settled within some turns of the event loop. */
    async function hasSettled(promise: Promise<unknown>) {
      let settled = false;
      const settle = () => (settled = true);
      promise.then(settle, settle);
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      return settled;
    }

    it('reports nothing of a reading that it has overtaken', async () => {
      const app = await anApp().studies({ refreshInterval: 10 }).providers(Rates).start();
      const reading = held('digest');

      await reading.called;
      await app.close();
      reading.release();
      await reading.done();
      await new Promise(setImmediate);

      expect(app.failures).toEqual([]);
    });

    it('waits for a writing that is under way', async () => {
      const database = await databaseFile();
      const app = await anApp().databases(sqlite({ database })).studies({ refreshInterval: 10 }).providers(Rates).start();
      const writing = held('ran');

      await app.provider(Rates).rate();
      await writing.called;
      const closed = app.close();
      expect(await hasSettled(closed)).toBe(false);
      writing.release();
      await closed;
      const next = await anApp().databases(sqlite({ database })).start();

      const [result] = app.results.results('rates');
      expect((await next.experiments.find('rates'))?.lastRunAt).toEqual(result?.startedAt);
      expect(app.failures).toEqual([]);
    });

    it('is no different from any other time for whenIdle(), which also waits for a writing that is under way', async () => {
      const app = await anApp().studies({ refreshInterval: 10 }).providers(Rates).start();
      const writing = held('ran');

      await app.provider(Rates).rate();
      await writing.called;
      const idle = app.whenIdle();
      expect(await hasSettled(idle)).toBe(false);
      writing.release();
      await idle;

      const [result] = app.results.results('rates');
      expect((await app.experiments.find('rates'))?.lastRunAt).toEqual(result?.startedAt);
    });
  });

  it('leaves calls as they are: a decorated method goes on without its experiment', async () => {
    const app = await anApp().providers(Rates).start();
    const rates = app.provider(Rates);

    await app.close();

    expect(await rates.rate()).toBe(7);
    expect(rates.stuck()).toBe(7);
    expect(app.results.runs()).toBe(0);
    expect(app.failures).toEqual([]);
  });

  it('may come twice', async () => {
    const app = await anApp().providers(Rates).start();
    await app.provider(Rates).rate();
    await app.whenIdle();

    await Promise.all([app.close(), app.close()]);
    await app.close();

    expect(app.results.runs('rates')).toBe(1);
    expect(app.failures).toEqual([]);
  });
});
