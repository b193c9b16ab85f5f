import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { ForbiddenException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from 'vitest';
import type { StudiesModuleOptions } from '../../lib/index.js';
import { administered, PLACEMENTS } from '../support/administration.js';
import { anApp } from '../support/app.js';
import { BUILT, fill, pageFolder } from '../support/page.js';
import { reverseProxy, statusOf } from '../support/reverse.proxy.js';

const POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PUBLIC: StudiesModuleOptions = { admin: { public: true } };

const HASHED = 'page-GOVohDq_.js';

/** What a document links to, as a browser resolves it. */
function linksOf(html: string, base: string): URL[] {
  return [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, address = '']) => new URL(address, base));
}

const onlyAda: CanActivate = {
  canActivate: (context: ExecutionContext) => {
    if (context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-user'] === 'ada') return true;
    throw new ForbiddenException('Only Ada.');
  },
};

/** What is sent for a request that takes gzip, as it is: `fetch` would unpack it. */
function packed(url: string): Promise<{ encoding: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'br;q=1.0, gzip;q=0.8, *;q=0.1' } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ encoding: answer.headers['content-encoding'], body: Buffer.concat(chunks) }));
    }).on('error', reject);
  });
}

describe.each(PLACEMENTS)('the page of the administration on $title', (placement) => {
  async function start(options = PUBLIC, folder?: URL) {
    return administered(
      anApp(placement.platform)
        .studies(options)
        .page(folder ?? (await pageFolder())),
      placement,
    );
  }

  it('is a document whose script, styles and sign are there', async () => {
    const { url } = await start();

    const response = await fetch(url);
    const html = await response.text();
    const links = linksOf(html, url);

    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    const directory = `${placement.administration}/page/`;
    expect(links.map(({ pathname }) => pathname)).toEqual([
      `${directory}page-DI8b0nTG.svg`,
      `${directory}page-W1erjkBN.css`,
      `${directory}part-Sh4r3d00.js`,
      `${directory}page-GOVohDq_.js`,
    ]);
    for (const link of links) {
      const file = await fetch(link);
      expect([file.status, await file.text()]).toEqual([200, BUILT[link.pathname.slice(directory.length)]]);
    }
  });

  it('finds the API from where its script is', async () => {
    const administration = await start();
    const script = `${administration.url}/page/${HASHED}`;

    const { status } = await fetch(new URL('experiments', new URL('../', script)));

    expect(status).toBe(200);
  });

  it('has nothing in it that the policy forbids: no script, no style and no handler of its own', async () => {
    const html = await (await fetch((await start()).url)).text();

    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:|data:/i);
    for (const [, attributes, text] of html.matchAll(/<script([^>]*)>([^<]*)/g)) {
      expect(attributes).toContain(' src="');
      expect(text).toBe('');
    }
  });

  it('tells browsers to load nothing from elsewhere, to guess no types, and to keep no data', async () => {
    const { url } = await start();
    const headersOf = async (address: string) => {
      const { headers } = await fetch(address);
      const names = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'cache-control', 'content-type'];
      return names.map((name) => headers.get(name));
    };
    const policy = [POLICY, 'nosniff', 'no-referrer'];
    const forever = 'private, max-age=31536000, immutable';

    expect(await headersOf(url)).toEqual([...policy, 'no-store', 'text/html; charset=utf-8']);
    expect(await headersOf(`${url}/page/${HASHED}`)).toEqual([...policy, forever, 'text/javascript; charset=utf-8']);
    expect(await headersOf(`${url}/page/page-W1erjkBN.css`)).toEqual([...policy, forever, 'text/css; charset=utf-8']);
    expect(await headersOf(`${url}/page/page-DI8b0nTG.svg`)).toEqual([...policy, forever, 'image/svg+xml']);
    expect(await headersOf(`${url}/page/plain.png`)).toEqual([...policy, 'no-store', 'image/png']);
    const none = await headersOf(`${url}/page/none.js`);
    expect(none.slice(0, 4)).toEqual([...policy, 'no-store']);
  });

  it('is compressed for who takes that', async () => {
    const { url } = await start();
    const script = `${url}/page/${HASHED}`;

    const { encoding, body } = await packed(script);
    const plain = await fetch(script, { headers: { 'accept-encoding': 'identity' } });
    const small = await packed(`${url}/page/part-Sh4r3d00.js`);

    expect(encoding).toBe('gzip');
    expect(gunzipSync(body).toString()).toBe(BUILT[HASHED]);
    expect(body.length).toBeLessThan((BUILT[HASHED]?.length ?? 0) / 5);
    expect([plain.headers.get('content-encoding'), plain.headers.get('vary'), await plain.text()]).toEqual([
      null,
      'Accept-Encoding',
      BUILT[HASHED],
    ]);
    // Compressed it would be larger.
    expect(small.encoding).toBeUndefined();
  });

  it('can be asked for without its body', async () => {
    const { url } = await start();

    for (const address of [url, `${url}/page/${HASHED}`]) {
      const { status, headers } = await fetch(address, { method: 'HEAD' });
      expect([status, headers.get('content-security-policy')]).toEqual([200, POLICY]);
    }
  });

  it('gives out nothing but what was built into its folder', async () => {
    const { app } = await start();
    const at = `${placement.administration}/page`;

    const files = [
      'none.js',
      'notes.txt',
      'below',
      'below%2fdeep-B4kyd98S.js',
      '.vite',
      '.vite%2fmanifest.json',
      'manifest.json',
    ];
    const keys = ['__proto__', 'constructor', '%00', `${HASHED}%00`, `${HASHED}.map`, `%20${HASHED}`, HASHED.toLowerCase()];
    const ways = [
      '..%2fpage.js',
      '..%2f..%2f..%2fpackage.json',
      '%2e%2e%2fpackage.json',
      '..%5c..%5cpackage.json',
      '%2fetc%2fpasswd',
    ];
    for (const file of [...files, ...keys, ...ways]) {
      expect([file, await statusOf(app.url, `${at}/${file}`)]).toEqual([file, 404]);
    }
    const raw = [
      `${at}/../../package.json`,
      `${at}/../../../../../../etc/passwd`,
      `${at}//${HASHED}/..`,
      `${at}/below/deep-B4kyd98S.js`,
    ];
    for (const path of raw) expect([path, await statusOf(app.url, path)]).toEqual([path, 404]);
    expect(await app.get(`${at}/none.js`)).toMatchObject({
      body: { message: 'The page has no such file. It may have been updated: reload it.' },
    });
    expect(await statusOf(app.url, `${at}/${HASHED}`)).toBe(200);
  });

  it('is nobody’s where the administration is closed, and neither are its files', async () => {
    const { app } = await start({});

    for (const path of ['', `/page/${HASHED}`, '/page/none.js']) {
      expect(await app.get(`${placement.administration}${path}`)).toMatchObject({
        status: 403,
        body: { message: expect.stringContaining('The administration of experiments is closed. Configure who has access') },
      });
    }
  });

  it('is for whom the guards let in, own ones and global ones, and so are its files', async () => {
    const folder = await pageFolder();
    const own = await start({ admin: { guards: [onlyAda] } });
    const global = await administered(
      anApp(placement.platform).studies(PUBLIC).page(folder).providers({ provide: APP_GUARD, useValue: onlyAda }),
      placement,
    );

    for (const { app } of [own, global]) {
      for (const path of ['', `/page/${HASHED}`]) {
        const at = `${placement.administration}${path}`;
        expect([path, (await app.get(at, { 'x-user': 'ada' })).status]).toEqual([path, 200]);
        expect(await app.get(at, { 'x-user': 'eve' })).toMatchObject({ status: 403, body: { message: 'Only Ada.' } });
      }
    }
  });

  it('is not there where there is no administration', async () => {
    const { app } = await administered(anApp(placement.platform).studies({ admin: false }), placement);

    expect((await app.get(placement.administration)).status).toBe(404);
    expect((await app.get(`${placement.administration}/page/${HASHED}`)).status).toBe(404);
  });

  it('is at the path that the administration has', async () => {
    const { app } = await start({ admin: { public: true, path: '/internal/our-studies/' } });
    const url = `${app.url}${placement.administration.replace('studies', 'internal/our-studies')}`;

    const links = linksOf(await (await fetch(url)).text(), url);

    expect(links.map(({ href }) => href)).toContain(`${url}/page/${HASHED}`);
    for (const link of links) expect((await fetch(link)).status).toBe(200);
  });

  it('works behind a proxy that takes a path away, with links that lead through it', async () => {
    const { app } = await start();
    const outside = await reverseProxy(app.url, '/tools/a');
    const url = `${outside}${placement.administration}`;

    const html = await (await fetch(url)).text();
    const links = linksOf(html, url);

    expect(links.every(({ href }) => href.startsWith(`${url}/page/`))).toBe(true);
    for (const link of links) expect((await fetch(link)).status).toBe(200);
    expect((await fetch(new URL('../experiments', links[0]))).status).toBe(200);
  });

  it('says what to do where it is not built, and is there as soon as it is', async () => {
    const folder = await pageFolder({});
    const { app, url } = await start(PUBLIC, folder);
    const missing = {
      status: 503,
      body: {
        message:
          'The page of the administration is not built: nestjs-studies has no "dist/page" that can be read. In a checkout of it, run ' +
          '"npm run build"; elsewhere, reinstall it.',
      },
    };

    expect(await app.get(placement.administration)).toMatchObject(missing);
    expect(await app.get(`${placement.administration}/page/${HASHED}`)).toMatchObject(missing);
    expect((await fetch(`${url}/experiments`)).status).toBe(200);
    await fill(folder, { '.vite/manifest.json': '{ "main.tsx": ' });
    expect(await app.get(placement.administration)).toMatchObject(missing);
    await fill(folder, { '.vite/manifest.json': '{ "main.tsx": { "file": 1 } }' });
    expect(await app.get(placement.administration)).toMatchObject(missing);
    await fill(folder);
    expect((await fetch(url)).status).toBe(200);
  });

  it('says so too where nothing is named that it begins with', async () => {
    const folder = await pageFolder({
      '.vite/manifest.json': JSON.stringify({ 'main.tsx': { file: 'page.js' } }),
      'page.js': '',
    });
    const { app } = await start(PUBLIC, folder);

    expect((await app.get(placement.administration)).status).toBe(503);
    expect((await app.get(`${placement.administration}/page/page.js`)).status).toBe(200);
  });

  it('is read once, whatever becomes of its folder', async () => {
    const folder = await pageFolder();
    const { url } = await start(PUBLIC, folder);
    const before = await (await fetch(url)).text();

    await fill(folder, { '.vite/manifest.json': '{', [HASHED]: 'another' });

    expect(await (await fetch(url)).text()).toBe(before);
    expect(await (await fetch(`${url}/page/${HASHED}`)).text()).toBe(BUILT[HASHED]);
  });
});

describe.each(PLACEMENTS)('an address of the page that ends with a slash, on $title,', (placement) => {
  /** Fastify takes such an address for another one, unless it is told otherwise. */
  const forgiving = () => new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } });

  it('leads to the page’s own, also behind a proxy', async () => {
    const builder = anApp(placement.platform)
      .studies(PUBLIC)
      .page(await pageFolder());
    if (placement.platform === 'fastify') builder.adapter(forgiving());
    const { app, url } = await administered(builder, placement);
    const outside = `${await reverseProxy(app.url, '/tools')}${placement.administration}`;

    const { status, headers } = await fetch(`${url}/?a=/`, { redirect: 'manual' });

    expect([status, headers.get('location'), headers.get('cache-control')]).toEqual([302, '../studies', 'no-store']);
    for (const address of [url, outside]) {
      const followed = await fetch(`${address}/`);
      expect([followed.status, followed.url]).toEqual([200, address]);
    }
    expect((await fetch(`${url}?back=/`, { redirect: 'manual' })).status).toBe(200);
  });
});
