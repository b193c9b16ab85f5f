import { randomUUID } from 'node:crypto';
import { Controller, Get } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { administered, PLACEMENTS } from '../support/administration.js';
import { anApp } from '../support/app.js';

@Controller('search')
class SearchController {
  @Get()
  @Experiment({ name: 'search', candidate: 'searchV2', percentEnabled: 5 })
  search() {
    return { is: 'found' };
  }

  searchV2() {
    return { is: 'found' };
  }
}

const JSON_TYPE = 'application/json';
const STARTS = '2026-06-01T00:00:00.000Z';
const ENDS = '2026-07-01T00:00:00.000Z';

/** Changes that are wrong, and which fields the answer has to name with which reasons. */
const CHANGES: [title: string, change: unknown, fields: Record<string, string>][] = [
  ['a percentage of 101', { percentEnabled: 101 }, { percentEnabled: 'is wrong: too big: expected number to be <=100' }],
  ['a percentage below 0', { percentEnabled: -1 }, { percentEnabled: 'is wrong: too small: expected number to be >=0' }],
  ['a percentage with three decimals', { percentEnabled: 12.345 }, { percentEnabled: 'must have at most two decimals' }],
  [
    'a percentage in quotes',
    { percentEnabled: '5' },
    { percentEnabled: 'is wrong: invalid input: expected number, received string' },
  ],
  [
    'a percentage of null',
    { percentEnabled: null },
    { percentEnabled: 'is wrong: invalid input: expected number, received null' },
  ],
  [
    'a percentage of true',
    { percentEnabled: true },
    { percentEnabled: 'is wrong: invalid input: expected number, received boolean' },
  ],
  [
    'a percentage in a list',
    { percentEnabled: [5] },
    { percentEnabled: 'is wrong: invalid input: expected number, received array' },
  ],
  ['a start that is no time', { startsAt: 'tomorrow' }, { startsAt: 'is wrong: invalid ISO datetime' }],
  ['a start without a zone', { startsAt: '2026-06-01T00:00:00' }, { startsAt: 'is wrong: invalid ISO datetime' }],
  ['a start that is a number', { startsAt: 1 }, { startsAt: 'is wrong: invalid input: expected string, received number' }],
  ['a day that is none', { endsAt: '2026-02-30T00:00:00Z' }, { endsAt: 'is wrong: invalid ISO datetime' }],
  ['an end before its start', { startsAt: ENDS, endsAt: STARTS }, { endsAt: `must be after the start, ${ENDS}` }],
  ['an end at its start', { startsAt: STARTS, endsAt: STARTS }, { endsAt: `must be after the start, ${STARTS}` }],
  ['an end before the stored start', { endsAt: '2026-05-31T00:00:00Z' }, { endsAt: `must be after the start, ${STARTS}` }],
  [
    'a start after the stored end',
    { startsAt: '2026-07-02T00:00:00Z' },
    { endsAt: 'must be after the start, 2026-07-02T00:00:00.000Z' },
  ],
  ['subjects that are no list', { subjects: 'ada' }, { subjects: 'is wrong: invalid input: expected array, received string' }],
  [
    'a subject that is no text',
    { subjects: ['ada', 7] },
    { 'subjects[1]': 'is wrong: invalid input: expected string, received number' },
  ],
  ['an empty subject', { subjects: [''] }, { 'subjects[0]': 'is wrong: too small: expected string to have >=1 characters' }],
  ['a subject with NUL', { subjects: ['a\0b'] }, { 'subjects[0]': 'must not have NUL or half characters' }],
  [
    'a subject that is too long',
    { subjects: ['x'.repeat(201)] },
    { 'subjects[0]': 'is wrong: too big: expected string to have <=200 characters' },
  ],
  [
    'too many subjects',
    { subjects: Array.from({ length: 1_001 }, (_, index) => String(index)) },
    { subjects: 'is wrong: too big: expected array to have <=1000 items' },
  ],
  ['a target rate of 0', { targetRate: 0 }, { targetRate: 'is wrong: too small: expected number to be >=0.000001' }],
  ['a target rate above a half', { targetRate: 0.6 }, { targetRate: 'is wrong: too big: expected number to be <=0.5' }],
  ['a target rate with seven decimals', { targetRate: 0.0000015 }, { targetRate: 'must have at most six decimals' }],
  ['a target rate in quotes', { targetRate: '0.1' }, { targetRate: 'is wrong: invalid input: expected number, received string' }],
  ['a span below 0', { minSpan: -1 }, { minSpan: 'is wrong: too small: expected number to be >=0' }],
  ['a span of half an hour', { minSpan: 0.5 }, { minSpan: 'is wrong: invalid input: expected int, received number' }],
  ['a confidence of 1', { confidence: 1 }, { confidence: 'is wrong: too big: expected number to be <=0.999999' }],
  ['a confidence below a half', { confidence: 0.4 }, { confidence: 'is wrong: too small: expected number to be >=0.5' }],
  ['a confidence with seven decimals', { confidence: 0.9500001 }, { confidence: 'must have at most six decimals' }],
  [
    'a path that is none of a field',
    { ignorePaths: ['$.at', 'at'] },
    { 'ignorePaths[1]': 'must be the path of a field, such as "$.items[*].price"' },
  ],
  [
    'the path of the value as a whole',
    { ignorePaths: ['$'] },
    { 'ignorePaths[0]': 'must name a field, and not all of the value' },
  ],
  ['a path with NUL', { ignorePaths: ['$.a\0b'] }, { 'ignorePaths[0]': 'must not have NUL or half characters' }],
  [
    'a path that is too long',
    { ignorePaths: [`$.${'x'.repeat(499)}`] },
    { 'ignorePaths[0]': 'must have at most 500 characters' },
  ],
  [
    'too many paths',
    { ignorePaths: Array.from({ length: 201 }, (_, index) => `$.${index}`) },
    { ignorePaths: 'is wrong: too big: expected array to have <=200 items' },
  ],
  [
    'paths that no column holds',
    { ignorePaths: Array.from({ length: 200 }, (_, index) => `$.${String(index).padStart(400, 'x')}`) },
    { ignorePaths: 'must have at most 65 535 bytes as JSON' },
  ],
  [
    'a path that is no text',
    { ignorePaths: [7] },
    { 'ignorePaths[0]': 'is wrong: invalid input: expected string, received number' },
  ],
  ['a field that is not known', { percentEnabled: 6, percent: 6 }, { percent: 'is not known' }],
  ['the name', { name: 'other', percentEnabled: 6 }, { name: 'is not known' }],
  ['the version', { version: 7, percentEnabled: 6 }, { version: 'is not known' }],
  ['the time of the last run', { lastRunAt: STARTS, percentEnabled: 6 }, { lastRunAt: 'is not known' }],
  [
    'several things at once',
    { percentEnabled: 101, subjects: [''] },
    {
      percentEnabled: 'is wrong: too big: expected number to be <=100',
      'subjects[0]': 'is wrong: too small: expected string to have >=1 characters',
    },
  ],
  ['nothing', {}, { '': 'must name at least one field to change' }],
  ['an empty list', [], { '': 'is wrong: invalid input: expected object, received array' }],
  ['a list of changes', [{ percentEnabled: 6 }], { '': 'is wrong: invalid input: expected object, received array' }],
];

