import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { EMPTY, mergeMap, type Observable } from 'rxjs';
import { sendBody, type AdminResponse } from './admin-response.js';

/**
 * Sends what a method of the administration returns, and completes without a value. So the application's interceptors, which stand around
 * it, have nothing to wrap, cache or change, and Nest has nothing to send: it rejects an empty stream, and `AdminErrorsFilter` leaves a
 * response that is sent alone. An interceptor that answers by itself, without calling the method, is answered with as on any other route.
 */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<never> {
    const response = context.switchToHttp().getResponse<AdminResponse>();
    return next.handle().pipe(
      mergeMap((body: unknown) => {
        sendBody(response, body);
        return EMPTY;
      }),
    );
  }
}
