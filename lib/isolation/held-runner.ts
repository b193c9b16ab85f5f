import { types } from 'node:util';
import { EntityManager, Repository } from 'typeorm';
import { isObject, ownValue, propertyOf } from '../values/kind-of.js';
import { hasManyKeys } from '../values/many-keys.js';

/** In how many values of a list or an object a runner is looked for. */
const FEW = 20;

/** Whether something is a query runner, or is made from one. */
export function holdsRunner(value: unknown): boolean {
  if (!isObject(value) || types.isProxy(value)) return false;
  if (value instanceof EntityManager) return value.queryRunner !== undefined;
  if (value instanceof Repository) return holdsRunner(ownValue(value, 'manager')) || holdsRunner(ownValue(value, 'queryRunner'));
  return 'startTransaction' in value && propertyOf(value, 'isTransactionActive') !== undefined;
}

/** Whether a plain object or a list holds one: what a call gets together is often one argument. Not looked for among many. */
export function hasRunnerWithin(value: unknown): boolean {
  return isObject(value) && !types.isProxy(value) && valuesOf(value).some(holdsRunner);
}

function valuesOf(value: object): unknown[] {
  if (Array.isArray(value)) {
    return value.length > FEW ? [] : Array.from({ length: value.length }, (_, index) => ownValue(value, index));
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || hasManyKeys(value)) return [];
  const keys = Object.keys(value);
  return keys.length > FEW ? [] : keys.map((key) => ownValue(value, key));
}
