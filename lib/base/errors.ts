/**
 * Code of an error, for programs. Codes are stable across versions, unlike messages.
 *
 * @publicApi
 */
export type StudiesErrorCode =
  | 'INVALID_OPTIONS'
  | 'MISSING_BEHAVIOUR'
  | 'DUPLICATE_BEHAVIOUR'
  | 'DUPLICATE_EXPERIMENT'
  | 'TOO_MANY_EXPERIMENTS'
  | 'UNSUPPORTED_METHOD'
  | 'ASYNC_NOT_SUPPORTED'
  | 'NOT_COMPARABLE'
  | 'LIVE_ARGUMENTS'
  | 'TOO_LARGE'
  | 'CALLERS_TRANSACTION'
  | 'NO_CONNECTION'
  | 'EFFECT_REFUSED'
  | 'CANDIDATE_TIMED_OUT'
  | 'CANDIDATE_ABORTED'
  | 'MISMATCH'
  | 'INVALID_CHANGE'
  | 'NOT_FOUND'
  | 'VERSION_CONFLICT'
  | 'ENTITY_NOT_REGISTERED'
  | 'SCHEMA_MISSING'
  | 'DATA_SOURCE_CLOSED'
  | 'DATA_SOURCE_UNUSABLE'
  | 'DATABASE_UNAVAILABLE'
  | 'MIGRATION_FAILED'
  | 'STORAGE_TIMED_OUT'
  | 'PUBLISHER_OVERLOADED'
  | 'FORK_FAILED'
  | 'FAILURES_DROPPED';

/**
 * Error that this library throws or reports. It has a `code` for programs, and a message that says what is wrong, where, and what to do.
 *
 * @publicApi
 */
export class StudiesError extends Error {
  override readonly name: string = 'StudiesError';

  /**
   * @param code stable identifier of the kind of error
   * @param message fact, place and remedy
   * @param details the same facts as data, such as `{ experiment, field, reason }`
   */
  constructor(
    readonly code: StudiesErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
