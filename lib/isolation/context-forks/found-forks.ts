import { createRequire } from 'node:module';
import type { DataSource } from 'typeorm';
import { StudiesError } from '../../base/errors.js';
import { withClsStore, type ClsStorage } from '../cls/cls-store.js';
import type { ContextFork } from './context-fork.js';
import {
  TRANSACTIONAL_SOURCE,
  withTransactionalStore,
  type TransactionalContext,
} from '../typeorm-transactional/transactional-store.js';

/**
 * File in which typeorm-transactional keeps its store. It is required only where the package is in use, and bundlers must not follow it.
 */
const COMMON = 'typeorm-transactional/dist/common/index.js';

/** Exports of that file that are needed. */
type CommonExports = { readonly getTransactionalContext: () => TransactionalContext };

/**
 * Makes the forks for stores that an application is found to have: nestjs-cls by its service, `cls`, and typeorm-transactional by its mark on a data
 * source. Neither package is loaded in applications without it.
 */
export function findForks(cls: ClsStorage | undefined, sources: readonly DataSource[]): ContextFork[] {
  const forks: ContextFork[] = [];
  if (cls !== undefined) forks.push((next, candidate) => withClsStore(cls, next, candidate));
  if (sources.some((source) => TRANSACTIONAL_SOURCE in source)) forks.push(transactionalFork());
  return forks;
}

function transactionalFork(): ContextFork {
  const require = createRequire(__filename);
  let asked: CommonExports | undefined;
  return (next, candidate) => {
    try {
      asked ??= require(COMMON) as CommonExports; // of the version that is a peer
      asked.getTransactionalContext();
    } catch (cause) {
      throw new StudiesError(
        'FORK_FAILED',
        'A data source is used by typeorm-transactional, but nestjs-studies can’t import that package from where it is installed. ' +
          'Candidates are not run. Install a single copy of typeorm-transactional that both can import.',
        {},
        { cause },
      );
    }
    return withTransactionalStore(asked.getTransactionalContext(), next, candidate);
  };
}
