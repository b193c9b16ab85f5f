import { Logger } from '@nestjs/common';
import { failureText } from '../../values/failure-text.js';
import { attempt, FAILED } from '../../base/user-function.js';
import type { AdminOptions } from '../admin.options.js';

const logger = new Logger('Studies');

/** Who makes a request, as the application says it; undefined if it doesn't, or fails to, which is logged. */
export function askActor(actor: AdminOptions['actor'], request: unknown): string | undefined {
  if (actor === undefined) return undefined;
  const named = attempt(
    'actor',
    (_, error) => logger.error(`"admin.actor" failed: ${failureText(error).message}`),
    () => actor(request),
  );
  return named === FAILED || typeof named !== 'string' || named === '' ? undefined : named;
}
