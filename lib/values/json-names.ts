import { JSON_LIMITS } from './json-limits.js';
import { accessorOf, numberOf, ownValue, propertyOf } from './kind-of.js';

/** Reads an address as a text. */
export const readHref = accessorOf(URL.prototype, 'href');

/** Reads the number of an address's parameters. */
export const sizeOfParameters = numberOf(URLSearchParams.prototype, 'size');

/** Decides whether a property of an error is shown. A name that is computed is that of the class. */
export function isShownOf(error: Error, key: string): boolean {
  const property = propertyOf(error, key);
  return property !== undefined && (key !== 'name' || 'value' in property);
}

/** Returns the beginning of a text, and how long the rest is. */
export function shortenText(text: string): string {
  if (text.length <= JSON_LIMITS.length) return text.toWellFormed();
  return `${text.slice(0, JSON_LIMITS.length).toWellFormed()}… (${text.length - JSON_LIMITS.length} more characters)`;
}

/** Returns the name of a function or a class. */
export function ownName(value: object): string {
  const name = ownValue(value, 'name');
  return typeof name === 'string' && name !== '' ? name : '(anonymous)';
}
