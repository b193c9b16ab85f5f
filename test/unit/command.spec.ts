import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../lib/command/command.js';

interface Asked {
  method: string;
  url: string;
  authorization: string | undefined;
  body: string;
}

const HOSTILE = 'a\u001b[2J\u009b1m\r\nb\u202ec\u2066d\ud800e\u2028';
const DANGEROUS = /[^\P{Cc}\n]|[\u2028\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

const candidateOf = (state: string, name = 'trie') => ({
  name,
  counts: { matched: 3, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 },
  skipped: {},
  mismatchRate: null,
  durations: { control: null, candidate: null },
  delta: null,
  speedup: [],
  differences: [],
  noise: null,
  readiness: { state, reason: `It is ${state}.`, runsNeeded: null },
});
const summaryOf = (...states: string[]) => ({
  name: 'search',
  span: { from: null, to: null },
  runs: 3,
  candidates: states.map((state) => candidateOf(state)),
});

describe('the command nestjs-studies', () => {
  let server: Server;
  let url: string;
  let asked: Asked[];
  let answer: (asked: Asked) => unknown;

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        const one = { method, url: path, authorization: headers.authorization, body };
        asked.push(one);
        const given = answer(one);
        const { status, text } = given instanceof Refusal ? given : { status: 200, text: JSON.stringify(given) };
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/studies`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
  });

  const execute = async (argv: string[], env: Record<string, string> = {}) => {
    const said = { out: '', err: '' };
    const code = await run(
      argv,
      { NESTJS_STUDIES_URL: url, ...env },
      (text) => (said.out += text),
      (text) => (said.err += text),
    );
    return { code, ...said };
  };

  it('lists all experiments, page by page', async () => {
    answer = ({ url: path }) =>
      path.includes('cursor=b%26')
        ? { items: [{ name: 'second', percentEnabled: 0, lastRunAt: null }], nextCursor: null }
        : { items: [{ name: 'one', percentEnabled: 12.5, lastRunAt: '2025-11-24T10:00:00.000Z' }], nextCursor: 'b&' };
    expect(await execute(['list'])).toEqual({
      code: 0,
      out: 'one       12.5 %  last run 2025-11-24T10:00:00.000Z\nsecond       0 %  never run\n',
      err: '',
    });
    expect(asked.map(({ url: path }) => path)).toEqual([
      '/studies/experiments?limit=100',
      '/studies/experiments?limit=100&cursor=b%26',
    ]);
  });

  it('follows no cursor in circles', async () => {
    answer = () => ({ items: [{ name: 'one' }], nextCursor: 'same' });
    expect(await execute(['list'])).toMatchObject({ code: 0 });
    expect(asked).toHaveLength(2);
  });

  it('prints a summary as text, or as JSON', async () => {
    answer = () => summaryOf('ready');
    const text = await execute(['summary', 'a/b ü?']);
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(text.out).toContain('Candidate trie: ready\n');
    expect(asked[0]).toMatchObject({ method: 'GET', url: '/studies/experiments/a%2Fb%20%C3%BC%3F/summary' });
    expect(JSON.parse((await execute(['summary', 'search', '--json'])).out)).toEqual(summaryOf('ready'));
  });

  it('lists mismatches and errors, as many as are asked for', async () => {
    answer = () => ({
      items: [7, 6, 5].map((id) => ({ id, candidate: 'trie', outcome: 'some', at: 'then', content: { value: [id] } })),
      nextCursor: 'c',
    });
    const { code, out } = await execute(['mismatches', 'search', '--limit', '2']);
    expect(code).toBe(0);
    expect(out).toMatch(/^#7 {2}then {2}trie {2}some\n {4}\{\n {6}"value": \[\n {8}7\n/);
    expect(out).not.toContain('#5');
    await execute(['errors', 'search']);
    expect(asked.map(({ url: path }) => path).slice(0, 2)).toEqual([
      '/studies/experiments/search/results?outcome=mismatched&limit=2',
      '/studies/experiments/search/results?outcome=errored&limit=10',
    ]);
  });

  it('says so where there is nothing', async () => {
    answer = () => ({ items: [], nextCursor: null });
    expect((await execute(['list'])).out).toBe('There are no experiments.\n');
    expect((await execute(['errors', 'search'])).out).toBe('There are no results of "search" that are errored.\n');
    expect((await execute(['list', '--json'])).out).toBe('[]\n');
  });

  it('enables and disables', async () => {
    answer = ({ body }) => ({ name: 'search', ...(JSON.parse(body) as object) });
    expect((await execute(['enable', 'search'])).out).toBe('"search" now runs for 100 % of its calls.\n');
    await execute(['enable', 'search', '12.5']);
    expect(await execute(['disable', 'search'])).toMatchObject({ code: 0, out: '"search" now runs for 0 % of its calls.\n' });
    expect(asked.map(({ method, url: path, body }) => [method, path, body])).toEqual(
      [100, 12.5, 0].map((percent) => ['PATCH', '/studies/experiments/search', `{"percentEnabled":${percent}}`]),
    );
  });

  it('tells by its exit code whether it is safe to switch', async () => {
    for (const [states, code] of [
      [['ready'], 0],
      [['ready', 'ready'], 0],
      [[], 2],
      [['ready', 'collecting'], 2],
      [['notReady'], 3],
      [['ready', 'collecting', 'notReady'], 3],
    ] as const) {
      answer = () => summaryOf(...states);
      expect(await execute(['ready', 'search'])).toMatchObject({ code, err: '' });
      expect(await execute(['ready', 'search', '--json'])).toMatchObject({ code, out: expect.stringContaining('"state"') });
    }
  });

  it('waits while an experiment is collecting, but not for longer than it was told', async () => {
    answer = () => summaryOf(asked.length < 2 ? 'collecting' : 'ready');
    expect(await execute(['ready', 'search', '--wait', '0.2'])).toMatchObject({ code: 0, out: 'trie: ready - It is ready.\n' });
    answer = () => summaryOf('collecting');
    expect(await execute(['ready', 'search', '--wait', '0.2'])).toMatchObject({ code: 2 });
    asked.length = 0;
    answer = () => summaryOf('notReady');
    expect(await execute(['ready', 'search', '--wait', '900'])).toMatchObject({ code: 3 });
    expect(asked).toHaveLength(1);
  });

  it('sends the token, and none where there is none', async () => {
    answer = () => ({ items: [], nextCursor: null });
    await execute(['list'], { NESTJS_STUDIES_TOKEN: 'secret' });
    await execute(['list'], { NESTJS_STUDIES_TOKEN: '' });
    expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer secret', undefined]);
  });

  it('never prints a token that no header can hold', async () => {
    const { code, out, err } = await execute(['list'], { NESTJS_STUDIES_TOKEN: 'sec\nret' });
    expect(code).toBe(64);
    expect(out + err).not.toMatch(/sec|ret\b/);
    expect(asked).toEqual([]);
  });

  it('asks the address that is given, before that of the environment', async () => {
    answer = () => ({ items: [], nextCursor: null });
    await execute(['list', '--url', `${url}/deeper//`], { NESTJS_STUDIES_URL: 'http://127.0.0.1:1' });
    expect(asked[0]?.url).toBe('/studies/deeper/experiments?limit=100');
  });

  it('prints nothing of the server that steers a terminal or deceives its reader', async () => {
    const item = { id: HOSTILE, candidate: HOSTILE, outcome: HOSTILE, at: HOSTILE, content: { [HOSTILE]: HOSTILE } };
    answer = ({ url: path, method }) => {
      if (path.endsWith('/summary')) return { ...summaryOf(), name: HOSTILE, candidates: [candidateOf('ready', HOSTILE)] };
      if (method === 'PATCH') return { name: HOSTILE, percentEnabled: HOSTILE };
      return { items: [{ ...item, name: HOSTILE, percentEnabled: HOSTILE, lastRunAt: HOSTILE }], nextCursor: null };
    };
    for (const argv of [
      ['list'],
      ...['summary', 'mismatches', 'errors', 'enable', 'disable', 'ready'].map((title) => [title, 'x']),
    ]) {
      const text = await execute(argv);
      expect(text).toMatchObject({ code: 0, err: '' });
      expect(text.out).not.toMatch(DANGEROUS);
      expect(text.out).toContain('\\u202e');
      const json = await execute([...argv, '--json']);
      expect(json.out).not.toMatch(DANGEROUS);
      expect(JSON.stringify(JSON.parse(json.out))).toContain(JSON.stringify(HOSTILE));
    }
  });

  it('passes on why the server refuses', async () => {
    answer = () => new Refusal(400, JSON.stringify({ message: [`must be less${HOSTILE}`, 'or so'] }));
    const { code, out, err } = await execute(['enable', 'search', '5']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^nestjs-studies: PATCH http.*\/experiments\/search was answered with 400: must be less.*; or so\.\n$/);
    expect(err).not.toMatch(DANGEROUS);
    answer = () => new Refusal(401, '<html>');
    expect((await execute(['list'])).err).toContain('401: Unauthorized. Give a token');
  });

  it('says what is wrong, where, and what to do when no server answers', async () => {
    server.close();
    await once(server, 'close');
    expect(await execute(['list'])).toEqual({
      code: 1,
      out: '',
      err:
        `nestjs-studies: Can't reach ${url}: connect ECONNREFUSED ${new URL(url).host}. ` +
        'Is the application running? Give its address with --url or NESTJS_STUDIES_URL.\n',
    });
  });

  it('says so when something else answers', async () => {
    for (const other of [new Refusal(200, '<html>'), {}, [], { name: 'search', span: {}, candidates: [{}] }, { items: {} }]) {
      answer = () => other;
      for (const argv of [['list'], ['summary', 'search'], ['ready', 'search']])
        expect(await execute(argv)).toMatchObject({
          code: 1,
          out: '',
          err: expect.stringContaining('not as the API of nestjs-studies'),
        });
    }
    answer = () => ({ ...summaryOf(), candidates: [{ ...candidateOf('ready'), differences: 3 }] });
    expect(await execute(['summary', 'search'])).toMatchObject({ code: 1, err: expect.stringContaining('With --json') });
  });

  it('refuses what it does not understand, without asking a server', async () => {
    for (const argv of [
      [],
      ['unknown'],
      ['toString'],
      ['list', 'search'],
      ['summary'],
      ['summary', ''],
      ['summary', '..'],
      ['summary', '\ud800'],
      ['summary', 'search', '--limit', '3'],
      ['list', '--wait', '3'],
      ['list', '--limit', '0'],
      ['list', '--limit', '-3'],
      ['ready', 'search', '--wait', 'long'],
      ['enable', 'search', '0'],
      ['enable', 'search', '101'],
      ['enable', 'search', '-1'],
      ['enable', 'search', '1e1'],
      ['enable', 'search', '5', '6'],
      ['list', '--unknown\u001b[2J'],
      ['list', '--url', 'localhost:3000'],
      ['list', '--url', 'http://user:secret@localhost'],
    ]) {
      const { code, out, err } = await execute(argv);
      expect({ argv, code, out }).toEqual({ argv, code: 64, out: '' });
      expect(err).toMatch(/^nestjs-studies: .+\nTry: nestjs-studies --help\n$/);
      expect(err).not.toMatch(/secret/);
      expect(err).not.toMatch(DANGEROUS);
    }
    expect(asked).toEqual([]);
  });

  it('tells of itself', async () => {
    expect(await execute(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: nestjs-studies/), err: '' });
    expect(await execute(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+.*\n$/) });
  });
});

/** An answer that is not JSON, or not a good one. */
class Refusal {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {}
}
