import { types } from 'node:util';
import { escapeText } from '../base/escaping.js';
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
 */
export function failureText(thrown: unknown): FailureText {
  try {
    if (thrown instanceof Error)
      return {
        message: describeFailure(thrown.message, LENGTH.message) ?? '',
        stack: describeFailure(thrown.stack, LENGTH.stack),
      };
    return {
      message: describeFailure(typeof thrown === 'string' ? thrown : typeName(thrown), LENGTH.message) ?? '',
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
function describeFailure(text: unknown, characters: number): string | undefined {
  if (text === undefined || text === null) return undefined;
  return escapeText(shortBeginning(typeof text === 'string' ? text : typeName(text), characters));
}

function typeName(thrown: unknown): string {
  if (!isObject(thrown)) return `[${thrown === null ? 'null' : typeof thrown}]`;
  if (types.isProxy(thrown)) return '[Proxy]';
  const constructor: unknown = propertyOf(thrown, 'constructor')?.value;
  const name = typeof constructor === 'function' && !types.isProxy(constructor) ? ownValue(constructor, 'name') : undefined;
  return `[object ${typeof name === 'string' ? name : 'Object'}]`;
}
