import { isObject, ownValue, propertyOf } from '../../values/kind-of.js';
import type { ForkedCandidate } from '../context-forks/context-fork.js';
import { copyStored } from '../context-forks/stored-copy.js';

/** Part of nestjs-cls' `ClsService` that is needed. */
export interface ClsStorage {
  get(): unknown;
  isActive(): boolean;
  runWith<Value>(store: never, next: () => Value): Value;
}

/** Pattern of the symbols under which @nestjs-cls/transactional keeps a transaction. The name of its connection follows. */
const TRANSACTIONS = /^TRANSACTION_(?:CLS_KEY|TOKEN)(?:_|$)/;

/** Runs a candidate with a copy of its caller's store. If it is detached, the copy lacks the caller's transaction. */
export function withClsStore<Value>(cls: ClsStorage, next: () => Value, { inTransaction }: ForkedCandidate): Value {
  if (!cls.isActive()) return next();
  const store = copyStored(cls.get()) as Record<PropertyKey, unknown>; // an active store is an object
  if (inTransaction === 'detached') {
    for (const key of Object.getOwnPropertySymbols(store)) if (TRANSACTIONS.test(key.description ?? '')) store[key] = undefined;
  }
  return cls.runWith(store as never, next);
}

/**
 * Tells whether a transaction of @nestjs-cls/transactional is open here, of whatever its adapter works with, such as Prisma or Drizzle. Its
 * TypeORM transactions are recognised elsewhere too.
 */
export function isInClsTransaction(cls: ClsStorage): boolean {
  if (!cls.isActive()) return false;
  const store = cls.get() as Record<PropertyKey, unknown>; // an active store is an object
  return Object.getOwnPropertySymbols(store).some((key) => TRANSACTIONS.test(key.description ?? '') && store[key] !== undefined);
}

/** Recognises nestjs-cls' service among the objects of an application. Runs no code of theirs. */
export function isClsService(made: unknown): made is ClsStorage {
  if (!isObject(made)) return false;
  const constructor: unknown = propertyOf(made, 'constructor')?.value;
  if (typeof constructor !== 'function' || ownValue(constructor, 'name') !== 'ClsService') return false;
  return ['get', 'isActive', 'runWith'].every((name) => typeof propertyOf(made, name)?.value === 'function');
}