/** Bodies that are no change in JSON. */
const BODIES: [title: string, body: string | undefined, type: string | undefined, status: number][] = [
  ['a percentage of NaN, which JSON does not know', '{"percentEnabled": NaN}', JSON_TYPE, 400],
  ['a percentage beyond all numbers', '{"percentEnabled": 1e400}', JSON_TYPE, 400],
  ['half of a body', '{"percentEnabled": 6', JSON_TYPE, 400],
  ['an empty body', '', JSON_TYPE, 400],
  ['no body', undefined, undefined, 400],
  ['null', 'null', JSON_TYPE, 400],
  ['a number', '6', JSON_TYPE, 400],
  ['a text', '"percentEnabled"', JSON_TYPE, 400],
  ['a form', 'percentEnabled=6', 'application/x-www-form-urlencoded', 400],
  ['a change that says it is plain text', '{"percentEnabled": 6}', 'text/plain', 400],
  ['a change of the prototype', '{"__proto__": {"percentEnabled": 6}}', JSON_TYPE, 400],
  ['a body of 2 MB', JSON.stringify({ percentEnabled: 6, subjects: ['x'.repeat(2_000_000)] }), JSON_TYPE, 413],
  ['2 MB of spaces before a change', `${' '.repeat(2_000_000)}{"percentEnabled": 6}`, JSON_TYPE, 413],
];

