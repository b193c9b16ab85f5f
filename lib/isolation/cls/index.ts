import { ClsServiceManager } from 'nestjs-cls';
import type { ContextFork } from '../context-forks/context-fork.js';
import { withClsStore } from './cls-store.js';

export type { ContextFork, ForkedCandidate } from '../context-forks/context-fork.js';

/**
 * Makes a fork for nestjs-cls. A candidate gets a copy of its caller's store, so that its `cls.set()` stays in the copy. Plain objects,
 * lists, Maps and Sets in the store are copied too; instances of classes are shared. With `inTransaction: 'detached'`, the copy lacks
 * transactions of @nestjs-cls/transactional.
 *
 * @publicApi
 */
export function clsFork(): ContextFork {
  return (next, candidate) => withClsStore(ClsServiceManager.getClsService(), next, candidate);
}
