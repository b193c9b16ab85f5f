import {
  Controller,
  createParamDecorator,
  ForbiddenException,
  Get,
  Header,
  Headers,
  HttpCode,
  Injectable,
  Param,
  ParseIntPipe,
  Query,
  Req,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { anApp, PLATFORMS } from '../support/app.js';

@Injectable()
class RoleGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const role = this.reflector.get<string>('role', context.getHandler());
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['role'] === role;
  }
}

@Injectable()
class TrimPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return typeof value === 'string' ? value.trim() : value;
  }
}

@Injectable()
class WrapInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

/** Answers a RangeError with its message. */
class RangeFilter implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost) {
    const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): unknown } }>();
    return response.status(error instanceof RangeError ? 422 : 500).send({ refused: error.message });
  }
}

const OTHERS: readonly MethodDecorator[] = [
  Get(':id'),
  HttpCode(203),
  Header('x-by', 'the control'),
  UseGuards(RoleGuard),
  UsePipes(TrimPipe),
  UseInterceptors(WrapInterceptor),
  UseFilters(RangeFilter),
  SetMetadata('role', 'reader'),
];

/** A controller whose method has @Experiment and the others, with @Experiment below the given number of them. */
function controllerWith(above: number) {
  class ItemsController {
    item(q: string, id: number) {
      if (id < 0) throw new RangeError('It is negative.');
      return [q, id];
    }

    itemV2(q: string, id: number) {
      return [`${q}!`, id];
    }
  }

  const { prototype } = ItemsController;
  Query('q')(prototype, 'item', 0);
  Param('id', ParseIntPipe)(prototype, 'item', 1);
  const experiment = Experiment({ name: 'item', candidate: 'itemV2', percentEnabled: 100 }) as MethodDecorator; // the candidate is there
  const decorators = [...OTHERS.slice(0, above), experiment, ...OTHERS.slice(above)];
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'item');
  Object.defineProperty(prototype, 'item', Reflect.decorate(decorators, prototype, 'item', descriptor));
  Controller('items')(ItemsController);
  return ItemsController;
}

describe.each(PLATFORMS)('@Experiment among other decorators, on %s', (platform) => {
  describe.each(Array.from({ length: OTHERS.length + 1 }, (_, above) => above))('below %i of eight', (above) => {
    const start = () => anApp(platform).testing().controllers(controllerWith(above)).start();

    it('leaves to each what it does', async () => {
      const app = await start();

      const { status, headers, body } = await app.get('/items/7?q=%20ada%20', { role: 'reader' });
      await app.whenIdle();

      expect({ status, by: headers.get('x-by'), body }).toEqual({ status: 203, by: 'the control', body: { data: ['ada', 7] } });
      expect(app.results.results('item')[0]?.candidates[0]).toMatchObject({ kind: 'returned', value: ['ada!', 7] });
    });

    it('runs nothing for a call that a guard refuses', async () => {
      const app = await start();

      const { status, body } = await app.get('/items/7?q=ada', { role: 'writer' });
      await app.whenIdle();

      expect({ status, body }).toEqual({ status: 500, body: { refused: 'Forbidden resource' } });
      expect(app.results.runs()).toBe(0);
    });

    it('leaves the error of the control to the filters', async () => {
      const app = await start();

      const { status, body } = await app.get('/items/-7?q=ada', { role: 'reader' });
      await app.whenIdle();

      expect({ status, body }).toEqual({ status: 422, body: { refused: 'It is negative.' } });
      expect(app.results.runs()).toBe(1);
    });
  });

  it('hands the candidate what parameter decorators give', async () => {
    const UserAgent = createParamDecorator((key: string, context: ExecutionContext) => {
      return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers[key];
    });

    @Controller('parameters')
    class ParametersController {
      readonly asked: unknown[][] = [];

      @Get(':id')
      @Experiment({
        name: 'parameters',
        candidate: 'readV2',
        percentEnabled: 100,
        // A request can be used up, so that no candidate gets it as it is.
        candidateArgs: (id, query, user, agent, { method }): unknown[] => [id, query, user, agent, { method }],
      })
      read(
        @Param('id', ParseIntPipe) id: number,
        @Query() query: Record<string, string>,
        @Headers('x-user') user: string,
        @UserAgent('user-agent') agent: string,
        @Req() request: { method: string },
      ) {
        this.asked.push([id, { ...query }, user, agent, request]);
        return request.method;
      }

      readV2(id: number, query: Record<string, string>, user: string, agent: string, request: { method: string }) {
        this.asked.push([id, { ...query }, user, agent, request]);
        return request.method;
      }
    }

    const app = await anApp(platform).controllers(ParametersController).start();

    await app.get('/parameters/7?a=1&b=2', { 'x-user': 'ada', 'user-agent': 'a test' });
    await app.whenIdle();

    const [control, candidate] = app.provider(ParametersController).asked;
    expect(control?.slice(0, 4)).toEqual([7, { a: '1', b: '2' }, 'ada', 'a test']);
    expect(candidate?.slice(0, 4)).toEqual(control?.slice(0, 4));
    expect(candidate?.[4]).toEqual({ method: 'GET' });
  });

  it('works under the pipes, guards and interceptors of the class', async () => {
    class Closed implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        if (context.getClass() !== ClassController || context.getHandler() !== ClassController.prototype.read) return true;
        throw new ForbiddenException('The guard knows class and method.');
      }
    }

    @Controller('class')
    @UsePipes(TrimPipe)
    @UseInterceptors(WrapInterceptor)
    class ClassController {
      @Get('open')
      @Experiment({ name: 'open', candidate: 'openV2', percentEnabled: 100 })
      open(@Query('q') q: string) {
        return q;
      }

      @Get('closed')
      @UseGuards(Closed)
      @Experiment({ name: 'closed', candidate: 'openV2', percentEnabled: 100 })
      read(@Query('q') q: string) {
        return q;
      }

      openV2(q: string) {
        return q;
      }
    }

    const app = await anApp(platform).controllers(ClassController).start();

    const open = await app.get('/class/open?q=%20ada');
    const closed = await app.get('/class/closed?q=%20ada');
    await app.whenIdle();

    expect(open.body).toEqual({ data: 'ada' });
    expect(closed.body).toEqual({ statusCode: 403, error: 'Forbidden', message: 'The guard knows class and method.' });
    expect(app.results.results().map(({ experiment, matched }) => [experiment, matched])).toEqual([['open', true]]);
  });
});
