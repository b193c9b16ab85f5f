import { describe, expect, it } from 'vitest';
import { administered, Administration, PLACEMENTS, store, type Resource } from '../support/administration.js';
import { anApp, PLATFORMS } from '../support/app.js';

const DAYS = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'].map((day) => `${day}T00:00:00.000Z`) as [
  string,
  string,
  string,
  string,
]; // as many as there are

/** Experiments that differ in all that a list can be asked for. */
const EXPERIMENTS = [
  { name: 'search', percentEnabled: 5, createdAt: DAYS[3], updatedAt: DAYS[3], firstRunAt: DAYS[0], lastRunAt: DAYS[2] },
  { name: 'Search/v2', percentEnabled: 0, createdAt: DAYS[2], updatedAt: DAYS[2], firstRunAt: DAYS[1], lastRunAt: DAYS[1] },
  {
    name: 'rates',
    percentEnabled: 100,
    targetRate: 0.0005,
    confidence: 0.99,
    minSpan: 48,
    ignorePaths: ['$.at'],
    guardrails: {},
    haltedAt: null,
    haltReason: null,
    createdAt: DAYS[1],
    updatedAt: DAYS[1],
    firstRunAt: DAYS[1],
    lastRunAt: DAYS[3],
  },
  { name: 'never', percentEnabled: 0.01, createdAt: DAYS[0], updatedAt: DAYS[0], firstRunAt: null, lastRunAt: null },
] satisfies Partial<Resource>[];

describe.each(PLACEMENTS)('the list of experiments on $title', (placement) => {
  async function start() {
    const administration = await administered(anApp(placement.platform).studies({ admin: { public: true } }), placement);
    await store(administration.app, EXPERIMENTS);
    return administration;
  }

  it('gives each with name, percentage, period, subjects, what it is measured by, version and times', async () => {
    const administration = await start();

    const { status, headers, body } = await administration.list({ search: 'RATES' });

    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      items: [
        {
          name: 'rates',
          percentEnabled: 100,
          enabled: true,
          startsAt: null,
          endsAt: null,
          subjects: [],
          targetRate: 0.0005,
          confidence: 0.99,
          minSpan: 48,
          ignorePaths: ['$.at'],
          guardrails: {},
          haltedAt: null,
          haltReason: null,
          version: 1,
          createdAt: DAYS[1],
          updatedAt: DAYS[1],
          firstRunAt: DAYS[1],
          lastRunAt: DAYS[3],
          seenAt: null,
        },
      ],
      nextCursor: null,
    });
  });

  it('sorts by name, percentage and times, both ways; what has no time comes first', async () => {
    const administration = await start();
    const orders = {
      name: ['Search/v2', 'never', 'rates', 'search'],
      percentEnabled: ['Search/v2', 'never', 'search', 'rates'],
      createdAt: ['never', 'rates', 'Search/v2', 'search'],
      updatedAt: ['never', 'rates', 'Search/v2', 'search'],
      firstRunAt: ['never', 'search', 'Search/v2', 'rates'],
      lastRunAt: ['never', 'Search/v2', 'search', 'rates'],
    };

    for (const [sort, names] of Object.entries(orders)) {
      expect(await administration.names({ sort })).toEqual(names);
      expect(await administration.names({ sort: `-${sort}` })).toEqual([...names].reverse());
    }
    expect(await administration.names()).toEqual(orders.name);
  });

  it('filters by what is asked, and by all of it', async () => {
    const administration = await start();
    const names = async (query: Record<string, string>) => (await administration.names(query)).sort();

    expect(await names({ search: 'search' })).toEqual(['Search/v2', 'search']);
    expect(await names({ search: 'h/V' })).toEqual(['Search/v2']);
    expect(await names({ search: '%' })).toEqual([]);
    expect(await names({ search: '_' })).toEqual([]);
    expect(await names({ search: '' })).toEqual(['Search/v2', 'never', 'rates', 'search']);
    expect(await names({ enabled: 'true' })).toEqual(['never', 'rates', 'search']);
    expect(await names({ enabled: 'false' })).toEqual(['Search/v2']);
    expect(await names({ firstRunAfter: DAYS[1] })).toEqual(['Search/v2', 'rates']);
    expect(await names({ firstRunBefore: DAYS[1] })).toEqual(['search']);
    expect(await names({ lastRunAfter: DAYS[2] })).toEqual(['rates', 'search']);
    expect(await names({ lastRunBefore: DAYS[2] })).toEqual(['Search/v2']);
    expect(await names({ lastRunAfter: DAYS[1], lastRunBefore: DAYS[3] })).toEqual(['Search/v2', 'search']);
    expect(await names({ lastRunAfter: '2026-01-02T01:00:00+01:00', lastRunBefore: '2026-01-03T00:00:00Z' })).toEqual([
      'Search/v2',
    ]);
    expect(await names({ search: 'search', enabled: 'true', firstRunBefore: DAYS[1] })).toEqual(['search']);
    expect(await names({ search: 'nothing' })).toEqual([]);
  });

  it('comes in pages', async () => {
    const administration = await start();

    const first = await administration.page({ limit: '3' });
    const second = await administration.page({ limit: '3', cursor: first.nextCursor ?? '' });

    expect(first.items.map(({ name }) => name)).toEqual(['Search/v2', 'never', 'rates']);
    expect(second.items.map(({ name }) => name)).toEqual(['search']);
    expect(second.nextCursor).toBeNull();
    expect((await administration.page({ limit: '4' })).nextCursor).toBeNull();
  });

  it('refuses what it can not be asked for, with field and reason', async () => {
    const administration = await start();
    const cursorOf = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url');
    const queries: Record<string, string>[] = [
      { limit: '0' },
      { limit: '1001' },
      { limit: '1.5' },
      { limit: 'many' },
      { limit: '' },
      { sort: 'version' },
      { sort: '' },
      { enabled: '1' },
      { enabled: '' },
      { lastRunAfter: '2026-01-01T00:00:00' },
      { firstRunBefore: 'yesterday' },
      { search: 'x'.repeat(101) },
      { cursor: 'x' },
      { cursor: '' },
      { cursor: cursorOf(['name', 'x']) },
      { cursor: cursorOf(['-name', 'x', 'x']) },
      { cursor: cursorOf({}) },
      { page: '2' },
      { ['__proto__']: '2' },
      { constructor: '2' },
    ];

    for (const query of queries) {
      expect(await administration.list(query)).toMatchObject({
        status: 400,
        body: {
          statusCode: 400,
          error: 'Bad Request',
          message: expect.stringContaining('The query: '),
          fields: [{ field: Object.keys(query)[0], reason: expect.any(String) }],
        },
      });
    }
  });

  it('says of a cursor that is none what is one', async () => {
    const administration = await start();
    for (const cursor of ['x', 'W10', 'WyJuYW1lIiwxXQ', 'WyItbmFtZSIsIngiLCJ4Il0']) {
      const { body } = await administration.list({ cursor });
      expect(body).toMatchObject({ message: 'The query: "cursor" must be the nextCursor of a page with the same sort.' });
    }
  });

  it('refuses a parameter that is repeated', async () => {
    const { app } = await start();

    for (const query of ['search=a&search=b', 'limit=1&limit=2', 'cursor=a&cursor=b', 'enabled=true&enabled=true']) {
      const { status, body } = await app.get(`${placement.administration}/experiments?${query}`);
      const field = query.split('=')[0];
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { error: 'Bad Request', fields: [{ field }] },
      });
    }
  });
});

