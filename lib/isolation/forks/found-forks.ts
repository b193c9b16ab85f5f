import { createRequire } from 'node:module';
import type { DataSource } from 'typeorm';
import { StudiesError } from '../../base/errors.js';
import { isClsService, withClsStore } from '../cls/cls-store.js';
import type { ContextFork } from './context-fork.js';
import {
  TRANSACTIONAL_SOURCE,
  withTransactionalStore,
  type TransactionalContext,
} from '../typeorm-transactional/transactional-store.js';

/** Where typeorm-transactional keeps things. It is asked for where it is seen to be used, and no bundler is to look for it. */
const COMMON = 'typeorm-transactional/dist/common/index.js';

/** How typeorm-transactional is asked for what it keeps. */
type Asked = { readonly getTransactionalContext: () => TransactionalContext };

/**
 * Gives the forks for stores that an application is seen to have: that of nestjs-cls by its service, that of typeorm-transactional by its
 * mark on a data source. Neither package is loaded for those who don't have it.
 */
export function foundForks(made: readonly unknown[], sources: readonly DataSource[]): ContextFork[] {
  const forks: ContextFork[] = [];
  const cls = made.find(isClsService);
  if (cls !== undefined) forks.push((next, candidate) => withClsStore(cls, next, candidate));
  if (sources.some((source) => TRANSACTIONAL_SOURCE in source)) forks.push(transactionalFork());
  return forks;
}

function transactionalFork(): ContextFork {
  const require = createRequire(import.meta.url);
  let asked: Asked | undefined;
  return (next, candidate) => {
    try {
      asked ??= require(COMMON) as Asked; // of the version that is a peer
      asked.getTransactionalContext();
    } catch (cause) {
      throw new StudiesError(
        'FORK_FAILED',
        'A data source is used by typeorm-transactional, whose store nestjs-studies can’t reach from where it is installed. Candidates ' +
          'are not run. Have one copy of typeorm-transactional that both can import.',
        {},
        { cause },
      );
    }
    return withTransactionalStore(asked.getTransactionalContext(), next, candidate);
  };
}
