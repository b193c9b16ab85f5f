import { Logger } from '@nestjs/common';
import { failureText } from '../../values/failure-text.js';
import { attempt, FAILED, type FunctionHost } from '../../base/user-function.js';
import type { AdminOptions } from '../admin.options.js';

const logger = new Logger('Studies');

/** Host of `actor`, which belongs to a request of its own, and to no caller of an experiment. */
const host: FunctionHost = {
  report: (_, error) => logger.error(`"admin.actor" failed: ${failureText(error).message}`),
  run: (_, act) => act(),
};

/**
 * Returns the author of a request from the application's `actor`; undefined if there is none. A failure of `actor` is logged.
 */
export function askActor(actor: AdminOptions['actor'], request: unknown): string | undefined {
  if (actor === undefined) return undefined;
  const named = attempt('actor', host, () => actor(request));
  return named === FAILED || typeof named !== 'string' || named === '' ? undefined : named;
}
