import { ClsServiceManager } from 'nestjs-cls';
import type { ContextFork } from '../forks/context-fork.js';
import { withClsStore } from './cls-store.js';

export type { ContextFork, ForkedCandidate } from '../forks/context-fork.js';

/**
 * Makes a fork for nestjs-cls: a candidate has a copy of its caller's store, so that `cls.set()` in it stays in it. Plain objects, lists,
 * Maps and Sets in the store are copied too; instances of classes are shared. With `inTransaction: 'detached'`, a transaction of
 * @nestjs-cls/transactional is left out.
 *
 * @publicApi
 */
export function clsFork(): ContextFork {
  return (next, candidate) => withClsStore(ClsServiceManager.getClsService(), next, candidate);
}
