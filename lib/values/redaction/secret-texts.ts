import { redactElements } from './secret-elements.js';
import { isSecretName, plainName } from './secret-names.js';
import { TextValues } from './text-values.js';

/** Text in place of a redacted value. */
export const REDACTED = '[Redacted]';

/** Longest name before a value, in characters. */
const NAME = 64;

/** Quick test whether a text may hold a secret. Most hold none. */
const MAY_HOLD = /[=:$<]|bearer|basic|\beyJ|PRIVATE KEY/i;

/** Secrets that are recognised by themselves, with what remains of them. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, REDACTED],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // A JSON Web Token (RFC 7519).
  [/\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*/g, REDACTED],
  // Hashes of passwords, as crypt(3) and the PHC string format write them.
  [/\$(?:2[abxy]?|5|6|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,20})\$[\w./+=,$-]{10,300}/g, REDACTED],
  // The password in an address.
  [/(:\/\/[^\s/@:]{0,200}:)[^\s/]{1,200}@/g, `$1${REDACTED}@`],
];

/** Headers whose value is the rest of the line. */
const HEADER = /^(?:proxy)?authorization$|^(?:set)?cookie2?$/;

/** Names of parameters that sign an address, such as `X-Amz-Signature` and `sig`. */
const SIGNATURE = /^(?:sig|hmac)$|signature$/;

/**
 * Replaces secrets in a text: values after the name of a secret (`password=…`, `"apiKey": "…"`, `Cookie: …`, `:token => …`), elements of
 * XML, fields of forms, signatures of addresses, tokens, hashes of passwords, private keys, and passwords in addresses. Takes time linear in
 * the length of the text.
 */
export function redactText(text: string): string {
  if (!MAY_HOLD.test(text)) return text;
  return KNOWN.reduce((known, [pattern, rest]) => known.replace(pattern, rest), redactNamed(redactElements(text, REDACTED)));
}

/** Replaces what follows the name of a secret. */
function redactNamed(text: string): string {
  const values = new TextValues(text);
  let redacted = '';
  let from = 0;
  for (let at = nextSeparator(text, 0); at !== -1; at = nextSeparator(text, Math.max(at + 1, from))) {
    const name = nameBefore(text, at);
    if (name === undefined || !(isSecretName(name) || isSignature(text, at, name))) continue;
    const [start, end] = values.after(at, HEADER.test(name));
    if (end <= start) continue;
    redacted += text.slice(from, start) + REDACTED;
    from = end;
  }
  return redacted + text.slice(from);
}

/** Tells whether a parameter of an address is its signature, which lets in whoever has the address. */
function isSignature(text: string, at: number, name: string): boolean {
  if (!SIGNATURE.test(name) || text[at] !== '=') return false;
  return /[?&;][\w.-]{1,40}$/.test(text.slice(Math.max(0, at - NAME), at));
}

function nextSeparator(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (text[at] === '=' || text[at] === ':') return at;
  return -1;
}

/** Returns the name that ends before a position, with or without quotes; in brackets too before `=`, as databases name columns. */
function nameBefore(text: string, at: number): string | undefined {
  const end = text[at] === '=' && text[at - 1] === ')' ? at - 1 : at;
  const before = /([\w.[\]-]+)\\*["']?\s{0,2}$/.exec(text.slice(Math.max(0, end - NAME), end))?.[1];
  const last = before
    ?.split(/[.[\]]+/)
    .filter((part) => part !== '')
    .pop();
  return last === undefined ? undefined : plainName(last);
}
