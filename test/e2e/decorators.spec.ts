import { AsyncLocalStorage } from 'node:async_hooks';
import { Body, Controller, Get, HttpCode, Injectable, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { from, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { anApp, PLATFORMS } from '../support/app.js';

@Controller('search')
class SearchController {
  readonly asked: { by: string; args: unknown[] }[] = [];

  @Get('sync/:kind')
  @Experiment({ name: 'sync', candidate: 'shout', percentEnabled: 100 })
  sync(@Param('kind') kind: string, @Query('q') q: string): object {
    return { kind, q };
  }

  @Get('async/:kind')
  @Experiment({ name: 'async', candidate: 'shoutLater', percentEnabled: 100 })
  async async(@Param('kind') kind: string, @Query('q') q: string): Promise<object> {
    return { kind, q };
  }

  @Get('observable/:kind')
  @Experiment({ name: 'observable', candidate: 'shoutInTime', percentEnabled: 100 })
  observable(@Param('kind') kind: string, @Query('q') q: string): Observable<object> {
    return from([{ kind: 'not the last one' }, { kind, q }]);
  }

  @Get('wrong')
  @Experiment({ name: 'wrong', candidate: 'throwing', percentEnabled: 100 })
  right() {
    return { is: 'right' };
  }

  @Get('gone')
  @Experiment({ name: 'gone', candidate: 'goneToo', percentEnabled: 100 })
  gone(): object {
    throw new NotFoundException('It is gone.');
  }

  @Post('changed')
  @HttpCode(200)
  @Experiment({ name: 'changed', candidate: 'unchanged', percentEnabled: 100 })
  changed(@Body() body: { tags: string[] }) {
    const before = [...body.tags];
    body.tags.push('changed by the control');
    return before;
  }

  @Get('off')
  @Experiment({ name: 'off', candidate: 'throwing' })
  off() {
    return { is: 'off' };
  }

  @Get('unnamed')
  @Experiment({ candidate: 'throwing' })
  unnamed() {
    return { is: 'unnamed' };
  }

  shout(...args: string[]): object {
    return this.shouted('shout', args);
  }

  async shoutLater(...args: string[]): Promise<object> {
    return this.shouted('shoutLater', args);
  }

  shoutInTime(...args: string[]): Observable<object> {
    return from([this.shouted('shoutInTime', args)]);
  }

  throwing(): never {
    this.asked.push({ by: 'throwing', args: [] });
    throw new RangeError('The new code is wrong.');
  }

  goneToo(): never {
    throw new NotFoundException('It is gone.');
  }

  unchanged(body: { tags: string[] }) {
    return body.tags;
  }

  private shouted(by: string, args: string[]) {
    this.asked.push({ by, args });
    return { kind: args[0], q: args[1]?.toUpperCase() };
  }
}

describe.each(PLATFORMS)('@Experiment on a controller, on %s', (platform) => {
  const start = () => anApp(platform).controllers(SearchController).start();

  it.each([
    ['sync', 'shout'],
    ['async', 'shoutLater'],
    ['observable', 'shoutInTime'],
  ])('answers what the control gives (%s), and hands the candidate the same arguments', async (route, candidate) => {
    const app = await start();

    const { status, body } = await app.get(`/search/${route}/fuzzy?q=ada`);
    await app.whenIdle();

    expect({ status, body }).toEqual({ status: 200, body: { kind: 'fuzzy', q: 'ada' } });
    expect(app.provider(SearchController).asked).toEqual([{ by: candidate, args: ['fuzzy', 'ada'] }]);
    expect(app.results.results().map(({ experiment, mismatched }) => ({ experiment, mismatched }))).toEqual([
      { experiment: route, mismatched: true },
    ]);
  });

  it('publishes what the control and the candidate gave', async () => {
    const app = await start();

    await app.get('/search/sync/fuzzy?q=ada');
    await app.whenIdle();

    const [result] = app.results.results('sync');
    expect(result?.control).toMatchObject({ name: 'control', kind: 'returned', value: { kind: 'fuzzy', q: 'ada' } });
    expect(result?.candidates).toHaveLength(1);
    expect(result?.candidates[0]).toMatchObject({
      name: 'candidate',
      kind: 'returned',
      outcome: 'mismatched',
      value: { kind: 'fuzzy', q: 'ADA' },
    });
  });

  it('compares an Observable by all that it emits', async () => {
    const app = await start();

    await app.get('/search/observable/fuzzy?q=ada');
    await app.whenIdle();

    const [result] = app.results.results('observable');
    expect(result?.control).toMatchObject({ value: [{ kind: 'not the last one' }, { kind: 'fuzzy', q: 'ada' }] });
    expect(result?.candidates[0]).toMatchObject({ value: [{ kind: 'fuzzy', q: 'ADA' }] });
  });

  it('answers what the control gives when the candidate throws, which is not a match', async () => {
    const app = await start();

    const { status, body } = await app.get('/search/wrong');
    await app.whenIdle();

    expect({ status, body }).toEqual({ status: 200, body: { is: 'right' } });
    const [result] = app.results.results('wrong');
    expect(result?.matched).toBe(false);
    expect(result?.candidates[0]).toMatchObject({
      outcome: 'errored',
      kind: 'threw',
      error: new RangeError('The new code is wrong.'),
    });
  });

  it('answers the error of the control, and compares it with that of the candidate', async () => {
    const app = await start();

    const { status, body } = await app.get('/search/gone');
    await app.whenIdle();

    expect({ status, body }).toEqual({ status: 404, body: { statusCode: 404, error: 'Not Found', message: 'It is gone.' } });
    expect(app.results.results('gone').map(({ matched }) => matched)).toEqual([true]);
  });

  it('hands the candidate the arguments as they came, whatever the control does to them', async () => {
    const app = await start();

    const { body } = await app.send('POST', '/search/changed', { tags: ['a'] });
    await app.whenIdle();

    expect(body).toEqual(['a']);
    expect(app.results.results('changed').map(({ matched }) => matched)).toEqual([true]);
  });

  it('runs nothing at 0 %, publishes nothing, and leaves the time of the last run alone', async () => {
    const app = await start();

    for (let call = 0; call < 20; call += 1) expect((await app.get('/search/off')).body).toEqual({ is: 'off' });
    await app.whenIdle();

    expect(app.provider(SearchController).asked).toEqual([]);
    expect(app.results.runs()).toBe(0);
    expect(await app.experiments.find('off')).toMatchObject({ percentEnabled: 0, firstRunAt: null, lastRunAt: null });
  });

  it('runs every call at 100 %, and keeps when the first and the last one were', async () => {
    const app = await start();

    for (let call = 0; call < 20; call += 1) await app.get(`/search/sync/fuzzy?q=${call}`);
    await app.whenIdle();

    const results = app.results.results('sync');
    expect(results.map(({ control }) => control.kind === 'returned' && control.value)).toEqual(
      Array.from({ length: 20 }, (_, call) => ({ kind: 'fuzzy', q: String(call) })),
    );
    const row = await app.experiments.find('sync');
    expect(row?.firstRunAt).toEqual(results.at(0)?.startedAt);
    expect(row?.lastRunAt).toEqual(results.at(-1)?.startedAt);
  });

  it('runs the candidate in the asynchronous context of its call', async () => {
    const visitors = new AsyncLocalStorage<string>();

    @Controller('who')
    class WhoController {
      @Get()
      @Experiment({ name: 'who', candidate: 'whoV2', percentEnabled: 100 })
      async who() {
        await Promise.resolve();
        return { user: visitors.getStore() };
      }

      async whoV2() {
        await Promise.resolve();
        return { user: visitors.getStore() };
      }
    }
    const app = await anApp(platform)
      .controllers(WhoController)
      .configure((nest) =>
        nest.use((request: { headers: Record<string, string> }, _response: unknown, next: () => void) => {
          visitors.run(request.headers['x-user'] ?? '', next);
        }),
      )
      .start();
    const users = ['ada', 'bob', 'cyd'];

    const answers = await Promise.all(users.map((user) => app.get('/who', { 'x-user': user })));
    await app.whenIdle();

    expect(answers.map(({ body }) => body)).toEqual(users.map((user) => ({ user })));
    expect(app.results.results('who').map(({ matched }) => matched)).toEqual([true, true, true]);
  });

  it('stores every experiment at the start, with the percentage of the code', async () => {
    const app = await start();

    const { items } = await app.experiments.findAll();

    expect(items.map(({ name, percentEnabled, version }) => [name, percentEnabled, version])).toEqual([
      ['SearchController.unnamed', 0, 1],
      ['async', 100, 1],
      ['changed', 100, 1],
      ['gone', 100, 1],
      ['observable', 100, 1],
      ['off', 0, 1],
      ['sync', 100, 1],
      ['wrong', 100, 1],
    ]);
  });
});

it('a decorated method that calls itself, and is off, goes at least a third as deep as a plain one', async () => {
  class Plain {
    levels = 0;

    down(): void {
      this.levels += 1;
      this.down();
    }
  }
  @Injectable()
  class Decorated {
    levels = 0;

    @Experiment({ candidate: 'other' })
    down(): void {
      this.levels += 1;
      this.down();
    }

    other(): void {}
  }
  const app = await anApp().providers(Decorated).start();
  const decorated = app.provider<Decorated>(Decorated);
  const plain = new Plain();

  expect(() => plain.down()).toThrow(RangeError);
  expect(() => decorated.down()).toThrow(RangeError);
  expect(decorated.levels).toBeGreaterThan(plain.levels / 3);
});