describe.each(PLACEMENTS)('the administration on $title', (placement) => {
  /** An experiment with everything set, so that a change of any of it shows. */
  async function start() {
    const administration = await administered(
      anApp(placement.platform)
        .studies({ admin: { public: true } })
        .controllers(SearchController),
      placement,
    );
    await administration.change('search', { startsAt: STARTS, endsAt: ENDS, subjects: ['ada'] });
    return administration;
  }

  it('refuses changes that are wrong with field and reason, and changes nothing', async () => {
    const administration = await start();
    const before = await administration.resource('search');
    expect(before).toMatchObject({ percentEnabled: 5, startsAt: STARTS, endsAt: ENDS, subjects: ['ada'], version: 2 });

    for (const [title, change, fields] of CHANGES) {
      const { status, body } = await administration.change('search', change);

      expect({ status, body }, title).toEqual({
        status: 400,
        body: {
          statusCode: 400,
          error: 'Bad Request',
          message: expect.stringContaining('The change of experiment "search": '),
          fields: Object.entries(fields).map(([field, reason]) => ({ field, reason })),
        },
      });
      expect(await administration.resource('search'), title).toEqual(before);
    }
  });

  it('refuses bodies that are no change in JSON, and changes nothing', async () => {
    const administration = await start();
    const before = await administration.resource('search');

    for (const [title, body, type, status] of BODIES) {
      const answer = await administration.app.request('PATCH', administration.addressOf('search'), {
        ...(body !== undefined && { body: new TextEncoder().encode(body) }),
        ...(type !== undefined && { headers: { 'content-type': type } }),
      });

      expect(answer, title).toMatchObject({ status, body: { statusCode: status, message: expect.any(String) } });
      expect(await administration.resource('search'), title).toEqual(before);
    }
  });

  it('refuses an If-Match that is no ETag of its, and changes nothing', async () => {
    const administration = await start();
    const before = await administration.resource('search');
    const reason = 'must be the ETag of the experiment, such as "3"';
    const refused = {
      status: 400,
      body: {
        statusCode: 400,
        error: 'Bad Request',
        message: `The header "If-Match" ${reason}.`,
        fields: [{ field: 'If-Match', reason }],
      },
    };

    for (const ifMatch of ['2', 'w/"2"', '"2", "3"', '"x"', '""', '"-1"', '"1e3"']) {
      expect(await administration.change('search', { percentEnabled: 6 }, ifMatch), ifMatch).toMatchObject(refused);
      expect(await administration.remove('search', ifMatch), ifMatch).toMatchObject(refused);
    }
    expect(await administration.resource('search')).toEqual(before);
  });

  it('refuses a change with a stale If-Match, and changes nothing', async () => {
    const administration = await start();
    const before = await administration.resource('search');

    expect((await administration.change('search', { percentEnabled: 6 }, '"1"')).status).toBe(412);
    expect((await administration.change('search', { percentEnabled: 6 }, '"99"')).status).toBe(412);
    expect((await administration.remove('search', '"1"')).status).toBe(412);
    expect(await administration.resource('search')).toEqual(before);
  });

  it('says 404 of an experiment that is not there', async () => {
    const administration = await start();

    for (const name of ['none', 'Search', 'search ', 'SearchController.search']) {
      const unknown = {
        status: 404,
        body: {
          statusCode: 404,
          error: 'Not Found',
          message: `There is no experiment "${name}". See the list of experiments for existing names.`,
        },
      };
      expect(await administration.read(name)).toMatchObject(unknown);
      expect(await administration.change(name, { percentEnabled: 6 })).toMatchObject(unknown);
      expect(await administration.change(name, { percentEnabled: 6 }, '"1"')).toMatchObject(unknown);
      expect(await administration.remove(name)).toMatchObject(unknown);
    }
    expect(await administration.names()).toEqual(['search']);
  });

  it('makes no experiments, and replaces none', async () => {
    const administration = await start();
    const { app } = administration;
    const before = await administration.resource('search');

    const answers = [
      await app.send('POST', `${placement.administration}/experiments`, { name: 'other' }),
      await app.send('PUT', administration.addressOf('other'), { percentEnabled: 6 }),
      await app.send('PUT', administration.addressOf('search'), { percentEnabled: 6 }),
      await app.request('DELETE', `${placement.administration}/experiments`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect((await administration.page()).items).toEqual([before]);
  });

  it('refuses an address that can not be read', async () => {
    const { app } = await start();

    for (const name of ['%', '%zz', '%C3']) {
      expect(await app.get(`${placement.administration}/experiments/${name}`)).toMatchObject({
        status: 400,
        body: { statusCode: 400, error: 'Bad Request' },
      });
    }
  });

  it('says 503 while the database does not answer, without telling why', async () => {
    const administration = await start();
    await administration.app.dataSource().query('ALTER TABLE studies_experiment RENAME TO gone');
    const failed = {
      status: 503,
      body: {
        statusCode: 503,
        error: 'Service Unavailable',
        message: 'The storage of experiments does not answer. Nothing is known to have changed; try again.',
      },
    };

    expect(await administration.list()).toMatchObject(failed);
    expect(await administration.read('search')).toMatchObject(failed);
    expect(await administration.change('search', { percentEnabled: 6 })).toMatchObject(failed);
    expect(await administration.remove('search')).toMatchObject(failed);
  });

  it('takes 1 000 subjects of the length of a UUID', async () => {
    const administration = await start();
    const subjects = Array.from({ length: 1_000 }, () => randomUUID());

    const { status, body } = await administration.change('search', { subjects });

    expect({ status, body }).toMatchObject({ status: 200, body: { subjects, version: 3 } });
  });

  // The column is a TEXT, which holds 65 535 bytes on MySQL and MariaDB; and Express takes bodies of 100 kB, Fastify of 1 MB.
  it('refuses more subjects than every database and every server takes, and changes nothing', async () => {
    const administration = await start();
    const before = await administration.resource('search');
    const long = (count: number) => Array.from({ length: count }, (_, index) => String(index).padStart(200, 'x'));

    const large = await administration.change('search', { subjects: long(350) });
    const larger = await administration.change('search', { subjects: long(1_000) });

    expect([large.status, larger.status === 413 ? 400 : larger.status]).toEqual([400, 400]);
    expect(large.body).toMatchObject({ fields: [{ field: 'subjects' }] });
    expect(await administration.resource('search')).toEqual(before);
  });
});
