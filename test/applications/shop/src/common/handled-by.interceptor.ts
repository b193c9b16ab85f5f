import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import type { Observable } from 'rxjs';
import { Tried } from '../experiments/tried';

/** Says which handler answers. */
@Injectable()
export class HandledByInterceptor implements NestInterceptor {
  @Tried('handled-by-interceptor.intercept')
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const name = `${context.getClass().name}.${context.getHandler().name}`;
    context.switchToHttp().getResponse<Response>().setHeader('X-Handled-By', name);
    return next.handle();
  }
}
