import { describe, expect, it } from 'vitest';
import { run } from '../../lib/command/command.js';
import { administered, PLACEMENTS, store, type Administration } from '../support/administration.js';
import { anApp, type Answer } from '../support/app.js';

const SIGN = { 'x-requested-with': 'nestjs-studies' };

const FOREIGN =
  'A page of another site has sent this request, and must not change experiments. Use the page of the administration itself, or a program.';
const UNSIGNED =
  'A browser has sent this request without the header "X-Requested-With: nestjs-studies". Browsers must send it with each change, ' +
  'so that no other site can make one. Add the header.';

/** What browsers send with a request, by where it comes from. */
const BROWSERS: [title: string, headers: Record<string, string>, refusal: string | undefined][] = [
  ['the page itself', { 'sec-fetch-site': 'same-origin', origin: 'http://own.example', ...SIGN }, undefined],
  ['the page itself, in a browser that tells no site', { origin: 'http://own.example', ...SIGN }, undefined],
  ['a tool in the browser, at the person’s own wish', { 'sec-fetch-site': 'none', ...SIGN }, undefined],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', ...SIGN }, FOREIGN],
  ['another host of the same site', { 'sec-fetch-site': 'same-site', origin: 'https://blog.own.example', ...SIGN }, FOREIGN],
  ['another site that pretends to be several', { 'sec-fetch-site': 'same-origin, cross-site', ...SIGN }, FOREIGN],
  ['a browser that tells nothing that is known', { 'sec-fetch-site': '', ...SIGN }, FOREIGN],
  ['another site without the header', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, FOREIGN],
  ['the same origin without the header', { 'sec-fetch-site': 'same-origin', origin: 'http://own.example' }, UNSIGNED],
  ['a person’s wish without the header', { 'sec-fetch-site': 'none' }, UNSIGNED],
  ['a form of another site, in a browser that tells no site', { origin: 'https://evil.example' }, UNSIGNED],
  ['a document without an origin', { origin: 'null' }, UNSIGNED],
  ['another library of the page', { 'sec-fetch-site': 'same-origin', 'x-requested-with': 'XMLHttpRequest' }, UNSIGNED],
];

describe.each(PLACEMENTS)('a request that changes something, on $title,', (placement) => {
  async function start() {
    const administration = await administered(anApp(placement.platform).studies({ admin: { public: true } }), placement);
    await store(administration.app, [{ name: 'search' }]);
    return administration;
  }

  /** What each kind of change answers. */
  async function changes(administration: Administration, headers: Record<string, string>): Promise<Answer[]> {
    const { app } = administration;
    const address = administration.addressOf('search');
    return [
      await app.send('PATCH', address, { percentEnabled: 5 }, headers),
      await app.request('DELETE', `${address}/results`, { headers }),
      await app.request('DELETE', address, { headers }),
    ];
  }

  it.each(BROWSERS.filter(([, , refusal]) => refusal === undefined))('is done for %s', async (_, headers) => {
    expect((await changes(await start(), headers)).map(({ status }) => status)).toEqual([200, 204, 204]);
  });

  it.each(BROWSERS.filter(([, , refusal]) => refusal !== undefined))(
    'is refused for %s, and nothing is changed',
    async (_, headers, message) => {
      const administration = await start();
      const before = await administration.resource('search');

      for (const answer of await changes(administration, headers)) {
        expect(answer).toMatchObject({ status: 403, body: { statusCode: 403, error: 'Forbidden', message } });
      }
      expect(await administration.resource('search')).toEqual(before);
      expect((await administration.history('search')).body).toEqual({ items: [], nextCursor: null });
    },
  );

  it('is done for programs, which send neither header of a browser', async () => {
    const curl = { 'user-agent': 'curl/8.14.1', accept: '*/*' };

    expect((await changes(await start(), curl)).map(({ status }) => status)).toEqual([200, 204, 204]);
  });

  it('is done for the command', async () => {
    const administration = await start();
    let said = '';
    const say = (text: string) => (said += text);

    const code = await run(['enable', 'search', '7', '--url', administration.url], {}, say, say);

    expect([code, said]).toEqual([0, '"search" now runs for 7 % of its calls.\n']);
  });

  it('is refused by the guards first, whoever sends it', async () => {
    const administration = await administered(anApp(placement.platform), placement);

    for (const [, headers] of BROWSERS) {
      for (const { body } of await changes(administration, headers)) {
        expect(body).toMatchObject({ message: expect.stringContaining('The administration of experiments is closed.') });
      }
    }
  });
});

describe.each(PLACEMENTS)('a request that only reads, on $title,', (placement) => {
  it('is answered wherever it comes from: browsers let no other site see it', async () => {
    const administration = await administered(anApp(placement.platform).studies({ admin: { public: true } }), placement);
    await store(administration.app, [{ name: 'search' }]);

    for (const [, headers] of BROWSERS) {
      const { status, headers: sent } = await administration.app.get(administration.addressOf('search'), headers);
      expect([status, sent.get('access-control-allow-origin')]).toEqual([200, null]);
    }
  });
});
