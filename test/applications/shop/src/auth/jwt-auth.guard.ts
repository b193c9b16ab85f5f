import { Injectable, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import { AuthGuard } from '@nestjs/passport';

@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  override getRequest(context: ExecutionContext): unknown {
    if (context.getType<string>() !== 'graphql') return context.switchToHttp().getRequest();
    return GqlExecutionContext.create(context).getContext<{ req: unknown }>().req;
  }
}
