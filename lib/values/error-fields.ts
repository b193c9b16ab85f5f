import { types } from 'node:util';
import { isObject, ownValue } from './kind-of.js';

/** Properties that tell where and when an error was made, and for which request, rather than what went wrong. */
const OF_OCCURRENCE = new Set([
  ...['stack', 'socket', '$metadata', 'timestamp', 'traceId', 'trace_id', 'correlationId'],
  ...['requestId', 'requestID', 'request_id'],
]);

/** Properties of a database's errors that tell of the statement, which another implementation may write in another way. */
const OF_STATEMENT = new Set([
  ...['query', 'parameters', 'sql', 'position', 'internalPosition', 'internalQuery', 'length', 'where'],
  ...['file', 'line', 'routine'],
]);

/** Properties of an HTTP client's errors that hold the request and the whole answer. */
const OF_CLIENT = new Set(['config', 'request', 'response']);

/** Marks by which errors are recognised, whoever has made them: one of these properties. */
const STATEMENT_MARKS = ['driverError', 'severity', 'sqlState', 'sqlMessage'];
const CLIENT_MARK = 'isAxiosError';

/**
 * Lists the enumerable properties of an error that say what went wrong: all but those that differ with each occurrence, with the wording of
 * a statement, or with an HTTP client's request.
 */
export function listErrorFields(error: object): readonly string[] {
  const keys = Object.keys(error);
  if (keys.length === 0) return keys;
  const isOfDatabase = keys.some((key) => STATEMENT_MARKS.includes(key));
  const isOfClient = keys.includes(CLIENT_MARK);
  return keys.filter(
    (key) => !OF_OCCURRENCE.has(key) && !(isOfDatabase && OF_STATEMENT.has(key)) && !(isOfClient && OF_CLIENT.has(key)),
  );
}

/** Returns what a remote service has answered to an HTTP client that fails with the error; undefined for other errors. */
export function readAnswer(error: object): { readonly status: unknown; readonly data: unknown } | undefined {
  if (!Object.hasOwn(error, CLIENT_MARK)) return undefined;
  const response = ownValue(error, 'response');
  if (!isObject(response) || types.isProxy(response)) return undefined;
  return { status: ownValue(response, 'status'), data: ownValue(response, 'data') };
}
