/** Matches messages of the API that already contain a remedy. */
const HAS_REMEDY = /^(?:There is no |The administration of experiments is closed)/;

/** Error whose message is shown to the user as it is. */
export class Failure extends Error {
  /** @param mayPass true if the failure may pass, for example after a restart of the application */
  constructor(
    message: string,
    readonly mayPass = false,
  ) {
    super(message);
  }
}

/** Creates the failure for an address where nothing answers in time. */
export function unreachable(base: URL, error: unknown, patience: number): Failure {
  const remedy = 'Is the application running? Give its address with --url or NESTJS_STUDIES_URL.';
  return new Failure(`Can't reach ${base.href}: ${findCause(error, patience)}. ${remedy}`, true);
}

/** Creates the failure for a server that is not this API. */
export function misunderstood(base: URL): Failure {
  return new Failure(`${base.href} answers, but not as the API of nestjs-studies does. Give its address with --url.`);
}

/**
 * Creates the failure for a request that the API refuses.
 *
 * @param given message of the answer, if it has one
 */
export function refused(request: string, { status, statusText }: Response, given: unknown): Failure {
  const message = Array.isArray(given) ? given.map(String).join('; ') : typeof given === 'string' ? given : statusText;
  const fact = `${request} was answered with ${status}${message === '' ? '' : `: ${message}`}`.replace(/\.?$/, '.');
  return new Failure(HAS_REMEDY.test(message) ? fact : fact + remedyFor(status), [502, 503, 504].includes(status));
}

function remedyFor(status: number): string {
  if (status === 401 || status === 403) return ' Say who asks with NESTJS_STUDIES_TOKEN, NESTJS_STUDIES_USER or --header.';
  return status === 404 ? ' Give the address of the administration with --url.' : '';
}

/** Returns the cause of fetch's "fetch failed". */
function findCause(error: unknown, patience: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${patience / 1_000} s`;
  const cause = error.cause instanceof Error ? error.cause : error;
  return cause.message === '' ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : cause.message; // Node's errors have a code
}
