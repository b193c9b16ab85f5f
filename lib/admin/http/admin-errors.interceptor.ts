import {
  BadRequestException,
  HttpException,
  HttpStatus,
  Injectable,
  Logger,
  NotFoundException,
  PreconditionFailedException,
  ServiceUnavailableException,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, throwError, type Observable } from 'rxjs';
import { StudiesError } from '../../base/errors.js';
import { failureText } from '../../values/failure-text.js';
import { Redaction } from '../../values/redaction/redaction.js';

/** Maps errors of this library to HTTP statuses, and failures of the storage to 503. */
@Injectable()
export class AdminErrorsInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Studies');

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => this.answerTo(error))));
  }

  private answerTo(error: unknown): unknown {
    if (error instanceof HttpException) return error;
    if (error instanceof StudiesError) return answerTo(error);
    const { message, stack } = failureText(error, Redaction.of([], true));
    this.logger.error(stack ?? message);
    return new ServiceUnavailableException(
      'The storage of experiments does not answer. Nothing is known to have changed; try again.',
    );
  }
}

function answerTo({ code, message, details }: StudiesError): unknown {
  switch (code) {
    case 'NOT_FOUND':
      return new NotFoundException(message);
    case 'VERSION_CONFLICT':
      return new PreconditionFailedException(message);
    case 'STORAGE_TIMED_OUT':
      return new ServiceUnavailableException(`${message} Try again.`);
    default:
      return new BadRequestException({ statusCode: HttpStatus.BAD_REQUEST, error: 'Bad Request', message, ...details });
  }
}
