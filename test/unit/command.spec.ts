import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { accountFor } from '../../lib/reports/run-account.js';
import { run } from '../../lib/command/command.js';

/** Nobody waits for seconds here. */
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))),
}));

interface Asked {
  method: string;
  url: string;
  authorization: string | undefined;
  body: string;
}

const HOSTILE = 'a\u001b[2J\u009b1m\r\nb\u202ec\u2066d\ud800e\u2028';
/** Like it, but well-formed, as names in addresses are. */
const HARMFUL = HOSTILE.toWellFormed();
const DANGEROUS = /[^\P{Cc}\n]|[\u2028\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

const candidateOf = (state: string, name = 'trie') => ({
  name,
  counts: { matched: 3, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 },
  skipped: {},
  mismatchRate: null,
  durations: { control: null, candidate: null },
  delta: null,
  speedup: [],
  speedupOver: 'firstCall',
  speed: null,
  differences: [],
  examined: 0,
  account: accountFor(new Tally()),
  drift: 0,
  reads: null,
  noise: { runs: 0, rate: null },
  readiness: { state, reason: `It is ${state}.`, runsNeeded: null },
});
const resultOf = (id: unknown, text = 'text') => ({
  id,
  candidate: text,
  outcome: text,
  ranAt: '2025-11-24T10:00:00.000Z',
  control: { kind: 'returned', value: { [text]: [text] }, duration: 12.5 },
  observed: { kind: 'threw', error: { name: text, message: text, stack: `${text}\n    at ${text}` }, duration: 5 },
  context: { [text]: text },
  differences: [{ path: text, kind: text, control: text, candidate: { [text]: text } }],
  diff: text,
});
const summaryOf = (...states: string[]) => ({
  name: 'search',
  epoch: null,
  span: { from: null, to: null },
  runs: 3,
  skipped: {},
  refused: [],
  candidates: states.map((state) => candidateOf(state)),
});

describe('the command nestjs-studies', () => {
  let server: Server;
  let url: string;
  let asked: Asked[];
  let received: IncomingHttpHeaders[];
  let answer: (asked: Asked) => unknown;

  beforeEach(async () => {
    asked = [];
    received = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method = '', url: path = '', headers } = request;
        const one = { method, url: path, authorization: headers.authorization, body };
        asked.push(one);
        received.push(headers);
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
      out: `  share  last run                 experiment
 12.5 %  2025-11-24 10:00:00 UTC  one
    0 %  never                    second
`,
      err: '',
    });
    expect(asked.map(({ url: path }) => path)).toEqual([
      '/studies/experiments?limit=100',
      '/studies/experiments?limit=100&cursor=b%26',
    ]);
  });

  it('lists periods where there are some', async () => {
    const startsAt = '2030-01-02T00:00:00.000Z';
    const endsAt = '2030-01-03T00:00:00.000Z';
    const item = { percentEnabled: 5, lastRunAt: null };
    answer = () => ({
      items: [
        { name: 'always', ...item, startsAt: null, endsAt: null },
        { name: 'between', ...item, startsAt, endsAt },
        { name: 'until', ...item, startsAt: null, endsAt },
      ],
      nextCursor: null,
    });
    expect((await execute(['list'])).out)
      .toBe(`  share  last run                 period                                                      experiment
    5 %  never                                                                                always
    5 %  never                    from 2030-01-02 00:00:00 UTC until 2030-01-03 00:00:00 UTC  between
    5 %  never                    until 2030-01-03 00:00:00 UTC                               until
`);
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
      items: [7, 6, 5].map((id) => resultOf(id)),
      nextCursor: 'c',
    });
    const { code, out } = await execute(['mismatches', 'search', '--limit', '2']);
    expect(code).toBe(0);
    expect(out.match(/^#.*/gm)).toEqual([7, 6].map((id) => `#${id}  text  text  2025-11-24 10:00:00 UTC`));
    const json = await execute(['mismatches', 'search', '--limit', '2', '--json']);
    expect(JSON.parse(json.out)).toEqual([resultOf(7), resultOf(6)]);
    expect(asked[1]?.url).toBe('/studies/experiments/search/results?outcome=mismatched&limit=2');
  });

  it('lists what threw and what timed out as errors, the newest first', async () => {
    answer = ({ url: path }) => {
      const outcome = path.includes('outcome=timedOut') ? 'timedOut' : 'errored';
      const minutes = outcome === 'timedOut' ? [4, 1] : [3, 2];
      const items = minutes.map((minute) => ({ ...resultOf(minute), outcome, ranAt: `2025-11-24T10:0${minute}:00.000Z` }));
      return { items, nextCursor: null };
    };
    const { code, out } = await execute(['errors', 'search', '--limit', '3']);
    expect(code).toBe(0);
    expect(out.match(/^#\d  text  \w+/gm)).toEqual(['#4  text  timedOut', '#3  text  errored', '#2  text  errored']);
    expect(asked.map(({ url: path }) => path).sort()).toEqual(
      ['errored', 'timedOut'].map((outcome) => `/studies/experiments/search/results?outcome=${outcome}&limit=3`),
    );
  });

  it('says so where there is nothing', async () => {
    answer = () => ({ items: [], nextCursor: null });
    expect((await execute(['list'])).out).toBe('There are no experiments.\n');
    expect((await execute(['errors', 'search'])).out).toBe('No errors of "search" are kept.\n');
    expect((await execute(['list', '--json'])).out).toBe('[]\n');
  });

  it('enables and disables', async () => {
    answer = ({ body }) => ({ name: 'search', ...(JSON.parse(body) as object) });
    expect((await execute(['enable', 'search'])).out).toBe('"search" now runs for 100 % of its calls.\n');
    await execute(['enable', 'search', '12.5']);
    expect(await execute(['disable', 'search'])).toMatchObject({ code: 0, out: '"search" is off now.\n' });
    expect(asked.map(({ method, url: path, body }) => [method, path, body])).toEqual(
      [100, 12.5, 0].map((percent) => ['PATCH', '/studies/experiments/search', `{"percentEnabled":${percent}}`]),
    );
    answer = ({ body }) => ({ name: 'search', ...(JSON.parse(body) as object), stored: false });
    expect((await execute(['disable', 'search'])).out).toContain(
      'off in the process that answered. The database could not store that yet',
    );
  });

  it('says from when on, or that no more, where an experiment that is enabled has a period', async () => {
    const answered = async (period: object) => {
      answer = () => ({ name: 'search', ...period });
      return (await execute(['enable', 'search', '5'])).out;
    };
    const [past, future] = ['2001-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z'];
    expect(await answered({ startsAt: future, endsAt: null })).toBe(
      '"search" runs for 5 % of its calls from 2999-01-01 00:00:00 UTC on.\n',
    );
    expect(await answered({ startsAt: null, endsAt: past })).toBe(
      '"search" is set to 5 % of its calls, but its period ended at 2001-01-01 00:00:00 UTC.\n',
    );
    expect(await answered({ startsAt: past, endsAt: future })).toBe('"search" now runs for 5 % of its calls.\n');
  });

  it('tells by its exit code whether it is safe to switch', async () => {
    for (const [states, code] of [
      [['ready'], 0],
      [['ready', 'ready'], 0],
      [[], 2],
      [['ready', 'collecting'], 2],
      [['notReady'], 3],
      [['noisy', 'ready'], 4],
      [['noisy', 'collecting'], 2],
      [['ready', 'collecting', 'notReady'], 3],
    ] as const) {
      answer = () => summaryOf(...states);
      expect(await execute(['ready', 'search'])).toMatchObject({ code, err: '' });
      expect(await execute(['ready', 'search', '--json'])).toMatchObject({ code, out: expect.stringContaining('"state"') });
    }
  });

  it('waits while an experiment is collecting, but not for longer than it was told', async () => {
    answer = () => summaryOf(asked.length < 2 ? 'collecting' : 'ready');
    expect(await execute(['ready', 'search', '--wait', '0.2'])).toMatchObject({ code: 0, out: 'trie: It is ready.\n' });
    answer = () => summaryOf('collecting');
    expect(await execute(['ready', 'search', '--wait', '0.2'])).toMatchObject({ code: 2 });
    asked.length = 0;
    answer = () => summaryOf('notReady');
    expect(await execute(['ready', 'search', '--wait', '900'])).toMatchObject({ code: 3 });
    expect(asked).toHaveLength(1);
  });

  it('goes on waiting while the application restarts', async () => {
    answer = () => {
      if (asked.length === 1) return summaryOf('collecting');
      return asked.length === 2 ? new Refusal(503, '{}') : summaryOf('ready');
    };
    expect(await execute(['ready', 'search', '--wait', '900'])).toMatchObject({ code: 0, err: '' });
    expect(asked).toHaveLength(3);
  });

  it('does not wait for an application that is not there', async () => {
    answer = () => new Refusal(503, '{}');
    expect(await execute(['ready', 'search', '--wait', '900'])).toMatchObject({ code: 1 });
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

  it.each<[string, string[], Record<string, string>, Record<string, string | undefined>]>([
    ['a name and a password', [], { NESTJS_STUDIES_USER: 'ada:päss:word' }, { authorization: 'Basic YWRhOnDDpHNzOndvcmQ=' }],
    ['headers', ['--header', 'X-Api-Key:  secret ', '--header', 'x-tenant: a'], {}, { 'x-api-key': 'secret', 'x-tenant': 'a' }],
    [
      'a header that is given instead of the token',
      ['--header', 'Authorization: Digest x'],
      { NESTJS_STUDIES_TOKEN: 'secret' },
      { authorization: 'Digest x' },
    ],
  ])('sends %s', async (_, argv, env, headers) => {
    answer = () => ({ items: [], nextCursor: null });
    expect(await execute(['list', ...argv], env)).toMatchObject({ code: 0 });
    expect(received[0]).toMatchObject(headers);
  });

  it.each<[string[], Record<string, string>]>([
    [['--header', 'hun\nter2: hunter2'], {}],
    [['--header', 'name: hunter2\r\nx'], {}],
    [['--header', 'hunter2'], {}],
    [[], { NESTJS_STUDIES_USER: 'hunter2' }],
    [[], { NESTJS_STUDIES_USER: 'ada:hunter2\n' }],
    [[], { NESTJS_STUDIES_USER: 'ada:hunter2', NESTJS_STUDIES_TOKEN: 'hunter2' }],
  ])('refuses what no header can hold, without printing it: %j', async (argv, env) => {
    const { code, out, err } = await execute(['list', ...argv], env);
    expect(code).toBe(64);
    expect(out + err).not.toMatch(/hunter2|ter2/);
    expect(asked).toEqual([]);
  });

  it('asks the address that is given, before that of the environment', async () => {
    answer = () => ({ items: [], nextCursor: null });
    await execute(['list', '--url', `${url}/deeper//`], { NESTJS_STUDIES_URL: 'http://127.0.0.1:1' });
    expect(asked[0]?.url).toBe('/studies/deeper/experiments?limit=100');
  });

  it('prints nothing of the server that steers a terminal or deceives its reader', async () => {
    answer = ({ url: path, method }) => {
      if (path.endsWith('/summary')) return { ...summaryOf(), name: HOSTILE, candidates: [candidateOf('ready', HOSTILE)] };
      if (method === 'PATCH') return { name: HOSTILE, percentEnabled: HOSTILE };
      if (path.includes('/results')) return { items: [{ ...resultOf(HOSTILE, HOSTILE), ranAt: HOSTILE }], nextCursor: null };
      return { items: [{ name: HOSTILE, percentEnabled: HOSTILE, lastRunAt: HOSTILE }], nextCursor: null };
    };
    for (const argv of [['list'], ...['summary', 'mismatches', 'errors', 'enable', 'ready'].map((title) => [title, HARMFUL])]) {
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
  });

  it('says what to do where the server does not', async () => {
    const said = async (status: number, message?: string) => {
      answer = () => new Refusal(status, message === undefined ? '<html>' : JSON.stringify({ message }));
      return (await execute(['summary', 'search'])).err.replace(/^nestjs-studies: GET http\S+ was answered with /, '').trimEnd();
    };

    expect(await said(401)).toBe('401: Unauthorized. Say who asks with NESTJS_STUDIES_TOKEN, NESTJS_STUDIES_USER or --header.');
    expect(await said(403, 'Forbidden resource')).toMatch(
      /resource. Say who asks with NESTJS_STUDIES_TOKEN, NESTJS_STUDIES_USER or --header.$/,
    );
    expect(await said(403, 'The administration of experiments is closed. Say who.')).toMatch(/Say who.$/);
    expect(await said(404)).toBe('404: Not Found. Give the address of the administration with --url.');
    expect(await said(404, 'Cannot GET /x')).toBe('404: Cannot GET /x. Give the address of the administration with --url.');
    expect(await said(404, 'There is no experiment "search". Look at the list.')).toMatch(/Look at the list.$/);
    expect(await said(500)).toBe('500: Internal Server Error.');
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
    answer = () => ({ items: [{ ...resultOf(1), observed: 3 }], nextCursor: null });
    expect(await execute(['errors', 'search'])).toMatchObject({ code: 1, err: expect.stringContaining('not as the API') });
    answer = () => ({ ...summaryOf(), candidates: [{ ...candidateOf('ready'), noise: 3 }] });
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
