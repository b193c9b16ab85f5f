import { getTransactionalContext } from 'typeorm-transactional/dist/common/index.js';
import type { ContextFork } from '../forks/context-fork.js';
import { withTransactionalStore } from './transactional-store.js';

export type { ContextFork, ForkedCandidate } from '../forks/context-fork.js';

/**
 * Makes a fork for typeorm-transactional: what a candidate begins or adds never reaches its caller's transaction. What it gives to
 * `runOnTransactionCommit()` and its like for a transaction of its caller's is never called. With `inTransaction: 'detached'`, it is
 * outside of its caller's transactions.
 *
 * @publicApi
 */
export function typeormTransactionalFork(): ContextFork {
  return (next, candidate) => withTransactionalStore(getTransactionalContext(), next, candidate);
}
