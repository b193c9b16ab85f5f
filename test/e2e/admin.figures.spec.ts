import { Controller, Get, Query } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { describe, expect, it, vi } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { administered, PLACEMENTS, store, type Administration } from '../support/administration.js';
import { anApp, sqlite } from '../support/app.js';
import { databaseFile } from '../support/files.js';

const NAME = 'a/b 100% 🧪';
const MINUTE = 60_000;

@Controller('search')
class SearchController {
  @Get()
  @Experiment({
    name: NAME,
    candidates: { trie: 'byTrie', index: 'byIndex' },
    percentEnabled: 100,
    runIf: ({ args: [q] }) => q !== 'skip',
  })
  search(@Query('q') q: string) {
    return { q };
  }

  byTrie(q: string) {
    if (q === 'fail') throw new TypeError('The trie is gone.');
    return { q: q === 'lose' ? 'lost' : q };
  }

  byIndex(q: string) {
    return { q };
  }
}

interface Figures {
  readonly name: string;
  readonly running: boolean;
  readonly runs: number;
  readonly candidates: readonly Record<string, unknown>[];
  readonly lastHour: { startsAt: string; step: number; runs: number[]; differing: number[] };
}

interface Timeline {
  readonly span: string;
  readonly step: number;
  readonly points: readonly { at: string; skipped: object; candidates: readonly { name: string; counts: object }[] }[];
}

const sum = (numbers: readonly number[] = []) => numbers.reduce((one, other) => one + other, 0);

