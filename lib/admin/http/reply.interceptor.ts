import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { sendBody, type AdminResponse } from './admin-response.js';

/**
 * Sends what a method of the administration returns. The application's interceptors stand around it, and get nothing that they could wrap,
 * cache or change.
 */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<AdminResponse>();
    return next.handle().pipe(map((body: unknown) => sendBody(response, body)));
  }
}
