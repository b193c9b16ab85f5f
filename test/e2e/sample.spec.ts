import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ExperimentService, Publisher, type ExperimentResult } from 'nestjs-studies';
import { RecordingPublisher } from 'nestjs-studies/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLoopGauge } from '../../lib/experiment/admission/event-loop.js';
import { AppModule } from '../../sample/01-city-search/src/app.module.js';
import { CITY_SEARCH } from '../../sample/01-city-search/src/cities/cities.controller.js';
import { LIMIT, loadCities, type City } from '../../sample/01-city-search/src/cities/city.js';
import { CityIndex, folded } from '../../sample/01-city-search/src/cities/city.index.js';
import { databaseOptions } from '../../sample/01-city-search/src/database.options.js';
import { Tally } from '../../sample/01-city-search/src/live/tally.js';
import { TallyPublisher } from '../../sample/01-city-search/src/live/tally.publisher.js';
import { Traffic } from '../../sample/01-city-search/src/live/traffic.js';

const results = new RecordingPublisher();
let app: INestApplication;
let url: string;

beforeAll(async () => {
  vi.stubEnv('DATABASE_URL', 'sqlite::memory:');
  // A process that runs tests is busy all the time.
  vi.spyOn(EventLoopGauge.prototype, 'read').mockReturnValue({ utilization: 0, delay: 0 });
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(Publisher)
    .useValue(results)
    .compile();
  app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

beforeEach(async () => {
  await app.get(ExperimentService).whenIdle();
  results.clear();
});

afterAll(async () => {
  await app.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function answer(path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, body: await response.text() };
}

/** Asks the route and waits for what runs beside it. */
async function asked(path: string): Promise<{ body: string; result: ExperimentResult | undefined }> {
  results.clear();
  const { body } = await answer(path);
  await app.get(ExperimentService).whenIdle();
  return { body, result: results.results()[0] };
}

async function turnedTo(percentEnabled: number): Promise<void> {
  const response = await fetch(`${url}/studies/experiments/${CITY_SEARCH}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ percentEnabled }),
  });
  expect(response.status).toBe(200);
}

function search(text: string): string {
  return `/cities?${new URLSearchParams({ q: text }).toString()}`;
}

describe('the index', () => {
  it('gives what a scan of the folded names would give, with ties in the order of the names', () => {
    const cities = loadCities().filter((_, place) => place % 8 === 0);
    const index = new CityIndex(cities);
    const entries = cities
      .map((city) => ({ city, name: folded(city.name) }))
      .sort((a, b) => b.city.population - a.city.population || Number(a.name > b.name) - Number(a.name < b.name));

    const texts = ['', 's', 'san', 'Saint-É', 'ı', 'ß', '‘A', '東京', '\u0301', '\uffff'];
    for (let turn = 0; turn < 40; turn += 1) texts.push((cities[turn * 419]?.name ?? '').slice(0, 1 + (turn % 7)));
    for (const text of texts) {
      const wanted = folded(text);
      const expected = entries.filter(({ name }) => name.startsWith(wanted)).slice(0, LIMIT);
      expect(index.search(text), JSON.stringify(text)).toEqual(expected.map(({ city }) => city));
    }
  });
});

describe('the search', () => {
  it('runs its candidate for nobody until an operator turns it up', async () => {
    await answer(search('london'));
    await app.get(ExperimentService).whenIdle();

    expect(results.runs()).toBe(0);
    expect(await app.get(ExperimentService).find(CITY_SEARCH)).toMatchObject({ percentEnabled: 0 });
  });

  it('answers at 100 % as it does at 0 %, to every request', async () => {
    const paths = ['London', 'são', 'sao p', 'san', 'Ünye', '', 'nowhere at all', '%']
      .map(search)
      .concat('/cities', '/cities?q=a&q=b');
    const answers = () => Promise.all(paths.map(answer));

    const before = await answers();
    await turnedTo(100);
    const after = await answers();
    await turnedTo(0);

    expect(after).toEqual(before);
    expect(before.map(({ status }) => status)).toEqual([...Array<number>(8).fill(200), 400, 400]);
  });

  it('answers with the biggest cities first', async () => {
    const cities = JSON.parse((await answer(search('londo'))).body) as City[]; // the route's own type

    expect(cities).toHaveLength(LIMIT);
    expect(cities[0]).toMatchObject({ name: 'London', country: 'GB' });
    expect(cities).toEqual(cities.toSorted((a, b) => b.population - a.population));
  });
});

describe('the experiment on the search', () => {
  beforeAll(() => turnedTo(100));
  afterAll(() => turnedTo(0));

  it('matches where there are no accents and no ties', async () => {
    for (const text of ['London', 'new york', 'TOKYO', 'buenos aires', 'nowhere at all']) {
      expect((await asked(search(text))).result, text).toMatchObject({ matched: true, context: { text } });
    }
  });

  it('finds out that the candidate knows accents and the control does not', async () => {
    const { body, result } = await asked(search('sao paulo'));

    expect(result?.mismatched).toBe(true);
    expect(result?.candidates[0]?.cleanedValue).toMatchObject({
      accented: expect.arrayContaining([expect.stringContaining('São Paulo (BR, ')]) as string[],
    });
    expect(body).not.toContain('São Paulo');
  });

  it('finds out that the candidate has another order for cities of one size', async () => {
    const { result } = await asked(search('Vilq'));
    const [ours, theirs] = [result?.control, result?.candidates[0]].map((one) =>
      (one as { value: City[] }).value.map(({ id }) => id),
    );

    expect(result?.mismatched).toBe(true);
    expect(ours).not.toEqual(theirs);
    expect(ours?.toSorted()).toEqual(theirs?.toSorted());
  });

  it('is told in one line: counts, times, and where two answers differ', async () => {
    const tally = app.get(Tally);
    const publisher = new TallyPublisher(tally);
    tally.line();

    await turnedTo(0);
    await answer(search('london'));
    expect(tally.line()).toBe('  1 requests,   0 ran the candidate');

    await turnedTo(100);
    for (const text of ['london', 'sao paulo']) {
      await asked(search(text));
      results.results().forEach((result) => publisher.publish(result));
    }
    const line = tally.line();
    expect(line).toMatch(/^ {2}2 requests, {3}2 ran the candidate \| {3}1 matched, {3}1 mismatched, {3}0 errors \| control \d/);
    expect(line).toMatch(/ \| "sao paulo" #1: control .+, candidate São Paulo \(BR, \d+\)$/);
    expect(tally.line()).toBe('  0 requests,   0 ran the candidate');
  });

  it('is summed up: the accents and the order are what differs, and the index is faster', async () => {
    const experiments = app.get(ExperimentService);
    await experiments.purge(CITY_SEARCH);
    for (const text of ['london', 'sao paulo', 'Vilq']) await asked(search(text));
    const { runs, candidates } = await experiments.summary(CITY_SEARCH);

    expect(runs).toBe(3);
    expect(candidates[0]?.differences.map(({ path, kind, count }) => [path, kind, count])).toEqual(
      expect.arrayContaining([
        ['$.accented[*]', 'extra', 1],
        ['$.plain', 'order', 1],
      ]),
    );
    expect(candidates[0]?.readiness.state).toBe('notReady');
    expect(candidates[0]?.speedup.find(({ percentile }) => percentile === 50)?.factor).toBeGreaterThan(1);
  });

  it('sees the traffic, which ends when it is told to', async () => {
    const stop = new AbortController();
    const traffic = new Traffic(`${url}/cities`, ['Córdoba', 'London'], 100).run(stop.signal);
    await vi.waitFor(() => expect(results.runs(CITY_SEARCH)).toBeGreaterThanOrEqual(3), { timeout: 10_000 });
    stop.abort();

    await expect(traffic).resolves.toBeUndefined();
    expect(results.results().map(({ context }) => context['text'])).toEqual(
      expect.arrayContaining(['Córdoba', 'london', 'Córd']) as string[],
    );
  });
});

describe('the three ends of a run', () => {
  it('matches at /matching', async () => {
    const { body, result } = await asked('/matching');

    expect(body).toBe('[10,9,1]');
    expect(result).toMatchObject({ experiment: 'matching', matched: true });
  });

  it('differs at /mismatching, and the answer is the control’s', async () => {
    const { body, result } = await asked('/mismatching');

    expect(body).toBe('[1,10,10,9]');
    expect(result).toMatchObject({ experiment: 'mismatching', mismatched: true, candidates: [{ outcome: 'mismatched' }] });
  });

  it('has a candidate that throws at /throwing, and the answer is the control’s', async () => {
    const { body, result } = await asked('/throwing');

    expect(body).toBe('100% wool');
    expect(result).toMatchObject({
      experiment: 'throwing',
      mismatched: true,
      candidates: [{ outcome: 'errored', kind: 'threw' }],
    });
  });
});

describe('DATABASE_URL', () => {
  it.each([
    ['postgres://postgres@127.0.0.1:5432/test', 'postgres'],
    ['postgresql://postgres@127.0.0.1:5432/test', 'postgres'],
    ['mysql://root@127.0.0.1:3306/test', 'mysql'],
    ['mariadb://root@127.0.0.1:3306/test', 'mariadb'],
    ['sqlite::memory:', 'better-sqlite3'],
  ])('%s selects %s', (address, type) => {
    expect(databaseOptions(address)).toMatchObject({ type, migrationsRun: true });
  });

  it('of another kind is refused with the kinds there are', () => {
    expect(() => databaseOptions('oracle://127.0.0.1')).toThrow(/"oracle:".*postgres:.*mysql:.*sqlite:/);
  });
});
