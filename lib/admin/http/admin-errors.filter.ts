import { Catch, HttpException, HttpStatus, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { failureText } from '../../values/failure-text.js';
import { Redaction } from '../../values/redaction/redaction.js';
import { isSent, keepPrivate, sendBody, type AdminResponse } from './admin-response.js';

const UNAUTHORIZED: number = HttpStatus.UNAUTHORIZED;

/** Part of the requests of Express and Fastify that is needed. */
interface AdminRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Answers errors of the administration, and of the guards before it, in Nest's own form, whatever filters the application has for all
 * controllers. A browser that asks for the page without being signed in is sent to where people sign in, if that is known.
 */
@Catch()
export class AdminErrorsFilter implements ExceptionFilter {
  private readonly logger = new Logger('Studies');

  /** @param signIn address at which people sign in */
  constructor(private readonly signIn: string | undefined) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<AdminResponse>();
    // Nest finds nothing to send after `ReplyInterceptor`, and the application's interceptors fail where they add headers after it.
    if (isSent(response)) return;
    const { status, body } = this.describe(error);
    keepPrivate(response);
    if (status === UNAUTHORIZED && this.signIn !== undefined && wantsPage(host.switchToHttp().getRequest())) {
      response.status(HttpStatus.FOUND);
      response.header('Location', this.signIn);
      sendBody(response, '');
      return;
    }
    response.status(status);
    sendBody(response, body);
  }

  private describe(error: unknown): { readonly status: number; readonly body: unknown } {
    if (error instanceof HttpException) {
      const body = error.getResponse();
      const status = error.getStatus();
      return { status, body: typeof body === 'string' ? { statusCode: status, message: body } : body };
    }
    const refusal = readRefusal(error);
    if (refusal !== undefined) return { status: refusal.statusCode, body: refusal };
    const { message, stack } = failureText(error, Redaction.of([], true));
    this.logger.error(stack ?? message);
    return { status: HttpStatus.INTERNAL_SERVER_ERROR, body: { statusCode: 500, message: 'Internal server error' } };
  }
}

/** Returns what an error with a status of HTTP says, as Nest does: plugins that guards call, such as @fastify/jwt, throw such errors. */
function readRefusal(error: unknown): { readonly statusCode: number; readonly message: string } | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode, message } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? { statusCode, message } : undefined;
}

/** Tells whether a browser asks for a page that a person is to see. */
function wantsPage({ method, headers }: AdminRequest): boolean {
  return method === 'GET' && String(headers['accept'] ?? '').includes('text/html');
}
