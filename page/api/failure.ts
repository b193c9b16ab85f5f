/**
 * Kind of a failure: no answer, or none that makes sense; the server can't answer for now; access is denied; nothing is found;
 * somebody else has changed it; or the request is invalid.
 */
export type FailureKind = 'unreachable' | 'unavailable' | 'closed' | 'missing' | 'conflict' | 'refused';

/** A failed request. The message is a sentence for people. */
export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly fields: readonly FieldFailure[] = [],
  ) {
    super(message);
  }
}

/** A rejected field. */
export interface FieldFailure {
  readonly field: string;
  readonly reason: string;
}

/** Converts an error to a failure. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('unreachable', error instanceof Error ? error.message : String(error));
}

/** Converts an unsuccessful response to a failure. */
export function failureOfAnswer(status: number, body: unknown): Failure {
  const message = textOf(body, 'message') ?? `The server answered with ${status}.`;
  const { fields } = isRecord(body) ? body : {};
  return new Failure(kindOf(status), message, Array.isArray(fields) ? fields.flatMap(fieldFailure) : []);
}

function kindOf(status: number): FailureKind {
  switch (status) {
    case 401:
    case 403:
      return 'closed';
    case 404:
    case 410:
      return 'missing';
    case 412:
      return 'conflict';
    case 502:
    case 504:
      return 'unreachable';
    default:
      return status === 429 || status >= 500 ? 'unavailable' : 'refused';
  }
}

function fieldFailure(value: unknown): FieldFailure[] {
  const [field, reason] = [textOf(value, 'field'), textOf(value, 'reason')];
  return field === undefined || reason === undefined ? [] : [{ field, reason }];
}

function textOf(value: unknown, key: string): string | undefined {
  const text = isRecord(value) ? value[key] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
