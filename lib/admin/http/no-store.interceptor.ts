import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { keepPrivate, type AdminResponse } from './admin-response.js';

/** Keeps responses private. */
@Injectable()
export class PrivateInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    keepPrivate(context.switchToHttp().getResponse<AdminResponse>());
    return next.handle();
  }
}
