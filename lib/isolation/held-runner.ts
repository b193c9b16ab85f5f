import { types } from 'node:util';
import { EntityManager, Repository } from 'typeorm';
import { isObject, ownValue, propertyOf } from '../values/kind-of.js';
import { hasManyKeys } from '../values/many-keys.js';

/** Largest number of values of a list or an object that are searched for a query runner. */
const FEW = 20;

/** Decides whether a value is a query runner, or was made from one. */
export function holdsRunner(value: unknown): boolean {
  if (!isObject(value) || types.isProxy(value)) return false;
  if (value instanceof EntityManager) return value.queryRunner !== undefined;
  if (value instanceof Repository) return holdsRunner(ownValue(value, 'manager')) || holdsRunner(ownValue(value, 'queryRunner'));
  return 'startTransaction' in value && propertyOf(value, 'isTransactionActive') !== undefined;
}

/**
 * Decides whether a plain object or a list holds a query runner, because calls often combine several values in one argument. Skips large
 * ones.
 */
export function hasRunnerWithin(value: unknown): boolean {
  return isObject(value) && !types.isProxy(value) && listValues(value).some(holdsRunner);
}

function listValues(value: object): unknown[] {
  if (Array.isArray(value)) {
    return value.length > FEW ? [] : Array.from({ length: value.length }, (_, index) => ownValue(value, index));
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || hasManyKeys(value)) return [];
  const keys = Object.keys(value);
  return keys.length > FEW ? [] : keys.map((key) => ownValue(value, key));
}
