import { types } from 'node:util';
import { escapeText } from '../base/escaping.js';
import { isObject, ownValue, propertyOf } from './kind-of.js';

/** Characters of a message, and of a stack, that are told. */
const LENGTH = { message: 4_096, stack: 8_192 } as const;

/** A failure as a log can hold it. */
export interface FailureText {
  readonly message: string;
  readonly stack: string | undefined;
}

/**
 * Tells what was thrown, without anything that could steer a terminal: of an error its message and stack, of a text itself, of anything
 * else its type alone, since it may hold what is secret. Never throws. Messages are cut after 4,096 characters, stacks after 8,192.
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

/** Cuts a text: its beginning, and how many characters are missing. */
export function shortBeginning(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters).toWellFormed()}… (${text.length - characters} more characters)`;
}

/** Errors may have anything as their message, whatever the types say. */
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