describe.each(PLACEMENTS)('figures and pictures, on $title,', (placement) => {
  /** An application whose route was called with these questions. */
  async function start(...questions: string[]) {
    const administration = await administered(
      anApp(placement.platform)
        .studies({ admin: { public: true }, flushInterval: 60_000 })
        .controllers(SearchController),
      placement,
    );
    for (const q of questions) {
      expect(await administration.app.get(`${placement.routes}/search?q=${q}`)).toMatchObject({ status: 200, body: { q } });
    }
    await administration.app.whenIdle();
    return administration;
  }

  async function figuresOf(administration: Administration, ...names: string[]): Promise<Figures[]> {
    const { status, body } = await administration.figures(...names);
    expect(status).toBe(200);
    return (body as { items: Figures[] }).items; // so it is documented
  }

  async function timelineOf(administration: Administration, span: string): Promise<Timeline> {
    const { status, body } = await administration.timeline(NAME, { span });
    expect(status).toBe(200);
    return body as Timeline; // so it is documented
  }

  it('tell of each experiment what its summary tells', async () => {
    const administration = await start('find', 'lose', 'fail', 'find', 'skip');

    const [figures] = await figuresOf(administration, NAME);
    const { body } = await administration.summary(NAME);
    const { candidates } = body as { candidates: Record<string, unknown>[] }; // so it is documented

    expect(figures).toMatchObject({ name: NAME, running: true, runs: 4 });
    expect(figures?.candidates).toEqual(
      candidates.map(({ name, mismatchRate, readiness, speedup, speedupOver }) => ({
        name,
        runs: 4,
        mismatchRate,
        readiness,
        speedupOver,
        speedup: (speedup as { percentile: number; factor: number }[]).find(({ percentile }) => percentile === 50)?.factor,
      })),
    );
    expect(candidates).toHaveLength(2);
  });

  it('tell of the last hour by minutes', async () => {
    const before = Date.now();
    const administration = await start('find', 'lose', 'fail', 'find');

    const [figures] = await figuresOf(administration, NAME);
    const { startsAt, step, runs, differing } = figures?.lastHour ?? { startsAt: '', step: 0, runs: [], differing: [] };

    expect([step, runs.length, differing.length]).toEqual([MINUTE, 60, 60]);
    expect(Date.parse(startsAt) % MINUTE).toBe(0);
    expect(Date.parse(startsAt) + 60 * MINUTE).toBeGreaterThan(before);
    expect([sum(runs), sum(differing)]).toEqual([4, 2]);
  });

  it('are of the names in their order, without those that there are not', async () => {
    const administration = await start();
    await store(administration.app, [{ name: 'other', seenAt: new Date(Date.now() - 4 * MINUTE).toISOString() }]);

    const found = await figuresOf(
      administration,
      'none',
      'other',
      NAME,
      'other',
      `'; DROP TABLE studies_tally; --`,
      '\0',
      'x'.repeat(500),
    );

    expect(found.map(({ name, running }) => [name, running])).toEqual([
      ['other', false],
      [NAME, true],
    ]);
    expect(await figuresOf(administration, 'none')).toEqual([]);
  });

  it('are asked for up to fifty experiments at once', async () => {
    const administration = await start();
    const names = Array.from({ length: 51 }, (_, index) => `experiment ${index}`);
    await store(
      administration.app,
      names.map((name) => ({ name })),
    );

    expect((await figuresOf(administration, ...names.slice(0, 50))).map(({ name }) => name)).toEqual(names.slice(0, 50));
    expect(await administration.figures(...names)).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'name', reason: 'is wrong: too big: expected array to have <=50 items' }] },
    });
    expect(await administration.figures()).toMatchObject({ status: 400, body: { fields: [{ field: 'name' }] } });
    expect(await administration.app.get(`${placement.administration}/figures?name=a&sort=b`)).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'sort', reason: 'is not known' }] },
    });
  });

  it('can be drawn in the course of time', async () => {
    const administration = await start('find', 'lose', 'skip', 'fail');
    const steps = { hour: MINUTE, day: 60 * MINUTE, week: 60 * MINUTE, quarter: 24 * 60 * MINUTE };

    for (const [span, step] of Object.entries(steps)) {
      const timeline = await timelineOf(administration, span);
      expect(timeline).toMatchObject({ name: NAME, span, step });
      expect(timeline.points.length).toBeGreaterThan(0);
      for (const { at } of timeline.points) expect([at, Date.parse(at) % step]).toEqual([new Date(at).toISOString(), 0]);
      const counted = timeline.points.flatMap(({ candidates }) => candidates);
      expect(sum(counted.map(({ counts }) => sum(Object.values(counts))))).toBe(6);
      expect(sum(timeline.points.map(({ skipped }) => sum(Object.values(skipped))))).toBe(1);
    }
    expect((await administration.timeline(NAME)).body).toMatchObject({ span: 'hour' });
  });

  it('can be drawn as distributions of durations', async () => {
    const administration = await start('find', 'lose', 'fail');

    const { status, body } = await administration.durations(NAME);

    expect(status).toBe(200);
    const distribution = (count: number) => ({
      count,
      p50: expect.any(Number),
      p95: expect.any(Number),
      p99: expect.any(Number),
      bins: expect.arrayContaining([{ from: expect.any(Number), to: expect.any(Number), count: expect.any(Number) }]),
    });
    expect(body).toEqual({
      name: NAME,
      candidates: [
        { name: 'index', control: distribution(3), candidate: distribution(3) },
        { name: 'trie', control: distribution(2), candidate: distribution(2) },
      ],
    });
  });

  it('are empty of an experiment that never ran', async () => {
    const administration = await start();

    expect((await administration.timeline(NAME)).body).toMatchObject({ points: [] });
    expect((await administration.durations(NAME)).body).toEqual({ name: NAME, candidates: [] });
    expect((await administration.purging(NAME)).body).toEqual({ left: 0 });
    expect(await figuresOf(administration, NAME)).toMatchObject([
      {
        runs: 0,
        candidates: [
          { name: 'index', runs: 0, mismatchRate: null, readiness: { state: 'collecting' } },
          { name: 'trie', runs: 0, mismatchRate: null, readiness: { state: 'collecting' } },
        ],
      },
    ]);
  });

  it('are kept by no cache, and taken for nothing else', async () => {
    const administration = await start();

    for (const { headers } of [
      await administration.figures(NAME),
      await administration.timeline(NAME),
      await administration.durations(NAME),
      await administration.purging(NAME),
      await administration.list(),
      await administration.read(NAME),
      await administration.document(),
      await administration.history(NAME),
      await administration.change(NAME, { percentEnabled: 5 }),
      await administration.change(NAME, { percentEnabled: 500 }),
      await administration.purge(NAME),
      await administration.remove(NAME),
      await administration.remove(NAME),
    ]) {
      expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
    }
  });

  it('are of no experiment that is not there, and of no span that there is not', async () => {
    const administration = await start();
    const unknown = {
      status: 404,
      body: { message: 'There is no experiment "none". See the list of experiments for existing names.' },
    };

    expect(await administration.timeline('none')).toMatchObject(unknown);
    expect(await administration.durations('none')).toMatchObject(unknown);
    expect(await administration.purging('none')).toMatchObject(unknown);
    expect(await administration.timeline(NAME, { span: 'year' })).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'span', reason: expect.stringContaining('is wrong: invalid option') }] },
    });
  });

  it('say 503 while the database does not answer, without telling why', async () => {
    const administration = await start('find');
    await administration.app.dataSource().query('ALTER TABLE studies_tally RENAME TO gone');
    const failed = { status: 503, body: { message: expect.stringContaining('The storage of experiments does not answer.') } };

    expect(await administration.figures(NAME)).toMatchObject(failed);
    expect(await administration.timeline(NAME)).toMatchObject(failed);
    expect(await administration.durations(NAME)).toMatchObject(failed);
    expect(await administration.purging(NAME)).toMatchObject(failed);
  });

  it('say how much of what was purged is still to be removed', async () => {
    const administration = await start('lose', 'fail');
    const { app } = administration;
    expect((await administration.purging(NAME)).body).toEqual({ left: 0 });

    // As in a process that is killed while it purges.
    await app.dataSource().query('UPDATE studies_experiment SET purges = 1');
    const [{ tallies, samples } = { tallies: 0, samples: 0 }] = await app
      .dataSource()
      .query<{ tallies: number; samples: number }[]>(
        'SELECT (SELECT COUNT(*) FROM studies_tally) AS tallies, (SELECT COUNT(*) FROM studies_sample) AS samples',
      );

    expect([tallies, samples]).toEqual([6, 3]);
    expect((await administration.purging(NAME)).body).toEqual({ left: 9 });
    expect((await administration.purge(NAME)).status).toBe(204);
    expect((await administration.purging(NAME)).body).toEqual({ left: 0 });
  });
});

