import { getTransactionalContext } from 'typeorm-transactional/dist/common/index.js';
import type { ContextFork } from '../context-forks/context-fork.js';
import { withTransactionalStore } from './transactional-store.js';

export type { ContextFork, ForkedCandidate } from '../context-forks/context-fork.js';

/**
 * Makes a fork for typeorm-transactional. Transactions that a candidate begins, and listeners that it adds, never reach its caller's
 * transaction. Its callbacks of `runOnTransactionCommit()` and the like for a transaction of its caller's are never called. With
 * `inTransaction: 'detached'`, it runs outside of its caller's transactions.
 *
 * @publicApi
 */
export function typeormTransactionalFork(): ContextFork {
  return (next, candidate) => withTransactionalStore(getTransactionalContext(), next, candidate);
}
