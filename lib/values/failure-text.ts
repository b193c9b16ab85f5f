import { types } from 'node:util';
import { StudiesError } from '../base/errors.js';
import { escapeText } from '../base/escaping.js';
import { REDACTED, type Redaction } from './redaction/redaction.js';
import { isObject, ownValue, propertyOf } from './kind-of.js';

/** Longest message, and stack, in characters. */
const LENGTH = { message: 4_096, stack: 8_192 } as const;

/** Failure in a form that a log can hold. */
export interface FailureText {
  readonly message: string;
  readonly stack: string | undefined;
}

/**
 * Describes what was thrown, without characters that could steer a terminal: an error by its message and stack, a text by itself, and
 * anything else by its type alone, because it may hold secrets. Never throws. Cuts messages after 4,096 characters, and stacks after 8,192.
 *
 * @param redaction secrets to leave out
 */
export function failureText(thrown: unknown, redaction?: Redaction): FailureText {
  try {
    // A stack begins with the message.
    if (redaction?.hides(['message']) && !(thrown instanceof StudiesError))
      return { message: `${typeName(thrown)}: ${REDACTED}`, stack: undefined };
    if (thrown instanceof Error)
      return {
        message: describeFailure(thrown.message, LENGTH.message, redaction) ?? '',
        stack: describeFailure(thrown.stack, LENGTH.stack, redaction),
      };
    return {
      message: describeFailure(typeof thrown === 'string' ? thrown : typeName(thrown), LENGTH.message, redaction) ?? '',
      stack: undefined,
    };
  } catch {
    return { message: '[Unreadable]', stack: undefined };
  }
}

/** Cuts a text after a number of characters, and appends how many are missing. */
export function shortBeginning(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters).toWellFormed()}… (${text.length - characters} more characters)`;
}

/** Escapes and cuts a text of an error, which may be of any type, whatever the types say. */
function describeFailure(text: unknown, characters: number, redaction: Redaction | undefined): string | undefined {
  if (text === undefined || text === null) return undefined;
  const begun = shortBeginning(typeof text === 'string' ? text : typeName(text), characters);
  return escapeText(redaction?.text(begun) ?? begun);
}

function typeName(thrown: unknown): string {
  if (!isObject(thrown)) return `[${thrown === null ? 'null' : typeof thrown}]`;
  if (types.isProxy(thrown)) return '[Proxy]';
  const constructor: unknown = propertyOf(thrown, 'constructor')?.value;
  const name = typeof constructor === 'function' && !types.isProxy(constructor) ? ownValue(constructor, 'name') : undefined;
  return `[object ${typeof name === 'string' ? name : 'Object'}]`;
}