describe.each(PLATFORMS)('pages of experiments that come and go meanwhile, on %s', (platform) => {
  const start = async () => {
    const app = await anApp(platform)
      .studies({ admin: { public: true } })
      .start();
    return { app, administration: new Administration(app) };
  };

  const numbered = (numbers: readonly number[], of: Partial<Resource> = {}) =>
    numbers.map((number) => ({ ...of, name: `experiment ${String(number).padStart(3, '0')}` }));

  /** All names, page by page, with something done between the pages. */
  async function walk(administration: Administration, query: Record<string, string>, between: (page: number) => Promise<void>) {
    const names: string[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < 100; page += 1) {
      const { items, nextCursor } = await administration.page({ ...query, ...(cursor !== null && { cursor }) });
      names.push(...items.map(({ name }) => name));
      if (nextCursor === null) return names;
      cursor = nextCursor;
      await between(page);
    }
    throw new Error('The pages do not end.');
  }

  const evens = Array.from({ length: 20 }, (_, index) => index * 10);

  it.each(['name', '-name', 'percentEnabled', '-percentEnabled', 'lastRunAt', '-lastRunAt', 'createdAt'])(
    'lose none and give none twice, sorted by %s',
    async (sort) => {
      const { app, administration } = await start();
      await store(app, numbered(evens));

      const names = await walk(administration, { sort, limit: '3' }, async (page) => {
        await store(app, numbered([page * 10 + 5]));
      });

      const there = numbered(evens).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names.filter((name) => there.includes(name)).sort()).toEqual(there);
    },
  );

  it('lose none of those that stay when others are removed', async () => {
    const { app, administration } = await start();
    await store(app, numbered(evens));

    const names = await walk(administration, { limit: '3' }, async (page) => {
      await app.dataSource().query('DELETE FROM studies_experiment WHERE name = ?', [numbered([page * 30])[0]?.name]);
    });

    expect(names).toEqual(numbered(evens).map(({ name }) => name));
  });

  it('go on where the last one of a page is removed', async () => {
    const { administration, app } = await start();
    await store(app, numbered([1, 2, 3, 4]));

    const first = await administration.page({ limit: '2' });
    await administration.remove('experiment 002');

    expect(await administration.names({ limit: '2', cursor: first.nextCursor ?? '' })).toEqual([
      'experiment 003',
      'experiment 004',
    ]);
  });

  it('keep the order of those that nothing tells apart but their names', async () => {
    const { app, administration } = await start();
    await store(app, numbered([3, 1, 2, 5, 4], { percentEnabled: 7 }));

    const names = await walk(administration, { sort: 'percentEnabled', limit: '1' }, async () => Promise.resolve());

    expect(names).toEqual(numbered([1, 2, 3, 4, 5]).map(({ name }) => name));
  });

  it('hold 100 unless another number is asked for', async () => {
    const { app, administration } = await start();
    await store(app, numbered(Array.from({ length: 101 }, (_, index) => index)));

    const first = await administration.page();

    expect(first.items).toHaveLength(100);
    expect(await administration.names({ cursor: first.nextCursor ?? '' })).toEqual(['experiment 100']);
    expect((await administration.page({ limit: '1000' })).items).toHaveLength(101);
  });

  it('take names of any kind over', async () => {
    const { app, administration } = await start();
    const names = ['a/b', 'ä', '🧪', '"', "'", '%', '日本語', '[]', '\\'];
    await store(
      app,
      names.map((name) => ({ name })),
    );

    expect((await walk(administration, { limit: '1' }, async () => Promise.resolve())).sort()).toEqual([...names].sort());
  });
});
