import { Validator } from '@seriousme/openapi-schema-validator';
import { Controller, Get, Query } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Experiment } from '../../lib/index.js';
import { administered, PLACEMENTS, type Administration } from '../support/administration.js';
import { anApp, type Answer } from '../support/app.js';

@Controller('search')
class SearchController {
  @Get()
  @Experiment({ name: 'search', candidate: 'searchV2', percentEnabled: 100 })
  search(@Query('q') q: string) {
    return { is: 'found', q };
  }

  searchV2(q: string) {
    if (q === 'fail') throw new Error('The index is gone.');
    return { is: q === 'lose' ? 'lost' : 'found', q };
  }
}

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

/** The parts of the document that the tests look at. */
interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: JsonSchema }[];
  readonly responses: Record<string, Described>;
  readonly requestBody?: { readonly content: Content };
}

interface Described {
  readonly headers?: Record<string, unknown>;
  readonly content?: Content;
}

type Content = Record<string, { readonly schema: { readonly $ref: string } }>;

/** A schema of the document with all that it refers to. */
function schemaOf(document: Document, { $ref }: { readonly $ref: string }): z.ZodType {
  const definitions = JSON.parse(
    JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
  ) as Record<string, object>; // as it was
  const name = $ref.replace('#/components/schemas/', '');
  return z.fromJSONSchema({ ...definitions[name], $defs: definitions } as JsonSchema); // JSON Schema 2020-12
}

