/**
 * Names of secrets: passwords, tokens, secrets, cookies, authorization, keys. Names are compared without case, spaces, `_` and `-`, so that
 * `x-api-key`, `API_KEY` and `apiKey` are one.
 */
const ANYWHERE =
  /password|passwd|passphrase|passcode|credential|cookie|authorization|token(?!i[sz])|secret(?!ar)|(?:api|private|access|signing|encryption|master|service|auth|session|shared|ssh|license|account)keys?(?!word)/;

const AT_THE_END = /(?:pwd|jwt|csrf|xsrf|sessionid|sessid|totp)$/;

const WHOLE = new Set([
  'auth',
  'pass',
  'dbpass',
  'userpass',
  'smtppass',
  'sid',
  'otp',
  'pin',
  'cvv',
  'cvv2',
  'cvc',
  'cvc2',
  'salt',
  'bearer',
  'mnemonic',
  'seedphrase',
  'pwdhash',
]);

/** Name under which Node's requests keep their headers as text. */
const HEADERS_AS_TEXT = '_header';

/**
 * Decides by its name whether a property is a secret, by default.
 *
 * @param name as `plainName` returns it
 */
export function isSecretName(name: string): boolean {
  return WHOLE.has(name) || ANYWHERE.test(name) || AT_THE_END.test(name);
}

/** Returns a name without what differs between its spellings: case, spaces, `_` and `-`. */
export function plainName(name: string): string {
  if (name === HEADERS_AS_TEXT) return 'authorization';
  const lower = name.toLowerCase();
  const plain = lower.replace(/[\s_-]+/g, '');
  return plain === '' ? lower : plain;
}
