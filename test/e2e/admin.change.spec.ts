import { Controller, Get, Query } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { administered, Administration, PLACEMENTS } from '../support/administration.js';
import { anApp, sqlite, type Platform, type RunningApp } from '../support/app.js';
import { databaseFile } from '../support/files.js';

@Controller('search')
class SearchController {
  @Get()
  @Experiment({ name: 'search', candidate: 'searchV2', subject: (q: string) => q })
  search(@Query('q') q: string) {
    return { q };
  }

  searchV2(q: string) {
    return { q };
  }
}

const builder = (platform: Platform) =>
  anApp(platform)
    .studies({ admin: { public: true }, refreshInterval: 20 })
    .controllers(SearchController);

const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();

describe.each(PLACEMENTS)('an operator, on $title,', (placement) => {
  const start = () => administered(builder(placement.platform), placement);

  /** How many of some calls of the route ran the experiment. */
  async function ran(app: RunningApp, calls = 5, q = 'ada') {
    const before = app.results.runs('search');
    for (let call = 0; call < calls; call += 1) {
      expect(await app.get(`${placement.routes}/search?q=${q}`)).toMatchObject({ status: 200, body: { q } });
    }
    await app.whenIdle();
    return app.results.runs('search') - before;
  }

  it('reads an experiment, with its version as ETag', async () => {
    const administration = await start();

    const { status, headers, body } = await administration.read('search');

    expect({ status, etag: headers.get('etag'), cache: headers.get('cache-control') }).toEqual({
      status: 200,
      etag: '"1"',
      cache: 'no-store',
    });
    expect(body).toEqual({
      name: 'search',
      percentEnabled: 0,
      enabled: false,
      startsAt: null,
      endsAt: null,
      subjects: [],
      targetRate: 0.001,
      confidence: 0.95,
      minSpan: 24,
      ignorePaths: [],
      guardrails: {},
      haltedAt: null,
      haltReason: null,
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      firstRunAt: null,
      lastRunAt: null,
      seenAt: expect.any(String),
    });
  });

  it('turns the percentage up and down, and the running route obeys at once', async () => {
    const administration = await start();
    const { app } = administration;

    expect(await ran(app)).toBe(0);
    const up = await administration.change('search', { percentEnabled: 100 });
    expect(await ran(app)).toBe(5);
    const down = await administration.change('search', { percentEnabled: 0 });
    expect(await ran(app)).toBe(0);

    expect([up.status, up.headers.get('etag'), up.headers.get('cache-control')]).toEqual([200, '"2"', 'no-store']);
    expect(up.body).toMatchObject({ percentEnabled: 100, enabled: true, version: 2 });
    expect([down.status, down.headers.get('etag')]).toEqual([200, '"3"']);
    expect(down.body).toMatchObject({ percentEnabled: 0, enabled: false, version: 3 });
  });

  it('is answered what is then read', async () => {
    const administration = await start();

    const { body } = await administration.change('search', {
      percentEnabled: 12.34,
      startsAt: '2026-01-01T00:00:00+02:00',
      endsAt: '2126-01-01T00:00:00Z',
      subjects: ['ada', 'bob', 'ada'],
      targetRate: 0.000001,
      confidence: 0.999999,
      minSpan: 0,
      ignorePaths: ['$.at', "$.items[*]['two words']", '$.at'],
    });

    expect(body).toMatchObject({
      percentEnabled: 12.34,
      enabled: true,
      startsAt: '2025-12-31T22:00:00.000Z',
      endsAt: '2126-01-01T00:00:00.000Z',
      subjects: ['ada', 'bob'],
      targetRate: 0.000001,
      confidence: 0.999999,
      minSpan: 0,
      ignorePaths: ['$.at', "$.items[*]['two words']"],
      version: 2,
    });
    expect(await administration.resource('search')).toEqual(body);
    expect((await administration.page()).items).toEqual([body]);
  });

  it('changes what is named, and nothing else', async () => {
    const administration = await start();
    const startsAt = inHours(-1);

    await administration.change('search', { percentEnabled: 5, startsAt, subjects: ['ada'] });
    await administration.change('search', { percentEnabled: 6 });
    await administration.change('search', { endsAt: inHours(1) });
    await administration.change('search', { targetRate: 0.5 });
    await administration.change('search', { confidence: 0.5 });
    await administration.change('search', { ignorePaths: ['$.at'] });
    const { body } = await administration.change('search', { endsAt: null });

    expect(body).toMatchObject({
      percentEnabled: 6,
      startsAt,
      endsAt: null,
      subjects: ['ada'],
      targetRate: 0.5,
      confidence: 0.5,
      ignorePaths: ['$.at'],
      version: 8,
    });
  });

  it('sets a period, and the running route obeys at once', async () => {
    const administration = await start();
    const { app } = administration;
    await administration.change('search', { percentEnabled: 100 });

    await administration.change('search', { startsAt: inHours(1) });
    expect(await ran(app)).toBe(0);
    await administration.change('search', { startsAt: inHours(-1) });
    expect(await ran(app)).toBe(5);
    await administration.change('search', { endsAt: inHours(-0.5) });
    expect(await ran(app)).toBe(0);
    await administration.change('search', { endsAt: inHours(1) });
    expect(await ran(app)).toBe(5);
    await administration.change('search', { startsAt: null, endsAt: null });
    expect(await ran(app)).toBe(5);
  });

  it('names subjects who are always in while the experiment is on, and the running route obeys at once', async () => {
    const administration = await start();
    const { app } = administration;
    await administration.change('search', { percentEnabled: 0.01 });
    expect(await ran(app)).toBe(0);

    await administration.change('search', { subjects: ['ada'] });
    expect([await ran(app, 5, 'ada'), await ran(app, 5, 'bob')]).toEqual([5, 0]);
    await administration.change('search', { subjects: ['bob'] });
    expect([await ran(app, 5, 'ada'), await ran(app, 5, 'bob')]).toEqual([0, 5]);
    await administration.change('search', { percentEnabled: 0 });
    expect([await ran(app, 5, 'ada'), await ran(app, 5, 'bob')]).toEqual([0, 0]);
  });

  it('does not overwrite what another has changed meanwhile', async () => {
    const administration = await start();
    const ada = (await administration.read('search')).headers.get('etag') ?? '';
    const bob = (await administration.read('search')).headers.get('etag') ?? '';

    const first = await administration.change('search', { percentEnabled: 10 }, ada);
    const second = await administration.change('search', { percentEnabled: 90 }, bob);

    expect(first.status).toBe(200);
    expect(second).toMatchObject({
      status: 412,
      body: {
        statusCode: 412,
        error: 'Precondition Failed',
        message:
          'Experiment "search" was changed by someone else in the meantime. Read it again, and make the change for its new version.',
      },
    });
    expect(await administration.resource('search')).toEqual(first.body);
    const again = (await administration.read('search')).headers.get('etag') ?? '';
    expect(await administration.change('search', { percentEnabled: 90 }, again)).toMatchObject({ status: 200 });
  });

  it('is the one of several at the same time whose change is made, where all say for which version', async () => {
    const administration = await start();

    const answers = await Promise.all(
      [10, 20, 30, 40, 50].map((percentEnabled) => administration.change('search', { percentEnabled }, '"1"')),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
    expect(await administration.resource('search')).toEqual(answers.find(({ status }) => status === 200)?.body);
    expect(await administration.resource('search')).toMatchObject({ version: 2 });
  });

  it('may send an ETag that a compressing proxy has made weak', async () => {
    const administration = await start();

    expect((await administration.change('search', { percentEnabled: 10 }, 'W/"1"')).status).toBe(200);
    expect((await administration.change('search', { percentEnabled: 20 }, 'W/"1"')).status).toBe(412);
    expect((await administration.remove('search', 'W/"2"')).status).toBe(204);
  });

  it('changes it whatever others have done with `If-Match: *`, or with none', async () => {
    const administration = await start();

    const answers = await Promise.all([
      administration.change('search', { percentEnabled: 10 }, '*'),
      administration.change('search', { startsAt: inHours(-1) }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await administration.resource('search')).toMatchObject({ percentEnabled: 10, version: 3 });
  });

  it('removes an experiment, which comes back as it is in the code when it is called', async () => {
    const administration = await start();
    const { app } = administration;
    await administration.change('search', { percentEnabled: 100, subjects: ['ada'], targetRate: 0.1, ignorePaths: ['$.at'] });
    expect(await ran(app)).toBe(5);

    const { status, body, headers } = await administration.remove('search');

    expect({ status, body, type: headers.get('content-type') }).toEqual({ status: 204, body: '', type: null });
    expect((await administration.read('search')).status).toBe(404);
    expect((await administration.remove('search')).status).toBe(404);
    expect(await ran(app)).toBe(0);
    await vi.waitFor(async () => {
      expect(await administration.resource('search')).toMatchObject({
        percentEnabled: 0,
        subjects: [],
        targetRate: 0.001,
        ignorePaths: [],
        guardrails: {},
        haltedAt: null,
        haltReason: null,
        version: 1,
        firstRunAt: null,
        lastRunAt: null,
      });
    });
    await administration.change('search', { percentEnabled: 100 });
    expect(await ran(app)).toBe(5);
  });

  it('removes nothing that another has changed meanwhile', async () => {
    const administration = await start();
    await administration.change('search', { percentEnabled: 10 });

    expect(await administration.remove('search', '"1"')).toMatchObject({ status: 412 });
    expect(await administration.resource('search')).toMatchObject({ percentEnabled: 10, version: 2 });
    expect(await administration.remove('search', '"2"')).toMatchObject({ status: 204 });
    expect((await administration.read('search')).status).toBe(404);
  });

  it('sees when it first and last ran, without a change of version', async () => {
    const administration = await start();
    await administration.change('search', { percentEnabled: 100 });

    await ran(administration.app, 2);

    const [first, last] = administration.app.results.results('search').map(({ startedAt }) => startedAt.toISOString());
    expect(await administration.resource('search')).toMatchObject({ version: 2, firstRunAt: first, lastRunAt: last });
  });
});

describe('operators of several processes', () => {
  it('are told by each of what the other has changed', async () => {
    const database = await databaseFile();
    const administrations: Administration[] = [];
    for (const platform of ['express', 'fastify'] as const) {
      const app = await builder(platform).databases(sqlite({ database })).start();
      administrations.push(new Administration(app));
    }
    const [first, second] = administrations as [Administration, Administration]; // both were started

    await first.change('search', { percentEnabled: 10 }, '"1"');

    expect(await second.resource('search')).toMatchObject({ percentEnabled: 10, version: 2 });
    expect((await second.change('search', { percentEnabled: 20 }, '"1"')).status).toBe(412);
    expect((await second.change('search', { percentEnabled: 100 }, '"2"')).status).toBe(200);
    await vi.waitFor(async () => {
      await first.app.get('/search?q=ada');
      await first.app.whenIdle();
      expect(first.app.results.runs('search')).toBeGreaterThan(0);
    });
  });

  it('remove an experiment for all: where it is called it comes back, elsewhere it is off', async () => {
    const database = await databaseFile();
    const [first, second] = [
      await builder('express').databases(sqlite({ database })).start(),
      await builder('fastify').databases(sqlite({ database })).start(),
    ];
    await first.experiments.enable('search');
    await vi.waitFor(async () => {
      await second.get('/search?q=ada');
      await second.whenIdle();
      expect(second.results.runs('search')).toBeGreaterThan(0);
    });

    await new Administration(first).remove('search');

    await vi.waitFor(async () => {
      const before = second.results.runs('search');
      await second.get('/search?q=ada');
      await second.whenIdle();
      expect(second.results.runs('search')).toBe(before);
    });
    await vi.waitFor(async () => {
      expect(await new Administration(first).resource('search')).toMatchObject({ percentEnabled: 0, version: 1 });
    });
  });
});
