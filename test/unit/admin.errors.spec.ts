import { HttpException, Logger } from '@nestjs/common';
import { lastValueFrom, throwError } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AdminErrorsInterceptor } from '../../lib/admin/http/admin-errors.interceptor.js';
import { StudiesError, type StudiesErrorCode } from '../../lib/base/errors.js';

afterEach(() => vi.restoreAllMocks());

/** The status and the message that an error is answered with. */
async function answerTo(error: unknown): Promise<[status: number, message: string]> {
  const answered = new AdminErrorsInterceptor().intercept({} as never, { handle: () => throwError(() => error) }); // it looks at nothing
  const thrown = await lastValueFrom(answered).catch((failure: unknown) => failure);
  if (!(thrown instanceof HttpException)) throw new Error(`It was answered with ${String(thrown)}.`);
  return [thrown.getStatus(), thrown.message];
}

describe('an error of the administration', () => {
  it.each<[StudiesErrorCode, status: number, message: string]>([
    ['NOT_FOUND', 404, 'What happened.'],
    ['VERSION_CONFLICT', 412, 'What happened.'],
    ['INVALID_CHANGE', 400, 'What happened.'],
    ['INVALID_OPTIONS', 400, 'What happened.'],
    ['STORAGE_TIMED_OUT', 503, 'What happened. Try again.'],
  ])('%s is answered with %i', async (code, status, message) => {
    expect(await answerTo(new StudiesError(code, 'What happened.'))).toEqual([status, message]);
  });

  it('of the storage is logged, and answered without telling why', async () => {
    const logged = vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const said = 'The storage of experiments does not answer. Nothing is known to have changed; try again.';

    expect(await answerTo(new Error('lost postgres://a:hunter2@host'))).toEqual([503, said]);
    expect(logged.mock.calls.flat().join()).toContain('lost postgres://a:[Redacted]@host');
  });
});
