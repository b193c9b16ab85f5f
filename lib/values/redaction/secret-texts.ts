import { isSecretName, plainName } from './secret-names.js';

/** Text in place of a redacted value. */
export const REDACTED = '[Redacted]';

/** Longest name before a value, in characters. */
const NAME = 64;

/** Quick test whether a text may hold a secret. Most hold none. */
const MAY_HOLD = /[=:$]|bearer|basic|\beyJ|PRIVATE KEY/i;

/** Secrets that are recognised by themselves, with what remains of them. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, REDACTED],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // A JSON Web Token (RFC 7519).
  [/\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*/g, REDACTED],
  // Hashes of passwords, as crypt(3) and the PHC string format write them.
  [/\$(?:2[abxy]?|5|6|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,20})\$[\w./+=,$-]{10,300}/g, REDACTED],
  // The password in an address.
  [/(:\/\/[^\s/@:]{0,200}:)[^\s/@]{1,200}@/g, `$1${REDACTED}@`],
];

/** Headers whose value is the rest of the line. */
const HEADER = /^(?:proxy)?authorization$|^(?:set)?cookie2?$/;

/**
 * Replaces secrets in a text: values after the name of a secret (`password=…`, `"apiKey": "…"`, `Cookie: …`), tokens, hashes of passwords,
 * private keys, and passwords in addresses. Takes time linear in the length of the text.
 */
export function redactText(text: string): string {
  if (!MAY_HOLD.test(text)) return text;
  return KNOWN.reduce((known, [pattern, rest]) => known.replace(pattern, rest), redactNamed(text));
}

/** Replaces what follows the name of a secret. */
function redactNamed(text: string): string {
  let redacted = '';
  let from = 0;
  for (let at = nextSeparator(text, 0); at !== -1; at = nextSeparator(text, Math.max(at + 1, from))) {
    const name = nameBefore(text, at);
    if (name === undefined || !isSecretName(name)) continue;
    const [start, end] = valueAfter(text, at, HEADER.test(name));
    if (end <= start) continue;
    redacted += text.slice(from, start) + REDACTED;
    from = end;
  }
  return redacted + text.slice(from);
}

function nextSeparator(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (text[at] === '=' || text[at] === ':') return at;
  return -1;
}

/** Returns the name that ends before a position, with or without quotes. */
function nameBefore(text: string, at: number): string | undefined {
  const before = /([\w.[\]-]+)\\?["']?\s{0,2}$/.exec(text.slice(Math.max(0, at - NAME), at))?.[1];
  const last = before
    ?.split(/[.[\]]+/)
    .filter((part) => part !== '')
    .pop();
  return last === undefined ? undefined : plainName(last);
}

/** Returns where the value after a separator begins and ends: a text in quotes, the rest of the line of a header, or one word. */
function valueAfter(text: string, separator: number, isHeader: boolean): readonly [start: number, end: number] {
  let start = separator + 1;
  while (text[start] === ' ') start += 1;
  const quote = /^\\?["']/.exec(text.slice(start, start + 2))?.[0];
  if (quote !== undefined) {
    const begin = start + quote.length;
    return [begin, endOfQuoted(text, begin, quote)];
  }
  const end = indexOf(text, start, isHeader ? isEndOfLine : text[separator] === '=' ? isEndOfParameter : isEndOfWord);
  // After a colon, words that go on are a sentence: "password: must be longer".
  if (text[separator] === ':' && !isHeader && text[end] === ' ') return [start, start];
  return [start, end];
}

function endOfQuoted(text: string, begin: number, quote: string): number {
  for (let at = text.indexOf(quote, begin); at !== -1; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\' && at - 1 - slashes >= begin) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

function indexOf(text: string, from: number, isEnd: (character: string) => boolean): number {
  let at = from;
  while (at < text.length && !isEnd(text.charAt(at))) at += 1;
  return at;
}

const isEndOfLine = (character: string) => character === '\r' || character === '\n';
const isEndOfParameter = (character: string) => /[\s&;,"'<>)}\]]/.test(character);
const isEndOfWord = (character: string) => /[\s,;"'<>)}\]]/.test(character);
