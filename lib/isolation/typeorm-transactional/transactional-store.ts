import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { StudiesError } from '../../base/errors.js';
import { isObject, ownValue, prototypeOf } from '../../values/kind-of.js';
import type { ForkedCandidate } from '../context-forks/context-fork.js';

/** Mark of typeorm-transactional on a data source. */
export const TRANSACTIONAL_SOURCE = '@transactional/data-source';

/** Prefix of the keys of open transactions' managers. The data source's name follows. */
const MANAGERS = `${TRANSACTIONAL_SOURCE}/`;

/** Key of the listeners to the end of a transaction. */
const HOOK = '@transactional/hook';

/** Store of typeorm-transactional: its driver for `AsyncLocalStorage`, or that for cls-hooked. */
export interface TransactionalContext {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** Namespace of cls-hooked. */
interface Namespace {
  readonly active: object | null;
  runAndReturn<Value>(act: () => Value): Value;
}

/**
 * Runs a candidate with a copy of its caller's typeorm-transactional store. Listeners to the end of a transaction that the candidate adds
 * are its own, and never called. A detached candidate runs outside of its caller's transactions.
 *
 * @throws StudiesError when the store is not of the known form
 */
export function withTransactionalStore<Value>(
  context: TransactionalContext,
  next: () => Value,
  { inTransaction }: ForkedCandidate,
): Value {
  const kept: unknown = ownValue(context, 'context');
  const enter = (keys: readonly string[]) => {
    if (keys.includes(HOOK)) context.set(HOOK, new EventEmitter());
    if (inTransaction === 'detached') for (const key of keys) if (key.startsWith(MANAGERS)) context.set(key, null);
    return next();
  };
  if (kept instanceof AsyncLocalStorage) {
    const store: unknown = kept.getStore();
    if (store === undefined) return next();
    const { copy, keys } = copyLayer(store);
    return kept.run(copy, () => enter(keys));
  }
  if (isNamespace(kept)) return kept.active === null ? next() : kept.runAndReturn(() => enter(findKeys(kept.active)));
  throw unknownStore();
}

/** Copies the store, which is one object for everything that is called within a transaction. */
function copyLayer(store: unknown): { copy: object; keys: string[] } {
  if (!isObject(store) || !('layers' in store)) throw unknownStore();
  const storage: unknown = ownValue(store, 'storage');
  if (storage !== undefined && !(storage instanceof Map)) throw unknownStore();
  const copy = Object.create(prototypeOf(store)) as object;
  Object.assign(copy, { layers: [], ...(storage !== undefined && { storage: new Map<unknown, unknown>(storage) }) });
  const keys = storage === undefined ? [] : [...storage.keys()].filter((key) => typeof key === 'string');
  return { copy, keys };
}

/** Returns the keys of a cls-hooked context, which inherits from the context around it. */
function findKeys(active: object | null): string[] {
  const keys: string[] = [];
  for (const key in active) keys.push(key);
  return keys;
}

function isNamespace(kept: unknown): kept is Namespace {
  return isObject(kept) && 'active' in kept && 'runAndReturn' in kept && typeof kept.runAndReturn === 'function';
}

function unknownStore(): StudiesError {
  return new StudiesError(
    'FORK_FAILED',
    'The store of typeorm-transactional has a form that nestjs-studies does not know. Use typeorm-transactional 0.5, and call ' +
      'initializeTransactionalContext() before the application is made.',
  );
}
