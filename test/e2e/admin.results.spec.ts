import { Controller, Get, Query } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { administered, PLACEMENTS, type Administration } from '../support/administration.js';
import { anApp } from '../support/app.js';

@Controller('search')
class SearchController {
  @Get()
  @Experiment({ name: 'a/b 100% 🧪', candidates: { trie: 'byTrie', index: 'byIndex' }, percentEnabled: 100 })
  search(@Query('q') q: string) {
    return { q, found: [{ city: 'Lyon', size: 3 }] };
  }

  byTrie(q: string) {
    if (q === 'fail') throw new TypeError('The trie is gone.');
    return { q, found: [{ city: q === 'lose' ? 'LYON' : 'Lyon', size: 3 }] };
  }

  byIndex(q: string) {
    return { q, found: [{ city: 'Lyon', size: 3 }] };
  }
}

const NAME = 'a/b 100% 🧪';

interface Result {
  readonly id: number;
  readonly candidate: string;
  readonly outcome: string;
  readonly ranAt: string;
}

interface Page {
  readonly items: readonly Result[];
  readonly nextCursor: string | null;
}

describe.each(PLACEMENTS)('what was recorded, on $title,', (placement) => {
  /** An application whose route was called with these questions. */
  async function start(...questions: string[]) {
    const administration = await administered(
      anApp(placement.platform)
        .studies({ admin: { public: true }, flushInterval: 60_000 })
        .controllers(SearchController),
      placement,
    );
    await call(administration, ...questions);
    return administration;
  }

  async function call({ app }: Administration, ...questions: string[]) {
    for (const q of questions)
      expect(await app.get(`${placement.routes}/search?q=${q}`)).toMatchObject({ status: 200, body: { q } });
    await app.whenIdle();
  }

  async function page(administration: Administration, query: Record<string, string> = {}): Promise<Page> {
    const { status, body } = await administration.results(NAME, query);
    expect(status).toBe(200);
    return body as Page; // so it is documented
  }

  /** The headers of a summary that matter to browsers and caches. */
  const ofSummary = (headers: Headers) =>
    Object.fromEntries(
      ['content-type', 'cache-control', 'vary', 'x-content-type-options'].map((name) => [name, headers.get(name)]),
    );

  const seen = ({ items }: Page) => items.map(({ candidate, outcome }) => `${candidate} ${outcome}`);

  it('is summarised in JSON', async () => {
    const administration = await start('find', 'lose', 'lose', 'fail');
    const before = Date.now();

    const { status, headers, body } = await administration.summary(NAME);

    expect(status).toBe(200);
    expect(ofSummary(headers)).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'Accept',
      'x-content-type-options': 'nosniff',
    });
    expect(body).toMatchObject({
      name: NAME,
      runs: 4,
      candidates: [
        { name: 'index', counts: { matched: 4, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 }, differences: [] },
        {
          name: 'trie',
          counts: { matched: 1, mismatched: 2, ignored: 0, errored: 1, timedOut: 0 },
          mismatchRate: { estimate: 0.75, low: expect.any(Number), high: expect.any(Number) },
          durations: { control: { p50: expect.any(Number) }, candidate: { p50: expect.any(Number) } },
          differences: [{ path: '$.found[*].city', kind: 'value', count: 2, example: { control: 'Lyon', candidate: 'LYON' } }],
          readiness: { state: 'notReady', reason: expect.stringContaining('3 of 4 runs differ') },
        },
      ],
    });
    const { from, to } = (body as { span: { from: string; to: string } }).span; // so it is documented
    for (const time of [from, to]) {
      expect(new Date(time).toISOString()).toBe(time);
      expect(before - Date.parse(time)).toBeLessThan(60_000);
    }
  });

  it('is summarised as a text for who asks for one', async () => {
    const administration = await start('find', 'lose');

    const { status, headers, body } = await administration.summary(NAME, 'text/plain');

    expect(status).toBe(200);
    expect(ofSummary(headers)).toEqual({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'Accept',
      'x-content-type-options': 'nosniff',
    });
    expect(body).toMatch(/^Experiment a\/b 100% 🧪\n/);
    expect(body).toContain('\nCandidate trie: collecting\n');
    expect(body).toContain('$.found[*].city');
  });

  it('is given in the form that is preferred', async () => {
    const administration = await start();
    const typeFor = async (accept: string) => (await administration.summary(NAME, accept)).headers.get('content-type');

    expect(await typeFor('*/*')).toMatch('application/json');
    expect(await typeFor('text/plain, application/json;q=0.9')).toMatch('text/plain');
    expect(await typeFor('text/plain;q=0.8, application/json;q=0.9')).toMatch('application/json');
  });

  it('varies by what else the application says it does', async () => {
    const administration = await administered(
      anApp(placement.platform)
        .studies({ admin: { public: true } })
        .controllers(SearchController)
        .configure((nest) => nest.enableCors({ origin: ['https://one.example', 'https://two.example'] })),
      placement,
    );

    const { headers } = await administration.app.get(`${administration.addressOf(NAME)}/summary`, {
      origin: 'https://one.example',
    });

    expect(headers.get('vary')?.split(/, */).sort()).toEqual(['Accept', 'Origin']);
  });

  it('is empty, and no error, of an experiment that never ran', async () => {
    const administration = await start();

    expect((await administration.summary(NAME)).body).toEqual({
      name: NAME,
      epoch: null,
      span: { from: null, to: null },
      runs: 0,
      skipped: {},
      refused: [],
      candidates: ['index', 'trie'].map((name): unknown =>
        expect.objectContaining({ name, mismatchRate: null, delta: null, differences: [], speedup: [] }),
      ),
    });
    expect(await page(administration)).toEqual({ items: [], nextCursor: null });
  });

  it('is listed, the newest first, with what both sides gave', async () => {
    const administration = await start('lose', 'fail');

    const { headers, body } = await administration.results(NAME, { candidate: 'trie' });

    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      items: [
        {
          id: expect.stringMatching(/^[0-9a-z]{16}$/),
          candidate: 'trie',
          outcome: 'errored',
          ranAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          control: expect.objectContaining({ kind: 'returned', value: { q: 'fail', found: [{ city: 'Lyon', size: 3 }] } }),
          observed: expect.objectContaining({
            kind: 'threw',
            error: expect.objectContaining({ name: 'TypeError', message: 'The trie is gone.', stack: expect.any(String) }),
          }),
          context: {},
          differences: [],
          diff: null,
        },
        expect.objectContaining({
          outcome: 'mismatched',
          differences: [{ path: '$.found[*].city', kind: 'value', control: 'Lyon', candidate: 'LYON' }],
        }),
      ],
      nextCursor: null,
    });
  });

  it('is listed by outcome and candidate', async () => {
    const administration = await start('find', 'lose', 'fail', 'lose');

    expect(seen(await page(administration, { outcome: 'mismatched' }))).toEqual(['trie mismatched', 'trie mismatched']);
    expect(seen(await page(administration, { outcome: 'errored' }))).toEqual(['trie errored']);
    expect(seen(await page(administration, { outcome: 'timedOut' }))).toEqual([]);
    expect(seen(await page(administration, { outcome: 'errored', candidate: 'index' }))).toEqual([]);
    expect(seen(await page(administration, { candidate: 'none' }))).toEqual([]);
  });

  it('comes in pages, each with the cursor of what follows', async () => {
    const administration = await start('lose', 'lose', 'lose', 'fail', 'lose');
    const all = (await page(administration, { candidate: 'trie' })).items;

    const first = await page(administration, { candidate: 'trie', limit: '2' });
    await call(administration, 'lose');
    const second = await page(administration, { candidate: 'trie', limit: '2', cursor: first.nextCursor ?? '' });
    const third = await page(administration, { candidate: 'trie', limit: '2', cursor: second.nextCursor ?? '' });

    expect(all).toHaveLength(5);
    expect([...first.items, ...second.items, ...third.items]).toEqual(all);
    expect(third.nextCursor).toBeNull();
  });

  it('is read one by one', async () => {
    const administration = await start('lose', 'fail');
    const { items } = await page(administration);

    for (const item of items) {
      const { status, headers, body } = await administration.result(NAME, item.id);
      expect({ status, body, cache: headers.get('cache-control') }).toEqual({ status: 200, body: item, cache: 'no-store' });
    }
    expect(items).not.toEqual([]);
  });

  it('is purged, and counts from zero, while the experiment stays as it is', async () => {
    const administration = await start('find', 'lose');
    const before = await administration.resource(NAME);
    const [one] = (await page(administration)).items;

    const { status, body, headers } = await administration.purge(NAME);

    expect({ status, body, type: headers.get('content-type') }).toEqual({ status: 204, body: '', type: null });
    expect(await administration.resource(NAME)).toEqual(before);
    expect(await page(administration)).toEqual({ items: [], nextCursor: null });
    expect((await administration.result(NAME, one?.id ?? 0)).status).toBe(404);
    const none = { counts: { matched: 0, mismatched: 0 }, differences: [], readiness: { state: 'collecting' } };
    expect((await administration.summary(NAME)).body).toMatchObject({ runs: 0, candidates: [none, none] });
    await call(administration, 'lose');
    expect((await administration.summary(NAME)).body).toMatchObject({ runs: 1 });
  });

  it('is of no experiment that is not there', async () => {
    const administration = await start();
    const unknown = {
      status: 404,
      body: {
        statusCode: 404,
        error: 'Not Found',
        message: 'There is no experiment "none". See the list of experiments for existing names.',
      },
    };

    expect(await administration.summary('none')).toMatchObject(unknown);
    expect(await administration.summary('none', 'text/plain')).toMatchObject(unknown);
    expect(await administration.results('none')).toMatchObject(unknown);
    expect(await administration.result('none', 1)).toMatchObject(unknown);
    expect(await administration.purge('none')).toMatchObject(unknown);
  });

  it('is not there under another id', async () => {
    const administration = await start('find');

    for (const id of ['0', '999999', '-1', 'x', '1.5', '1e3', '../1', '%00']) {
      expect(await administration.result(NAME, id), id).toMatchObject({
        status: 404,
        body: {
          statusCode: 404,
          error: 'Not Found',
          message: `There is no result "${id}" of experiment "${NAME}". The oldest results are removed over time.`,
        },
      });
    }
  });

  it('can not be asked for what it is not, and the answer says field and reason', async () => {
    const administration = await start('find');
    const cursor = 'must be the nextCursor of a previous page';
    const refused: [query: string, field: string, reason: unknown][] = [
      ['outcome=wrong', 'outcome', expect.stringContaining('is wrong: invalid option')],
      ['outcome=', 'outcome', expect.stringContaining('is wrong: invalid option')],
      ['outcome=errored&outcome=matched', 'outcome', expect.stringContaining('is wrong: invalid option')],
      [`candidate=${'x'.repeat(101)}`, 'candidate', 'is wrong: too big: expected string to have <=100 characters'],
      ['limit=0', 'limit', 'is wrong: too small: expected number to be >=1'],
      ['limit=201', 'limit', 'is wrong: too big: expected number to be <=200'],
      ['limit=many', 'limit', 'is wrong: invalid input: expected number, received NaN'],
      ['limit=', 'limit', 'is wrong: too small: expected number to be >=1'],
      ['limit=1.5', 'limit', 'is wrong: invalid input: expected int, received number'],
      ['cursor=x', 'cursor', cursor],
      ['cursor=', 'cursor', cursor],
      ['cursor=-1', 'cursor', cursor],
      ['cursor=99999999999999999', 'cursor', cursor],
      ['page=2', 'page', 'is not known'],
    ];

    for (const [query, field, reason] of refused) {
      expect(await administration.app.get(`${administration.addressOf(NAME)}/results?${query}`), query).toMatchObject({
        status: 400,
        body: {
          statusCode: 400,
          error: 'Bad Request',
          message: expect.stringContaining(`The query: "${field}" `),
          fields: [{ field, reason }],
        },
      });
    }
  });

  it('says 503 while the database does not answer, without telling why', async () => {
    const administration = await start('find');
    await administration.app.dataSource().query('ALTER TABLE studies_experiment RENAME TO gone');
    const failed = {
      status: 503,
      body: {
        statusCode: 503,
        error: 'Service Unavailable',
        message: 'The storage of experiments does not answer. Nothing is known to have changed; try again.',
      },
    };

    expect(await administration.summary(NAME)).toMatchObject(failed);
    expect(await administration.summary(NAME, 'text/plain')).toMatchObject(failed);
    expect(await administration.results(NAME)).toMatchObject(failed);
    expect(await administration.result(NAME, 1)).toMatchObject(failed);
    expect(await administration.purge(NAME)).toMatchObject(failed);
  });
});
