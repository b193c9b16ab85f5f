import { UsageError } from './usage.error.js';

/** Headers of requests, by name. */
export type RequestHeaders = Readonly<Record<string, string>>;

/** Environment variables that say who asks. */
const TOKEN = 'NESTJS_STUDIES_TOKEN';
const USER = 'NESTJS_STUDIES_USER';

/**
 * Reads the headers that say who asks: a token, a user with a password, and headers that are given. A given header replaces the others. They
 * are checked here, because fetch would include them in its error messages.
 *
 * @param given texts such as `X-Api-Key: …`
 * @throws UsageError, which doesn't repeat what is secret
 */
export function readRequestHeaders(given: readonly string[], env: Readonly<Record<string, string | undefined>>): RequestHeaders {
  const token = readVisible(TOKEN, env[TOKEN]);
  const user = readUser(env[USER]);
  if (token !== undefined && user !== undefined) throw new UsageError(`${TOKEN} and ${USER} exclude each other.`);
  const authorization = token === undefined ? user : `Bearer ${token}`;
  return { ...(authorization !== undefined && { authorization }), ...Object.fromEntries(given.map(parseHeader)) };
}

/** Returns the header of basic authentication (RFC 7617). */
function readUser(text = ''): string | undefined {
  if (text === '') return undefined;
  if (!/^[^:\p{Cc}]+:[^\p{Cc}]*$/u.test(text)) throw new UsageError(`${USER} must be a name and a password, such as ada:secret.`);
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

function parseHeader(text: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError('--header must be a name and a value without line breaks, such as "X-Api-Key: secret".');
  }
  return [name.toLowerCase(), value.trim()];
}

function readVisible(variable: string, text = ''): string | undefined {
  const visible = text.trim();
  if (!/^[\x21-\x7e]*$/.test(visible)) throw new UsageError(`${variable} contains characters that are not allowed in a header.`);
  return visible === '' ? undefined : visible;
}
