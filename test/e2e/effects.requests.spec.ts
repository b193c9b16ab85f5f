import { Agent, createServer, get, request, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { EffectRefusedError, type EffectProvider } from 'nestjs-studies';
import { anApp, type RunningApp } from '../support/app.js';

/** What has arrived at a server of this file's own. */
const arrived: string[] = [];
const server = createServer((message, response) => {
  arrived.push(`${String(message.method)} ${String(message.url)}`);
  message.resume().on('end', () => response.end('answer'));
});
server.on('upgrade', (message, socket) => {
  arrived.push(`upgrade ${String(message.url)}`);
  socket.end();
});
let port = 0;
let origin = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  origin = `http://127.0.0.1:${String(port)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  arrived.splice(0);
});

let runs = 0;

/** Runs a candidate, and returns what it gave or threw, and why the run was skipped. */
async function run(app: RunningApp, candidate: () => unknown, options: object = {}) {
  const name = `run ${String((runs += 1))}`;
  let given: unknown;
  const keep = (value: unknown) => (given = value);
  await app.experiments.run({
    name,
    control: async (): Promise<unknown> => 1,
    candidate: async () => Promise.resolve().then(candidate).then(keep, keep),
    ...options,
  });
  await app.whenIdle();
  return { given, skipped: (await app.experiments.summary(name)).skipped };
}

function send(options: RequestOptions, body = 'body', over = request): Promise<unknown> {
  return new Promise((resolve, reject) => {
    over({ host: '127.0.0.1', port, ...options }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end(body);
  });
}

const keepAlive = new Agent({ keepAlive: true, maxSockets: 1 });

/** Agent that makes its sockets itself, as those for proxies do. */
class OwnAgent extends Agent {
  override createConnection() {
    return connect(port, '127.0.0.1');
  }
}

describe('a request of a candidate', () => {
  const start = (options: object = {}) =>
    anApp()
      .testing({ defaults: { record: true, compare: () => true }, ...options })
      .start();

  const sending: Record<string, () => unknown> = {
    'http.request': () => send({ method: 'POST', path: '/orders' }),
    'http.request, as an address': () =>
      new Promise((resolve, reject) => request(`${origin}/orders`, { method: 'PUT' }, resolve).on('error', reject).end()),
    'http.request, kept alive': () => send({ method: 'POST', path: '/orders', agent: keepAlive }),
    'http.request, without an agent': () => send({ method: 'DELETE', path: '/orders', agent: false }),
    'http.request, on a socket of its own': () =>
      send({ method: 'PATCH', path: '/orders', createConnection: () => connect(port, '127.0.0.1') }),
    'http.request, with an agent of its own': () => send({ method: 'POST', path: '/orders', agent: new OwnAgent() }),
    'http.request, written early': () =>
      new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/orders' }, resolve).on('error', reject);
        sent.flushHeaders();
        sent.write('one');
        setTimeout(() => sent.end('two'), 5);
      }),
    'https.request': () => send({ method: 'POST', path: '/orders' }, 'body', secureRequest),
    'an upgrade': () =>
      new Promise((resolve, reject) =>
        get(`${origin}/orders`, { headers: { connection: 'upgrade', upgrade: 'websocket' } }, resolve)
          .on('upgrade', resolve)
          .on('error', reject),
      ),
    fetch: () => fetch(`${origin}/orders`, { method: 'POST', body: 'x' }),
    'fetch of a Request': () => fetch(new Request(`${origin}/orders`, { method: 'DELETE' })),
    'fetch with a stream': () =>
      fetch(`${origin}/orders`, { method: 'PUT', body: new Blob(['x']).stream(), duplex: 'half' } as RequestInit),
    'later, after a timer': () =>
      new Promise((resolve, reject) =>
        setTimeout(() => void fetch(`${origin}/orders`, { method: 'POST' }).then(resolve, reject), 5),
      ),
    'beside one that reads': () => Promise.all([fetch(`${origin}/read`), send({ method: 'POST', path: '/orders' })]),
  };

  it('is refused before it is sent, if it doesn’t only read, however it is sent', async () => {
    // The connections exist already, so that nothing is to be waited for.
    await send({ method: 'GET', path: '/warm', agent: keepAlive });
    await fetch(`${origin}/warm`);
    const app = await start();
    for (const [way, candidate] of Object.entries(sending)) {
      arrived.splice(0);
      const { given, skipped } = await run(app, candidate);
      expect([way, arrived.filter((one) => !one.endsWith('/read'))]).toEqual([way, []]);
      const refusal = given instanceof EffectRefusedError ? given : (given as Error).cause;
      expect([way, refusal], String(given)).toEqual([way, expect.any(EffectRefusedError)]);
      expect([way, skipped]).toEqual([way, { refused: 1 }]);
    }
    await app.close();
  });

  it('is sent if it only reads, or may be sent, or the candidate may write', async () => {
    const app = await start({ requests: { allow: [`POST ${origin}/search/*`, `* ${origin}/any`] } });
    const reading = [
      () => fetch(`${origin}/a`).then((response) => response.text()),
      () => fetch(`${origin}/a`, { method: 'HEAD' }).then(({ status }) => status),
      () => fetch(`${origin}/a`, { method: 'OPTIONS' }).then(({ status }) => status),
      () => send({ path: '/a' }, ''),
      () => send({ method: 'POST', path: '/search/users?q=5' }),
      () => fetch(`${origin}/search/orders`, { method: 'POST', body: '{}' }).then(({ status }) => status),
      () => send({ method: 'DELETE', path: '/any' }),
      // What the whole application has to tell may be sent in the context of a candidate.
      ...[
        '/v1/traces',
        '/v1/metrics',
        '/api/v2/spans',
        '/v0.4/traces',
        '/intake/v2/events',
        '/api/42/envelope/?sentry_key=a',
        '/loki/api/v1/push',
      ].map((path) => () => send({ method: 'POST', path })),
    ];
    for (const candidate of reading) expect(await run(app, candidate)).toMatchObject({ skipped: {} });
    expect(arrived).toHaveLength(reading.length);
    expect(await run(app, () => send({ method: 'POST', path: '/searches' }))).toMatchObject({ skipped: { refused: 1 } });
    expect(await run(app, () => send({ method: 'DELETE', path: '/v1/metrics' }))).toMatchObject({ skipped: { refused: 1 } });
    expect(await run(app, () => send({ method: 'POST', path: '/orders' }), { writes: 'allow' })).toEqual({
      given: 200,
      skipped: {},
    });
    await app.close();
  });

  it('of the control, of others and after the end is sent as ever', async () => {
    const app = await start();
    await app.experiments.run({
      name: 'control',
      control: () => send({ method: 'POST', path: '/control' }),
      candidate: () => send({ method: 'POST', path: '/candidate' }),
    });
    await app.whenIdle();
    expect(arrived).toEqual(['POST /control']);
    await send({ method: 'POST', path: '/outside' });
    await app.close();
    expect(await send({ method: 'POST', path: '/ended' })).toBe(200);
    expect((await fetch(`${origin}/ended`, { method: 'POST' })).status).toBe(200);
    expect(arrived).toEqual(['POST /control', 'POST /outside', 'POST /ended', 'POST /ended']);
  });

  it('is reported and counted also after the candidate has ended, once for each effect', async () => {
    const app = await start();
    let timer: NodeJS.Timeout | undefined;
    const candidate = () => {
      timer ??= setInterval(() => void fetch(`${origin}/late`, { method: 'POST' }).catch(() => undefined), 5);
      return 1;
    };
    expect((await run(app, candidate)).skipped).toEqual({});
    await vi.waitFor(() => expect(app.failures).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 30));
    clearInterval(timer);
    expect(app.failures).toEqual([
      expect.objectContaining({
        error: expect.objectContaining({ code: 'EFFECT_REFUSED', message: expect.stringContaining('had ended') }),
      }),
    ]);
    const { refused } = await app.experiments.summary(`run ${String(runs)}`);
    expect(refused).toEqual([{ effect: `POST 127.0.0.1:${String(port)}/late`, count: 1 }]);
    expect(arrived).toEqual([]);
    await app.close();
  });

  it('is told without ids and secrets', async () => {
    const app = await start();
    const told = async (path: string) =>
      ((await run(app, () => send({ method: 'POST', path }))).given as EffectRefusedError).effect;
    const host = `127.0.0.1:${String(port)}`;
    expect(await told('/v1/charges?token=secret')).toBe(`POST ${host}/v1/charges`);
    expect(await told('/customers/cus_9s6XKzkNRiz8i3/cards')).toBe(`POST ${host}/customers/*/cards`);
    expect(await told('/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX')).toBe(`POST ${host}/services/*/*/*`);
    expect(await told('/a/b/c/d/e/f/g')).toBe(`POST ${host}/a/b/c/d/e/…`);
    await app.close();
  });

  it.each(['POST', 'POST search.internal/*', 'post https://a/*', 5])('can’t be allowed by %s', async (rule) => {
    await expect(start({ requests: { allow: [rule] } })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

describe('a provider that sends something', () => {
  const calls: string[] = [];

  @Injectable()
  class Mailer {
    #sent = 0;
    readonly ping = () => calls.push('ping');
    send(to: string): number {
      calls.push(`send ${to}`);
      return (this.#sent += 1);
    }
    status(): number {
      return this.#sent;
    }
  }
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {
    send(): void {
      calls.push('per request');
    }
  }
  class Base {
    publish(): void {
      calls.push('publish');
    }
  }
  class Bus extends Base {}
  @Injectable()
  class Uses {
    constructor(
      readonly mailer: Mailer,
      readonly bus: Bus,
      @Inject('QUEUE') readonly queue: { add(job: string): Promise<void>; count(): number },
    ) {}
  }
  @Module({
    providers: [
      ...[Mailer, PerRequest, Bus, Uses],
      { provide: 'QUEUE', useFactory: () => ({ add: async (job: string) => void calls.push(`add ${job}`), count: () => 5 }) },
      { provide: 'FROZEN', useValue: Object.freeze({ send: () => calls.push('frozen') }) },
    ],
    exports: [Mailer, PerRequest, Bus, Uses],
  })
  class MailModule {}

  const start = (effects: readonly EffectProvider[]) =>
    anApp()
      .testing({ defaults: { record: true, compare: () => true }, effects })
      .imports(MailModule)
      .start();

  it('can’t be used by candidates, except what only reads, and does all for others', async () => {
    const app = await start([{ provide: Mailer, reads: ['status'] }, Bus, 'QUEUE']);
    const { mailer, bus, queue } = app.nest.get(Uses);
    const ways: [() => unknown, string][] = [
      [() => mailer.send('you'), 'Mailer.send'],
      [() => mailer.ping(), 'Mailer.ping'],
      [() => bus.publish(), 'Bus.publish'],
      [async () => queue.add('job'), 'QUEUE.add'],
    ];
    calls.splice(0);
    for (const [candidate, effect] of ways) {
      const { given, skipped } = await run(app, candidate);
      expect([(given as EffectRefusedError).effect, skipped]).toEqual([effect, { refused: 1 }]);
    }
    expect(calls).toEqual([]);
    expect(mailer.send('me')).toBe(1);
    expect(await run(app, () => mailer.status())).toEqual({ given: 1, skipped: {} });
    expect(await run(app, () => mailer.send('them'), { writes: 'allow' })).toEqual({ given: 2, skipped: {} });
    await queue.add('own');
    bus.publish();
    expect(calls).toEqual(['send me', 'send them', 'add own', 'publish']);
    expect(Mailer.prototype.send.length).toBe(mailer.send.length);
    await app.close();
  });

  it('can be made per request', async () => {
    const app = await start([PerRequest]);
    const made = await app.nest.resolve(PerRequest);
    calls.splice(0);
    expect(await run(app, () => made.send())).toMatchObject({ skipped: { refused: 1 } });
    made.send();
    expect(calls).toEqual(['per request']);
    await app.close();
  });

  it('must be one', async () => {
    await expect(start(['NOBODY'])).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining('NOBODY'),
    });
    await expect(start([5 as never])).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});
