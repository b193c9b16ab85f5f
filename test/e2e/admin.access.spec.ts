import {
  Controller,
  ForbiddenException,
  Get,
  Inject,
  Injectable,
  Module,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import type { StudiesModuleOptions } from '../../lib/index.js';
import { administered, PLACEMENTS } from '../support/administration.js';
import { anApp } from '../support/app.js';

const userOf = (context: ExecutionContext) =>
  context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers['x-user'];

@Injectable()
class Operators {
  readonly names = ['ada', 'bob'];
}

@Module({ providers: [Operators], exports: [Operators] })
class OperatorsModule {}

@Injectable()
class OperatorGuard implements CanActivate {
  constructor(@Inject(Operators) private readonly operators: Operators) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(this.operators.names.includes(userOf(context) ?? ''));
  }
}

const onlyAda: CanActivate = { canActivate: (context) => userOf(context) === 'ada' };

@Controller('search')
class SearchController {
  @Get()
  search() {
    return { is: 'open' };
  }
}

const CLOSED =
  'The administration of experiments is closed. Configure who has access: StudiesModule.forRoot({ admin: { guards: [YourGuard] } }), ' +
  'or { admin: { public: true } } if a global guard or the network already does, or { admin: false } to serve none.';

describe.each(PLACEMENTS)('who comes into the administration on $title', (placement) => {
  const start = (options: StudiesModuleOptions) => administered(anApp(placement.platform).studies(options), placement);

  /** What each of its routes answers. */
  async function statuses(options: StudiesModuleOptions, user: string) {
    const { app } = await start(options);
    const at = placement.administration;
    const headers = { 'x-user': user };
    const answers = [
      await app.get(`${at}/experiments`, headers),
      await app.get(`${at}/experiments/none`, headers),
      await app.send('PATCH', `${at}/experiments/none`, { percentEnabled: 5 }, headers),
      await app.request('DELETE', `${at}/experiments/none`, { headers }),
      await app.get(`${at}/openapi.json`, headers),
      await app.get(`${at}/experiments/none/summary`, headers),
      await app.get(`${at}/experiments/none/results`, headers),
      await app.get(`${at}/experiments/none/results/1`, headers),
      await app.request('DELETE', `${at}/experiments/none/results`, { headers }),
      await app.get(`${at}/experiments/none/history`, headers),
      await app.get(`${at}/experiments/none/purging`, headers),
      await app.get(`${at}/experiments/none/timeline`, headers),
      await app.get(`${at}/experiments/none/durations`, headers),
      await app.get(`${at}/experiments/none/epochs`, headers),
      await app.get(`${at}/figures?name=none`, headers),
    ];
    return answers.map(({ status }) => status);
  }

  const CAME_IN = [200, 404, 404, 404, 200, 404, 404, 404, 404, 200, 404, 404, 404, 404, 200];
  const REFUSED = CAME_IN.map(() => 403);

  it('is nobody by default, and the answer says what to configure', async () => {
    const administration = await start({});

    for (const answer of [
      await administration.list(),
      await administration.read('none'),
      await administration.change('none', { percentEnabled: 100 }),
      await administration.remove('none'),
      await administration.document(),
      await administration.summary('none'),
      await administration.summary('none', 'text/plain'),
      await administration.results('none'),
      await administration.result('none', 1),
      await administration.purge('none'),
      await administration.history('none'),
      await administration.purging('none'),
      await administration.timeline('none'),
      await administration.durations('none'),
      await administration.figures('none'),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { statusCode: 403, error: 'Forbidden', message: CLOSED } });
    }
  });

  it('is nobody with a path alone, with no guards, and with `public: false`', async () => {
    expect(await statuses({ admin: {} }, 'ada')).toEqual(REFUSED);
    expect(await statuses({ admin: { guards: [] } }, 'ada')).toEqual(REFUSED);
    expect(await statuses({ admin: { public: false } }, 'ada')).toEqual(REFUSED);
  });

  it('is whom a guard lets in that Nest makes, with what `imports` give it', async () => {
    const options = { admin: { guards: [OperatorGuard] }, imports: [OperatorsModule] };

    expect(await statuses(options, 'ada')).toEqual(CAME_IN);
    expect(await statuses(options, 'eve')).toEqual(REFUSED);
  });

  it('is whom a guard lets in that is an instance', async () => {
    expect(await statuses({ admin: { guards: [onlyAda] } }, 'ada')).toEqual(CAME_IN);
    expect(await statuses({ admin: { guards: [onlyAda] } }, 'bob')).toEqual(REFUSED);
  });

  it('is whom all guards let in', async () => {
    const options = { admin: { guards: [OperatorGuard, onlyAda] }, imports: [OperatorsModule] };

    expect(await statuses(options, 'ada')).toEqual(CAME_IN);
    expect(await statuses(options, 'bob')).toEqual(REFUSED);
  });

  it('is told what the guard has to say', async () => {
    const guard: CanActivate = {
      canActivate: () => {
        throw new UnauthorizedException('Who are you?');
      },
    };
    const administration = await start({ admin: { guards: [guard] } });

    expect(await administration.list()).toMatchObject({
      status: 401,
      body: { statusCode: 401, error: 'Unauthorized', message: 'Who are you?' },
    });
  });

  it('is everybody where it is public', async () => {
    expect(await statuses({ admin: { public: true } }, 'eve')).toEqual(CAME_IN);
  });

  it('is decided by the global guards first, also where it is public', async () => {
    const global: CanActivate = {
      canActivate: (context) => {
        if (userOf(context) === 'ada') return true;
        throw new ForbiddenException('Only Ada.');
      },
    };
    const { app } = await administered(
      anApp(placement.platform)
        .studies({ admin: { public: true } })
        .providers({ provide: APP_GUARD, useValue: global }),
      placement,
    );
    const at = `${placement.administration}/experiments`;

    expect(await app.get(at, { 'x-user': 'ada' })).toMatchObject({ status: 200 });
    expect(await app.get(at, { 'x-user': 'bob' })).toMatchObject({ status: 403, body: { message: 'Only Ada.' } });
  });

  it('is nobody where there is none: all is unknown', async () => {
    expect(await statuses({ admin: false }, 'ada')).toEqual(CAME_IN.map(() => 404));
  });

  it('is no concern of the routes of the application', async () => {
    const { app } = await administered(anApp(placement.platform).controllers(SearchController), placement);

    expect(await app.get(`${placement.routes}/search`)).toMatchObject({ status: 200, body: { is: 'open' } });
  });
});
