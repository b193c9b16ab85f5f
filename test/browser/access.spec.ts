import { createServer } from 'node:http';
import { ForbiddenException, type ExecutionContext } from '@nestjs/common';
import type { Response } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { listening } from '../support/listening.js';
import { reverseProxy } from '../support/reverse.proxy.js';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import { aShop } from './support/shop.js';

/** The most that the first view may take on its way, in bytes. */
const FIRST_LOAD = 150 * 1024;

describe('the page', () => {
  it('comes in less than 150 KB, all of it from where it is served', async () => {
    const shop = await aShop();
    await shop.everyday();
    const operator = await anOperator(shop.address);
    const sizes: Promise<number>[] = [];
    const encodings = new Map<string, string | null>();
    operator.page.on('response', (response) => {
      sizes.push(bytesOf(response));
      if (response.url().includes('/page/')) {
        sizes.push(
          response
            .headerValue('content-encoding')
            .then((encoding) => encodings.set(response.url(), encoding))
            .then(() => 0),
        );
      }
    });
    await operator.openList();
    await eventually(async () => expect(await operator.cell('catalogue', 'Runs').innerText()).not.toBe('–'));

    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect([total > 10_000, total < FIRST_LOAD]).toEqual([true, true]);
    expect(new Set(encodings.values())).toEqual(new Set(['gzip']));
    expect([...operator.troubles.hosts]).toEqual([new URL(shop.address).host]);
  });

  it('breaks its own policy nowhere, and is in no frame of another page', async () => {
    const shop = await aShop();
    await shop.everyday();
    const operator = await anOperator(shop.address);
    const answer = await operator.open('');
    expect(await answer?.headerValue('content-security-policy')).toBe(
      "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const inline = () => document.querySelectorAll('style, script:not([src]), [style]:not(#page *)').length;
    expect(await operator.page.evaluate(inline)).toBe(0);

    const framing = await listening(
      createServer((_request, response) =>
        response.setHeader('content-type', 'text/html').end(`<!doctype html><iframe src="${shop.address}"></iframe>`),
      ),
    );
    const visitor = await anOperator(framing.url);
    await visitor.open('/');
    await eventually(() => expect(visitor.page.frames()).toHaveLength(2));
    await eventually(() => expect(visitor.page.frames()[1]?.url()).toMatch(/^chrome-error:/));
    visitor.troubles.found.length = 0; // the browser says that it was refused
  });

  it('is for whom the guards let in, and its files too', async () => {
    const guard = {
      canActivate: (context: ExecutionContext) => {
        const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
        if (headers['x-user'] === 'ada') return true;
        throw new ForbiddenException('Only Ada may.');
      },
    };
    const shop = await aShop({ studies: { admin: { guards: [guard] } } });
    const ada = await anOperator(shop.address, { extraHTTPHeaders: { 'X-User': 'ada' } });
    const asked: string[] = [];
    ada.page.on('request', (request) => asked.push(request.url()));
    await ada.openList();
    await eventually(() => expect(asked.some((url) => url.includes('/figures'))).toBe(true));

    const eve = await anOperator(shop.address);
    for (const url of asked) expect([url, (await eve.page.request.get(url)).status()]).toEqual([url, 403]);
  });

  it('says so where somebody is let in no longer', async () => {
    let isOpen = true;
    const guard = {
      canActivate: () => {
        if (isOpen) return true;
        throw new ForbiddenException('Your time is up.');
      },
    };
    const shop = await aShop({ studies: { admin: { guards: [guard] } } });
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');
    isOpen = false;

    await operator.button('Switch off').click();
    await operator.text('Access is denied.').first().waitFor();
    expect(await operator.seen()).toContain('Your time is up.');
    isOpen = true;
    expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(100);
  });
});

describe('behind a proxy', () => {
  it.each([
    ['that strips a path', '/tools/ab'],
    ['that strips nothing', ''],
  ])('%s, the page works whole', async (_, prefix) => {
    const shop = await aShop();
    await shop.everyday();
    const operator = await anOperator(`${await reverseProxy(shop.app.url, prefix)}/studies`);
    const wrong: string[] = [];
    operator.page.on('response', (response) => {
      if (response.status() >= 400) wrong.push(`${response.status()} ${response.url()}`);
    });
    await operator.openList();
    await operator.page.getByRole('link', { name: 'catalogue' }).click();
    await operator.button('5 %').click();
    await eventually(async () => expect(await operator.state()).toBe('Running 5 %'));
    for (const part of ['Differences', 'Samples', 'Settings', 'History']) {
      await operator.page.getByRole('link', { name: part, exact: true }).click();
      await eventually(async () => expect(await operator.page.locator('h2.section-title').count()).toBe(1));
    }
    await operator.page.reload();
    await operator.text('5 %').first().waitFor();

    expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(5);
    expect(wrong.filter((answer) => !answer.endsWith('/favicon.ico'))).toEqual([]);
  });

  it('it works at an address with a slash at its end, too', async () => {
    const shop = await aShop();
    const proxy = await reverseProxy(shop.app.url, '/tools');
    const operator = await anOperator(`${proxy}/studies/`);
    await operator.openList();

    expect(operator.page.url()).toBe(`${proxy}/studies#/`);
    await operator.row('catalogue').waitFor();
  });

  it('it works below a global prefix', async () => {
    const shop = await aShop({ configure: (builder) => builder.configure((nest) => nest.setGlobalPrefix('api')) });
    const operator = await anOperator(`${shop.app.url}/api/studies`);
    await operator.openList();

    await operator.row('catalogue').waitFor();
  });
});

describe('a page of another origin', () => {
  it('changes nothing, by whatever it sends', async () => {
    const shop = await aShop();
    const before = await shop.administration.resource('catalogue');
    const target = `${shop.address}/experiments/catalogue`;
    const foreign = await listening(
      createServer((_request, response) =>
        response.setHeader('content-type', 'text/html').end(
          `<!doctype html><form method="post" enctype="text/plain" action="${target}" target="frame">
           <input name='{"percentEnabled":0,"x":"' value='"}'><button>go</button></form><iframe name="frame"></iframe>`,
        ),
      ),
    );
    for (const host of ['127.0.0.1', 'localhost']) {
      const visitor = await anOperator(`http://${host}:${new URL(foreign.url).port}`);
      await visitor.open('/');
      const outcomes = await visitor.page.evaluate(async (url) => {
        const body = JSON.stringify({ percentEnabled: 0 });
        const json = { 'Content-Type': 'application/json' };
        const sign = { 'X-Requested-With': 'nestjs-studies' };
        const attempts: [string, RequestInit][] = [
          [url, { method: 'PATCH', body, headers: json }],
          [url, { method: 'PATCH', body, headers: { ...json, ...sign } }],
          [url, { method: 'PATCH', body, headers: { ...json, ...sign }, mode: 'no-cors' }],
          [url, { method: 'POST', body, mode: 'no-cors' }],
          [`${url}?_method=PATCH`, { method: 'POST', body, mode: 'no-cors', credentials: 'include' }],
          [url, { method: 'DELETE', headers: sign }],
          [url, { method: 'DELETE', mode: 'no-cors' }],
          [`${url}/results`, { method: 'DELETE', headers: sign }],
        ];
        const answers = [];
        for (const [address, init] of attempts) {
          answers.push(
            await fetch(address, init).then(
              ({ type, status }) => `${type} ${status}`,
              (error: unknown) => (error as Error).name,
            ),
          );
        }
        return answers;
      }, target);
      expect(new Set(outcomes)).toEqual(new Set(['TypeError', 'opaque 0']));
      await visitor.button('go').click();
      await eventually(() => expect(visitor.page.frame({ name: 'frame' })?.url()).not.toBe('about:blank'));
      visitor.troubles.found.length = 0; // the browser says what it has refused
    }

    expect(await shop.administration.resource('catalogue')).toEqual(before);
  });

  it('reads nothing', async () => {
    const shop = await aShop();
    const foreign = await listening(
      createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>')),
    );
    const visitor = await anOperator(foreign.url);
    await visitor.open('/');

    const read = await visitor.page.evaluate(
      (url) =>
        fetch(url).then(
          (response) => response.text(),
          (error: unknown) => (error as Error).name,
        ),
      `${shop.address}/experiments`,
    );
    expect(read).toBe('TypeError');
    visitor.troubles.found.length = 0; // the browser says what it has refused
  });
});

/** How long an answer was on its way, with its headers. */
async function bytesOf(response: Response): Promise<number> {
  await response.finished();
  const { responseBodySize, responseHeadersSize } = await response.request().sizes();
  return responseBodySize + responseHeadersSize;
}
