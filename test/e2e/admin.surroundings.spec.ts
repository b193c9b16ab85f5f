import {
  Catch,
  ClassSerializerInterceptor,
  Controller,
  Get,
  Injectable,
  Logger,
  Query,
  SetMetadata,
  UnauthorizedException,
  ValidationPipe,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
} from '@nestjs/common';
import { CACHE_MANAGER, CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { finalize, lastValueFrom, map, of, tap } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { AdminOptions } from '../../lib/index.js';
import { anApp, PLATFORMS } from '../support/app.js';

@Controller('search')
class SearchController {
  @Get()
  search(@Query('q') q: string) {
    return { q };
  }

  @Get('missing')
  missing() {
    throw new UnauthorizedException('own');
  }
}

/** Puts each answer into an envelope, as many applications do. */
@Injectable()
class EnvelopeInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map((data: unknown) => ({ success: true, data })));
  }
}

/** Adds a header to each answer, which is too late for those that are sent. */
@Injectable()
class HeaderInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const response = context.switchToHttp().getResponse<{ header(name: string, value: string): void }>();
    return next.handle().pipe(tap(() => response.header('x-late', 'yes')));
  }
}

/** Answers by itself, as interceptors for maintenance do. */
@Injectable()
class MaintenanceInterceptor implements NestInterceptor {
  intercept() {
    return of({ maintenance: true });
  }
}

/** Waits for the value, and gives another one where there is none. */
@Injectable()
class AwaitingInterceptor implements NestInterceptor {
  async intercept(_context: ExecutionContext, next: CallHandler) {
    return of((await lastValueFrom(next.handle(), { defaultValue: 'nothing' })) as unknown);
  }
}

/** Counts calls, those that have ended, and what they gave. */
class CountingInterceptor implements NestInterceptor {
  calls = 0;
  ended = 0;
  readonly given: unknown[] = [];

  intercept(_context: ExecutionContext, next: CallHandler) {
    this.calls += 1;
    return next.handle().pipe(
      tap((value) => this.given.push(value)),
      finalize(() => (this.ended += 1)),
    );
  }
}

@Catch()
class EnvelopeFilter implements ExceptionFilter {
  catch(error: { readonly message: string; getStatus?(): number }, host: ArgumentsHost) {
    const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
    response.status(error.getStatus?.() ?? 500).send({ success: false, error: error.message });
  }
}

const Public = () => SetMetadata('public', true);

/** Refuses whatever is not marked, as guards of tokens do. */
@Injectable()
class BearerGuard implements CanActivate {
  private readonly reflector = new Reflector();

  canActivate(context: ExecutionContext) {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>('public', [context.getHandler(), context.getClass()]);
    if (isPublic || headers['authorization'] === 'Bearer good') return true;
    throw new UnauthorizedException();
  }
}

const everything = [
  { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
  { provide: APP_INTERCEPTOR, useClass: HeaderInterceptor },
  { provide: APP_INTERCEPTOR, useClass: CacheInterceptor },
  {
    provide: APP_INTERCEPTOR,
    useFactory: (reflector: Reflector) => new ClassSerializerInterceptor(reflector),
    inject: [Reflector],
  },
  { provide: APP_FILTER, useClass: EnvelopeFilter },
];

/** A pipe as strict as it gets. */
const STRICT = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  transform: true,
  transformOptions: { enableImplicitConversion: true },
};

/** What each route of the administration answers, without what differs between two applications. */
async function answersOf(app: Awaited<ReturnType<ReturnType<typeof anApp>['start']>>) {
  const requests: [string, string, unknown?][] = [
    ['GET', '/studies'],
    ['GET', '/studies/openapi.json'],
    ['GET', '/studies/experiments'],
    ['GET', '/studies/experiments/none'],
    ['GET', '/studies/experiments?limit=none'],
    ['GET', '/studies/experiments/none/summary'],
    ['GET', '/studies/figures?name=none'],
    ['GET', '/studies/page/none.js'],
    ['PATCH', '/studies/experiments/none', { percentEnabled: 101 }],
    ['PATCH', '/studies/experiments/none', { percentEnabled: 1 }],
    ['DELETE', '/studies/experiments/none', {}],
    ['DELETE', '/studies/experiments/none/results', {}],
  ];
  const answers: unknown[] = [];
  for (let round = 0; round < 2; round += 1) {
    for (const [method, path, body] of requests) {
      const { status, headers, body: answer } = await app.send(method, path, body);
      answers.push([method, path, status, headers.get('content-type'), headers.get('cache-control'), answer]);
    }
  }
  return answers;
}

