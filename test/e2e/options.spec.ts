import { Controller, Get, Inject, Injectable, Module, Query, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { Experiment, Publisher, type ExperimentResult, type StudiesModuleOptions } from '../../lib/index.js';
import { anApp, sqlite } from '../support/app.js';
import { deferred } from '../support/deferred.js';
import { databaseFile } from '../support/files.js';
import { recordedLog } from '../support/log.js';

@Controller('search')
class SearchController {
  @Get()
  @Experiment({ name: 'search', candidate: 'searchV2', percentEnabled: 100 })
  search(@Query('q') q: string) {
    return { q };
  }

  searchV2(q: string) {
    return { q: q.toUpperCase() };
  }

  @Get('defaulted')
  @Experiment({ name: 'defaulted', candidate: 'searchV2' })
  defaulted(@Query('q') q: string) {
    return { q };
  }

  @Get('own')
  @Experiment({ name: 'own', candidate: 'searchV2', percentEnabled: 7, compare: () => false, context: { own: true } })
  own(@Query('q') q: string) {
    return { q };
  }
}

describe('an option of StudiesModule', () => {
  const start = (options: StudiesModuleOptions) => anApp().studies(options).controllers(SearchController).start();

  it('"dataSource" says where experiments are kept', async () => {
    const app = await anApp()
      .databases(sqlite({ migrationsRun: false }), sqlite({ name: 'elsewhere' }))
      .studies({ dataSource: 'elsewhere' })
      .controllers(SearchController)
      .start();

    expect(await app.dataSource('elsewhere').query('SELECT name FROM studies_experiment ORDER BY name')).toEqual([
      { name: 'defaulted' },
      { name: 'own' },
      { name: 'search' },
    ]);
  });

  it('"publisher" takes the results', async () => {
    const got: ExperimentResult[] = [];

    class KeepingPublisher extends Publisher {
      publish(result: ExperimentResult) {
        got.push(result);
      }
    }
    const app = await start({ publisher: KeepingPublisher });

    await app.get('/search?q=a');
    await app.whenIdle();

    expect(got.map(({ experiment }) => experiment)).toEqual(['search']);
  });

  it('"defaults" are the options of every experiment, under those of its own', async () => {
    const app = await start({ defaults: { percentEnabled: 100, compare: () => true, timeout: 50 } });
    await app.experiments.enable('own');

    for (const path of ['/search/defaulted?q=a', '/search/own?q=a']) await app.get(path);
    await app.whenIdle();

    expect(await app.experiments.find('defaulted')).toMatchObject({ percentEnabled: 100 });
    expect(app.results.results().map(({ experiment, matched }) => [experiment, matched])).toEqual([
      ['defaulted', true],
      ['own', false],
    ]);
  });

  it('"defaults" also serve what code runs by name', async () => {
    const app = await start({ defaults: { percentEnabled: 100, compare: () => true } });
    const run = () => app.experiments.run({ name: 'inline', control: () => 1, candidate: () => 2 });

    await vi.waitFor(async () => {
      expect(run()).toBe(1);
      await app.whenIdle();
      expect(app.results.runs('inline')).toBeGreaterThan(0);
    });

    expect(app.results.results('inline')[0]?.matched).toBe(true);
    expect(await app.experiments.find('inline')).toMatchObject({ percentEnabled: 100 });
  });

  it('"context" is known of every run, under what the experiment knows', async () => {
    const app = await start({ context: { release: 7, own: false }, defaults: { percentEnabled: 100 } });
    await app.experiments.enable('own');

    for (const path of ['/search?q=a', '/search/own?q=a']) await app.get(path);
    await app.whenIdle();

    expect(app.results.results().map(({ context }) => context)).toEqual([
      { release: 7, own: false },
      { release: 7, own: true },
    ]);
  });

  it('"context" may be a function of the arguments', async () => {
    const app = await start({ context: (...args) => ({ length: args.length, q: args[0] }) });

    await app.get('/search?q=ada');
    await app.whenIdle();

    expect(app.results.results().map(({ context }) => context)).toEqual([{ length: 1, q: 'ada' }]);
  });

  it('"redact" hides values in every run, beside what the defaults and the experiment hide', async () => {
    const app = await start({ redact: ['q'], context: { q: 'known', release: 7 }, defaults: { redact: ['own'] } });
    await app.experiments.enable('own');

    for (const path of ['/search?q=a', '/search/own?q=a']) await app.get(path);
    await app.whenIdle();

    expect(app.results.results().map(({ context, control }) => [context, control.cleanedValue])).toEqual([
      [{ q: '[Redacted]', release: 7 }, { q: '[Redacted]' }],
      [{ q: '[Redacted]', release: 7, own: '[Redacted]' }, { q: '[Redacted]' }],
    ]);
    const { items } = await app.experiments.results('search');
    expect(JSON.stringify(items)).not.toMatch(/known|"a"/);
    expect(items).toHaveLength(1);
  });

  it('"onError" learns what failed beside the callers: operation, error and experiment', async () => {
    const failure = new RangeError('No comparison.');
    const onError = vi.fn();
    const app = await start({
      onError,
      defaults: {
        compare: () => {
          throw failure;
        },
      },
    });

    expect((await app.get('/search?q=a')).status).toBe(200);
    await app.whenIdle();

    expect(onError.mock.calls).toEqual([['compare', failure, 'search']]);
  });

  it('"onError" is Nest\'s log where none is given', async () => {
    const log = recordedLog();
    const app = await anApp()
      .studies({
        onError: undefined as never, // as JavaScript would have it
        publisher: class extends Publisher {
          publish() {
            throw new RangeError('No publishing.');
          }
        },
      })
      .controllers(SearchController)
      .start();

    for (let call = 0; call < 5; call += 1) expect((await app.get('/search?q=a')).status).toBe(200);
    await app.whenIdle();

    const lines = log.filter(({ context }) => context === 'Studies');
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', '"publish" of experiment "search" failed: No publishing.'],
    ]);
  });

  it('"onError" may itself throw: that is logged, and no caller sees it', async () => {
    const log = recordedLog();
    const app = await start({
      onError: () => {
        throw new Error('No reporting.');
      },
      defaults: {
        compare: () => {
          throw new RangeError('No comparison.');
        },
      },
    });

    expect((await app.get('/search?q=a')).status).toBe(200);
    await app.whenIdle();

    expect(log.filter(({ context }) => context === 'Studies').map(({ message }) => message)).toEqual([
      '"onError" of experiment "search" failed: No reporting.',
    ]);
  });

  it('"raiseOnMismatch" gives the caller the difference', async () => {
    const app = await start({ raiseOnMismatch: true });

    const different = await app.get('/search?q=a');
    const same = await app.get('/search?q=A');

    expect([different.status, same.status]).toEqual([500, 200]);
    expect(app.results.results().map(({ matched }) => matched)).toEqual([false, true]);
  });

  it('"raiseOnMismatch" is for every experiment, under what the experiment says itself', async () => {
    @Controller('calm')
    class CalmController {
      @Get()
      @Experiment({ name: 'calm', candidate: 'calmV2', percentEnabled: 100, raiseOnMismatch: false })
      calm() {
        return { calm: true };
      }

      calmV2() {
        return { calm: false };
      }
    }
    const app = await anApp().studies({ raiseOnMismatch: true }).controllers(CalmController).start();

    expect((await app.get('/calm')).status).toBe(200);
  });

  it('"refreshInterval" says how soon a process sees what another has set', async () => {
    const database = await databaseFile();
    const at = (refreshInterval: number) =>
      anApp().databases(sqlite({ database })).studies({ refreshInterval }).controllers(SearchController).start();
    const [setting, soon, late] = [await at(1_000), await at(10), await at(3_600_000)];

    await setting.experiments.disable('search');
    await vi.waitFor(async () => {
      const before = soon.results.runs();
      await soon.get('/search?q=a');
      await soon.whenIdle();
      expect(soon.results.runs()).toBe(before);
    });
    await late.get('/search?q=a');
    await late.whenIdle();

    expect(late.results.runs()).toBe(1);
  });

  it('"shutdownTimeout" says how long the end waits for candidates', async () => {
    const [started, never] = [deferred(), deferred()];

    @Controller('slow')
    class SlowController {
      @Get()
      @Experiment({ name: 'slow', candidate: 'slowV2', percentEnabled: 100 })
      async slow() {
        return Promise.resolve({});
      }

      async slowV2() {
        started.resolve();
        await never.promise;
        return {};
      }
    }
    const app = await anApp().studies({ shutdownTimeout: 20 }).controllers(SlowController).start();

    await app.get('/slow');
    await started.promise;
    await app.close();

    expect(app.results.results('slow').map(({ candidates }) => candidates[0]?.outcome)).toEqual(['timedOut']);
  });

  it('"admin.path" says where the administration is', async () => {
    const app = await start({ admin: { path: '/internal/studies/', public: true } });

    expect((await app.get('/internal/studies/experiments')).status).toBe(200);
    expect((await app.get('/studies/experiments')).status).toBe(404);
  });

  it('"admin.guards" says who comes in; "imports" gives what they inject', async () => {
    @Injectable()
    class Operators {
      readonly names = ['ada'];
    }

    @Module({ providers: [Operators], exports: [Operators] })
    class OperatorsModule {}

    @Injectable()
    class OperatorGuard implements CanActivate {
      constructor(@Inject(Operators) private readonly operators: Operators) {}

      canActivate(context: ExecutionContext): boolean {
        const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
        return this.operators.names.includes(headers['x-user'] ?? '');
      }
    }
    const app = await start({ admin: { guards: [OperatorGuard] }, imports: [OperatorsModule] });

    expect((await app.get('/studies/experiments', { 'x-user': 'ada' })).status).toBe(200);
    expect((await app.get('/studies/experiments', { 'x-user': 'bob' })).status).toBe(403);
  });

  it('"admin.public" lets everybody in', async () => {
    const app = await start({ admin: { public: true } });

    expect((await app.get('/studies/experiments')).status).toBe(200);
  });

  it('"admin: false" serves none', async () => {
    const app = await start({ admin: false });

    expect((await app.get('/studies/experiments')).status).toBe(404);
    expect((await app.get('/studies/openapi.json')).status).toBe(404);
  });
});
