import { addressBelow, type Query } from './address.js';
import { Failure, failureOf, failureOfAnswer } from './failure.js';
import { noteServerTime } from './server.clock.js';

/** Longest wait for an answer, in ms. A purge has no limit. */
const PATIENCE = 20_000;

/** The script is in a folder below the administration. */
const here: string = import.meta.url;
const BASE = new URL('../', here);

/** A request to the server. */
export interface Asked {
  readonly method?: 'GET' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  readonly body?: unknown;
  /** Version that a change is made for; any version if it is undefined. */
  readonly version?: number | undefined;
  readonly signal?: AbortSignal;
  /** True if the answer may take any time. */
  readonly isLong?: boolean;
}

/**
 * Sends a request to the administration.
 *
 * @returns the JSON of the response; undefined if it is empty
 * @throws Failure
 */
export async function ask(steps: readonly string[], asked: Asked = {}): Promise<unknown> {
  const { status, body } = await answerTo(addressBelow(BASE, steps, asked.query), asked).catch((error: unknown) => {
    throw asked.signal?.aborted ? error : unreachable(error);
  });
  if (status >= 200 && status < 300) return body;
  throw failureOfAnswer(status, body);
}

async function answerTo(address: string, asked: Asked): Promise<{ status: number; body: unknown }> {
  const response = await fetch(address, {
    method: asked.method ?? 'GET',
    headers: headersOf(asked),
    cache: 'no-store',
    signal: signalOf(asked),
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
  });
  noteServerTime(response.headers.get('date'));
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : parsed(text, response) };
}

function headersOf({ method = 'GET', body, version }: Asked): Record<string, string> {
  return {
    Accept: 'application/json',
    ...(method === 'GET' ? {} : { 'X-Requested-With': 'nestjs-studies' }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
  };
}

function signalOf({ signal, isLong = false }: Asked): AbortSignal {
  return AbortSignal.any([...(signal ? [signal] : []), ...(isLong ? [] : [AbortSignal.timeout(PATIENCE)])]);
}

/** Parses a response. Pages of a proxy or a sign-in are not JSON. */
function parsed(text: string, { ok }: Response): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (ok) throw new Failure('closed', 'Something other than the administration answered. Are you still signed in?');
    return undefined;
  }
}

function unreachable(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new Failure('unreachable', `No answer within ${PATIENCE / 1_000} seconds.`);
  return new Failure('unreachable', `No answer (${failureOf(error).message}).`);
}
