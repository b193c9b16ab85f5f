import { isSecretName, plainName } from './secret-names.js';

/** An opening tag with its prefix, name and end. An end of `/` closes it at once. */
const OPENING = /<((?:[\w.-]{1,64}:)?([\w.-]{1,64}))(?:\s[^<>]{0,1000})?(\/?)>/g;

/** Elements without an end that are looked for, so that looking takes linear time. */
const UNCLOSED = 100;

/** Longest value that a text may be cut off in, in characters. */
const CUT_OFF = 200;

/** Beginning of the headers of a field in a form. */
const FIELD = /form-data;/gi;

/** Longest headers of a field, in characters. */
const HEADERS = 1_000;

/** The name of a field, in its headers. */
const FIELD_NAME = /\bname=\\?"?([\w.[\]-]{1,200})/i;

/** The line after the headers of a field, and that after its value. JSON writes the ends of lines as escapes. */
const EMPTY_LINE = /(?:\r?\n|(?:\\r)?\\n){2}/g;
const BOUNDARY = /(?:\r?\n|(?:\\r)?\\n)--|$/g;

/** Replaces what stands in elements of XML and in fields of forms (multipart) that are named as secrets. Takes time linear in the length. */
export function redactElements(text: string, redacted: string): string {
  const xml = text.includes('</') || /<[\w.:-]{1,129}>[^\s<]*$/.test(text.slice(-1_000)) ? redactXml(text, redacted) : text;
  return /form-data;/i.test(xml) ? redactForm(xml, redacted) : xml;
}

function redactXml(text: string, redacted: string): string {
  const unclosed = new Set<string>();
  let result = '';
  let from = 0;
  OPENING.lastIndex = 0;
  for (let match = OPENING.exec(text); match !== null; match = OPENING.exec(text)) {
    const [, tag = '', name = '', slash] = match;
    if (slash === '/' || !isSecretName(plainName(name))) continue;
    const start = OPENING.lastIndex;
    const end = endOfElement(text, start, tag, unclosed);
    if (end === start) continue;
    result += text.slice(from, start) + redacted;
    from = end;
    OPENING.lastIndex = end;
  }
  return result + text.slice(from);
}

/**
 * Returns where the content of an element ends; `start` if it is none, as in `Promise<Token>`.
 *
 * @param unclosed tags of which no end follows
 */
function endOfElement(text: string, start: number, tag: string, unclosed: Set<string>): number {
  const end = unclosed.has(tag) || unclosed.size > UNCLOSED ? -1 : text.indexOf(`</${tag}`, start);
  if (end !== -1) return end;
  unclosed.add(tag);
  // A text that was cut off may end within the value.
  return text.length - start <= CUT_OFF && /^[^\s<>]*$/.test(text.slice(start)) ? text.length : start;
}

function redactForm(text: string, redacted: string): string {
  let result = '';
  let from = 0;
  let value = 0;
  FIELD.lastIndex = 0;
  for (let field = FIELD.exec(text); field !== null; field = FIELD.exec(text)) {
    if (value < field.index) value = endOfNext(EMPTY_LINE, text, field.index);
    const name = value - field.index > HEADERS ? undefined : FIELD_NAME.exec(text.slice(field.index, value))?.[1];
    if (name === undefined || !isSecretName(plainName(lastPart(name)))) continue;
    BOUNDARY.lastIndex = value;
    const end = BOUNDARY.exec(text)?.index ?? text.length;
    result += text.slice(from, value) + redacted;
    from = end;
    FIELD.lastIndex = end;
  }
  return result + text.slice(from);
}

/** Returns where the next match ends; infinity if there is none. */
function endOfNext(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : Infinity;
}

/** Returns the last of the names in `user[password]` or `user.password`. */
function lastPart(name: string): string {
  return name.split(/[.[\]]+/).findLast((part) => part !== '') ?? '';
}