describe.each(PLATFORMS)('the administration in an application on %s', (platform) => {
  const start = (
    providers: (typeof everything)[number][] | object[],
    admin: AdminOptions,
    configure = (_: INestApplication): unknown => undefined,
  ) =>
    anApp(platform)
      .studies({ admin })
      .imports(CacheModule.register())
      .controllers(SearchController)
      .providers(...(providers as never[]))
      .configure(configure)
      .start();

  it('answers the same with interceptors, serialisers, caches and filters for all', async () => {
    const plain = await answersOf(await start([], { public: true }));
    const app = await start(everything, { public: true });

    expect(await answersOf(app)).toEqual(plain);
    expect((await app.get('/search?q=1')).body).toEqual({ success: true, data: { q: '1' } });
    expect((await app.get('/search/missing')).body).toEqual({ success: false, error: 'own' });
    expect(app.provider(CACHE_MANAGER)).toBeDefined();
  });

  it('has no answer that a cache of the application keeps, whatever stands between the two', async () => {
    const [envelope, , cache] = everything;
    const app = await start([cache, envelope].flat() as object[], { public: true });
    const plain = await answersOf(await start([], { public: true }));
    const store = app.provider<{ get(key: string): Promise<unknown> }>(CACHE_MANAGER);

    expect(await answersOf(app)).toEqual(plain);
    expect(await store.get('/studies/experiments')).toBeUndefined();
    expect((await app.get('/search?q=1')).body).toEqual({ success: true, data: { q: '1' } });
    expect(await store.get('/search?q=1')).toEqual({ success: true, data: { q: '1' } });
  });

  it('ends each call of an interceptor, and gives it nothing', async () => {
    const counting = new CountingInterceptor();
    const app = await start([{ provide: APP_INTERCEPTOR, useValue: counting }], { public: true });

    await answersOf(app);
    expect(counting.given).toEqual([]);
    expect(counting.calls).toBeGreaterThan(20);
    await vi.waitFor(() => expect(counting.ended).toBe(counting.calls));
  });

  it('answers the same with an interceptor that gives another value where there is none', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const plain = await answersOf(await start([], { public: true }));
    const app = await start([{ provide: APP_INTERCEPTOR, useClass: AwaitingInterceptor }], { public: true });

    expect(await answersOf(app)).toEqual(plain);
    expect(error.mock.calls).toEqual([]);
    error.mockRestore();
  });

  it('gives the answer of an interceptor that calls no method', async () => {
    const app = await start([{ provide: APP_INTERCEPTOR, useClass: MaintenanceInterceptor }], { public: true });

    const paths = ['', '/openapi.json', '/experiments', '/experiments/none', '/experiments/none/summary', '/page/none.js'];
    for (const path of paths) expect((await app.get(`/studies${path}`)).body, path).toEqual({ maintenance: true });
    expect((await app.send('PATCH', '/studies/experiments/none', {})).body).toEqual({ maintenance: true });
    expect((await app.send('DELETE', '/studies/experiments/none', {})).status).toBe(204);
    expect((await app.get('/search?q=1')).body).toEqual({ maintenance: true });
  });

  it('is reached under a guard for all if its controllers are decorated', async () => {
    const guard = { provide: APP_GUARD, useClass: BearerGuard };
    const closed = await start([guard], { public: true });
    const open = await start([guard], { public: true, decorators: [Public()] });

    expect((await closed.get('/studies')).status).toBe(401);
    expect((await closed.get('/studies/experiments')).body).toEqual({ statusCode: 401, message: 'Unauthorized' });
    expect((await open.get('/studies/experiments')).status).toBe(200);
    expect((await open.get('/search?q=1')).status).toBe(401);
  });

  it('sends browsers without a session to where people sign in, and nobody else', async () => {
    const guard = { provide: APP_GUARD, useClass: BearerGuard };
    const app = await start([guard], { public: true, signIn: '/login?next=studies' });
    const page = await app.request('GET', '/studies', { headers: { accept: 'text/html,*/*' }, redirect: 'manual' });

    expect([page.status, page.headers.get('location')]).toEqual([302, '/login?next=studies']);
    expect((await app.get('/studies/experiments', { accept: 'application/json' })).status).toBe(401);
    expect((await app.get('/search', { accept: 'text/html' })).status).toBe(401);
  });

  it.each(['//evil.example', 'javascript:alert(1)', 'login', '/a b', ''])(
    'refuses %j as an address for signing in',
    async (signIn) => {
      await expect(start([], { public: true, signIn })).rejects.toThrow('signIn');
    },
  );

  it('answers errors of guards in their own form, and logs those that are no answers', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const broken: CanActivate = {
      canActivate: () => {
        throw new Error('broken with token=hunter2hunter2');
      },
    };
    const app = await start([{ provide: APP_FILTER, useClass: EnvelopeFilter }], { guards: [broken] });

    expect((await app.get('/studies/experiments')).body).toEqual({ statusCode: 500, message: 'Internal server error' });
    expect(JSON.stringify(error.mock.calls)).toContain('broken with token=');
    expect(JSON.stringify(error.mock.calls)).not.toContain('hunter2');
    error.mockRestore();
  });

  it('answers with the status that an error of a guard names, as Nest does', async () => {
    const refusing: CanActivate = {
      canActivate: () => {
        throw Object.assign(new Error('No token.'), { statusCode: 401 });
      },
    };
    const app = await start([], { guards: [refusing], signIn: '/login' });
    const page = await app.request('GET', '/studies', { headers: { accept: 'text/html' }, redirect: 'manual' });

    expect((await app.get('/studies/experiments')).body).toEqual({ statusCode: 401, message: 'No token.' });
    expect([page.status, page.headers.get('location')]).toEqual([302, '/login']);
  });

  it.each([
    [false, ['/search', '/search/missing']],
    [true, ['/search', '/search/missing', '/studies', '/studies/experiments']],
  ])('is in the application’s own OpenAPI document only if it is to be: %s', async (openapi, paths) => {
    let document: object | undefined;
    await start([], { public: true, openapi }, (nest) => {
      document = SwaggerModule.createDocument(nest, new DocumentBuilder().build()).paths;
    });

    const known = Object.keys(document ?? {});
    expect(known).toEqual(expect.arrayContaining(paths));
    expect(known.some((path) => path.startsWith('/studies'))).toBe(openapi);
  });

  it.each([
    ['by the application', (nest: INestApplication, pipe: ValidationPipe) => nest.useGlobalPipes(pipe), []],
    ['by a provider', () => undefined, [{ provide: APP_PIPE, useValue: new ValidationPipe(STRICT) }]],
  ])('starts and answers without a warning with a strict ValidationPipe for all, set %s', async (_, use, providers) => {
    const plain = await answersOf(await start([], { public: true }));
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const app = await start(providers, { public: true }, (nest) => use(nest, new ValidationPipe(STRICT)));
    expect(await answersOf(app)).toEqual(plain);

    app.experiments.run({ name: 'search', control: () => 1, candidate: () => 1 });
    await vi.waitFor(async () => {
      expect((await app.send('PATCH', '/studies/experiments/search', { percentEnabled: 25 })).body).toMatchObject({
        percentEnabled: 25,
      });
    });
    expect(warn.mock.calls.filter((call) => !/public|data source/.test(String(call[0])))).toEqual([]);
    warn.mockRestore();
  });
});