describe('figures on Express', () => {
  it('are asked for fifty experiments also where the application parses addresses otherwise', async () => {
    const administration = await administered(
      anApp()
        .studies({ admin: { public: true } })
        .configure((nest) => (nest as NestExpressApplication).set('query parser', 'extended')),
      PLACEMENTS[0] as (typeof PLACEMENTS)[number], // Express
    );
    const names = Array.from({ length: 50 }, (_, index) => `experiment ${index}`);
    await store(
      administration.app,
      names.map((name) => ({ name })),
    );

    const { status, body } = await administration.figures(...names);

    expect([status, (body as { items: Figures[] }).items.map(({ name }) => name)]).toEqual([200, names]); // so it is documented
    expect(await administration.figures(...names, 'one too many')).toMatchObject({ status: 400 });
  });
});

describe('what processes say of themselves', () => {
  it('is seen in the list: which experiments a running one has', async () => {
    const database = await databaseFile();
    const builder = (port: 'first' | 'second') =>
      anApp()
        .databases(sqlite({ database }))
        .studies({ admin: { public: true }, refreshInterval: 20 })
        .controllers(...(port === 'first' ? [SearchController] : []));
    const start = async (which: 'first' | 'second') => administered(builder(which), PLACEMENTS[0] as (typeof PLACEMENTS)[number]); // Express
    const before = Date.now();
    const first = await start('first');
    const second = await start('second');

    expect(Date.parse((await second.resource(NAME)).seenAt ?? '')).toBeGreaterThanOrEqual(before);
    await store(second.app, [{ name: 'of nobody' }]);
    expect((await second.page()).items.map(({ name, seenAt }) => [name, seenAt !== null])).toEqual([
      [NAME, true],
      ['of nobody', false],
    ]);
    second.app.experiments.run({ name: 'later', control: () => 1, candidate: () => 1 });
    await vi.waitFor(async () => expect((await first.resource('later')).seenAt).not.toBeNull(), { timeout: 20_000 });
    const { version } = await first.resource('later');
    expect(version).toBe(1);
  });
});