describe.each(PLACEMENTS)('the OpenAPI document on $title', (placement) => {
  const start = () =>
    administered(
      anApp(placement.platform)
        .studies({ admin: { public: true } })
        .controllers(SearchController),
      placement,
    );

  async function documentOf(administration: Administration): Promise<Document> {
    const { status, headers, body } = await administration.document();
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    return body as Document; // the first test shows it
  }

  it('is valid', async () => {
    const document = await documentOf(await start());
    const validator = new Validator();

    expect(await validator.validate({ ...document })).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('leads to the administration: its addresses are relative to its own', async () => {
    const administration = await start();
    const { servers, paths } = await documentOf(administration);

    const base = new URL(servers[0]?.url ?? '', `${administration.app.url}${placement.administration}/openapi.json`);
    const list = new URL(`.${Object.keys(paths)[0] ?? ''}`, base);

    expect(list.pathname).toBe(`${placement.administration}/experiments`);
    expect((await administration.app.get(list.pathname)).status).toBe(200);
  });

  it('describes every route and no other', async () => {
    const { paths } = await documentOf(await start());

    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((method) => method !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations).toEqual([
      'GET /experiments',
      'GET /experiments/{name}',
      'PATCH /experiments/{name}',
      'DELETE /experiments/{name}',
      'GET /experiments/{name}/history',
      'GET /figures',
      'GET /experiments/{name}/timeline',
      'GET /experiments/{name}/durations',
      'GET /experiments/{name}/summary',
      'GET /experiments/{name}/epochs',
      'GET /experiments/{name}/receipt',
      'GET /experiments/{name}/results',
      'DELETE /experiments/{name}/results',
      'GET /experiments/{name}/purging',
      'GET /experiments/{name}/results/{id}',
    ]);
  });

  it('describes what is answered', async () => {
    const administration = await start();
    for (const q of ['find', 'lose', 'fail']) await administration.app.get(`${placement.routes}/search?q=${q}`);
    await administration.app.whenIdle();
    const document = await documentOf(administration);

    /** Holds an answer against what the document says of its status. */
    const isDescribed = (path: string, method: string, { status, headers, body }: Answer) => {
      const described = document.paths[path]?.[method]?.responses[status];
      expect(described, `${method} ${path} says nothing of ${status}`).toBeDefined();
      for (const header of Object.keys(described?.headers ?? {})) expect(headers.has(header)).toBe(true);
      const schema = described?.content?.['application/json']?.schema;
      if (schema === undefined) expect(body).toBe('');
      else expect(schemaOf(document, schema).parse(body)).toEqual(body);
      return status;
    };
    const [all, one] = ['/experiments', '/experiments/{name}'];
    const history = `${one}/history`;
    const [figures, timeline, durations, purging] = ['/figures', `${one}/timeline`, `${one}/durations`, `${one}/purging`];
    const epochs = `${one}/epochs`;
    const [summary, results, result] = [`${one}/summary`, `${one}/results`, `${one}/results/{id}`];
    const startsAt = '2026-01-01T00:00:00Z';

    const kept = (await administration.results('search')).body as { items: { id: string }[] }; // so it is documented
    const ids = kept.items.map(({ id }) => id);

    expect(ids).toHaveLength(3);
    expect([
      isDescribed(summary, 'get', await administration.summary('search')),
      isDescribed(summary, 'get', await administration.summary('none')),
      isDescribed(summary, 'get', await administration.summary('search', undefined, { epoch: '0' })),
      isDescribed(epochs, 'get', await administration.epochs('search')),
      isDescribed(epochs, 'get', await administration.epochs('none')),
      isDescribed(results, 'get', await administration.results('search')),
      isDescribed(results, 'get', await administration.results('search', { limit: '1' })),
      isDescribed(results, 'get', await administration.results('search', { limit: '0' })),
      isDescribed(results, 'get', await administration.results('none')),
      ...(await Promise.all(ids.map(async (id) => isDescribed(result, 'get', await administration.result('search', id))))),
      isDescribed(result, 'get', await administration.result('search', '0000000000000000')),
      isDescribed(results, 'delete', await administration.purge('search')),
      isDescribed(results, 'delete', await administration.purge('none')),
      isDescribed(summary, 'get', await administration.summary('search')),
    ]).toEqual([200, 404, 400, 200, 404, 200, 200, 400, 404, 200, 200, 200, 404, 204, 404, 200]);
    await administration.app.get(`${placement.routes}/search?q=lose`);
    await administration.app.whenIdle();
    const foreign = { headers: { 'sec-fetch-site': 'cross-site' } };
    expect([
      isDescribed(figures, 'get', await administration.figures('search', 'none')),
      isDescribed(figures, 'get', await administration.figures()),
      isDescribed(timeline, 'get', await administration.timeline('search')),
      isDescribed(timeline, 'get', await administration.timeline('search', { span: 'quarter' })),
      isDescribed(timeline, 'get', await administration.timeline('search', { span: 'year' })),
      isDescribed(timeline, 'get', await administration.timeline('none')),
      isDescribed(durations, 'get', await administration.durations('search')),
      isDescribed(durations, 'get', await administration.durations('none')),
      isDescribed(purging, 'get', await administration.purging('search')),
      isDescribed(purging, 'get', await administration.purging('none')),
      isDescribed(one, 'delete', await administration.app.request('DELETE', administration.addressOf('search'), foreign)),
    ]).toEqual([200, 400, 200, 200, 400, 404, 200, 404, 200, 404, 403]);
    await administration.change('search', { percentEnabled: 50, startsAt, ignorePaths: ['$.at'] });
    expect([
      isDescribed(history, 'get', await administration.history('search')),
      isDescribed(history, 'get', await administration.history('search', { limit: '1' })),
      isDescribed(history, 'get', await administration.history('none')),
      isDescribed(history, 'get', await administration.history('search', { cursor: 'x' })),
    ]).toEqual([200, 200, 200, 400]);
    await administration.change('search', { percentEnabled: 100, startsAt: null, ignorePaths: [] });
    expect([
      isDescribed(all, 'get', await administration.list()),
      isDescribed(all, 'get', await administration.list({ limit: '1' })),
      isDescribed(all, 'get', await administration.list({ limit: '0' })),
      isDescribed(all, 'get', await administration.list({ cursor: 'x' })),
      isDescribed(one, 'get', await administration.read('search')),
      isDescribed(one, 'get', await administration.read('none')),
      isDescribed(one, 'patch', await administration.change('search', { percentEnabled: 5, startsAt, subjects: ['ada'] })),
      isDescribed(one, 'patch', await administration.change('search', { percentEnabled: 101 })),
      isDescribed(one, 'patch', await administration.change('search', { subjects: ['x'.repeat(2_000_000)] })),
      isDescribed(one, 'patch', await administration.change('search', { percentEnabled: 6 }, '"1"')),
      isDescribed(one, 'patch', await administration.change('none', { percentEnabled: 6 })),
      isDescribed(one, 'delete', await administration.remove('search', '"1"')),
      isDescribed(one, 'delete', await administration.remove('search', 'x')),
      isDescribed(one, 'delete', await administration.remove('search')),
      isDescribed(one, 'delete', await administration.remove('search')),
    ]).toEqual([200, 200, 400, 400, 200, 404, 200, 400, 413, 412, 404, 412, 400, 204, 404]);

    await administration.app.dataSource().query('DROP TABLE studies_experiment');
    expect(isDescribed(all, 'get', await administration.list())).toBe(503);
  });

  it('describes the answer to who is not let in', async () => {
    const open = await documentOf(await start());
    const closed = await administered(anApp(placement.platform), placement);

    const { status, body } = await closed.list();

    const { content } = open.paths['/experiments']?.['get']?.responses['403'] ?? {};
    expect(status).toBe(403);
    expect(schemaOf(open, content?.['application/json']?.schema ?? { $ref: '' }).parse(body)).toEqual(body);
  });

  it('describes what can be sent', async () => {
    const administration = await start();
    const document = await documentOf(administration);
    const { schema } = document.paths['/experiments/{name}']?.['patch']?.requestBody?.content['application/json'] ?? {};
    const change = schemaOf(document, schema ?? { $ref: '' });
    const startsAt = '2026-01-01T00:00:00Z';

    for (const taken of [
      { percentEnabled: 12.34 },
      { percentEnabled: 0, startsAt, endsAt: null, subjects: [] },
      { subjects: ['ada'] },
      { targetRate: 0.01, confidence: 0.99, minSpan: 0, ignorePaths: ['$.at'] },
    ]) {
      expect(change.safeParse(taken).success).toBe(true);
      expect((await administration.change('search', taken)).status).toBe(200);
    }
    for (const refused of [
      { percentEnabled: 101 },
      { percentEnabled: -1 },
      { percentEnabled: '5' },
      { startsAt: 'tomorrow' },
      { subjects: [''] },
      { subjects: ['x'.repeat(201)] },
      { targetRate: 0 },
      { confidence: 1 },
      { minSpan: -1 },
      { ignorePaths: [5] },
      { name: 'other' },
      {},
      [],
    ]) {
      expect(change.safeParse(refused).success).toBe(false);
      expect((await administration.change('search', refused)).status).toBe(400);
    }
  });

  it('describes what the list can be asked for', async () => {
    const administration = await start();
    const { parameters = [] } = (await documentOf(administration)).paths['/experiments']?.['get'] ?? {};

    expect(parameters.map(({ name, in: where }) => `${where} ${name}`).sort()).toEqual([
      'query cursor',
      'query enabled',
      'query firstRunAfter',
      'query firstRunBefore',
      'query lastRunAfter',
      'query lastRunBefore',
      'query limit',
      'query search',
      'query sort',
    ]);
    const sort = parameters.find(({ name }) => name === 'sort')?.schema as { enum: string[] }; // the test fails without
    for (const order of sort.enum) expect((await administration.list({ sort: order })).status).toBe(200);
    expect(sort.enum).toHaveLength(12);
  });

  it('describes what results can be asked for', async () => {
    const administration = await start();
    const { parameters = [] } = (await documentOf(administration)).paths['/experiments/{name}/results']?.['get'] ?? {};

    expect(parameters.map(({ name, in: where }) => `${where} ${name}`).sort()).toEqual([
      'query candidate',
      'query cursor',
      'query epoch',
      'query limit',
      'query outcome',
    ]);
    const outcome = parameters.find(({ name }) => name === 'outcome')?.schema as { enum: string[] }; // the test fails without
    for (const one of outcome.enum) expect((await administration.results('search', { outcome: one })).status).toBe(200);
    expect(outcome.enum).toHaveLength(5);
  });

  it('says that a summary also comes as text, as it does', async () => {
    const administration = await start();
    const { content = {} } =
      (await documentOf(administration)).paths['/experiments/{name}/summary']?.['get']?.responses['200'] ?? {};

    const types = await Promise.all(
      Object.keys(content).map(async (type) => (await administration.summary('search', type)).headers.get('content-type')),
    );

    expect(Object.keys(content)).toEqual(['application/json', 'text/plain']);
    expect(types).toEqual(['application/json; charset=utf-8', 'text/plain; charset=utf-8']);
  });
});
