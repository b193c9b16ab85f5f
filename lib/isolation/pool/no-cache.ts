import type { DataSource } from 'typeorm';

/** Cache of query results that keeps nothing. */
export const NO_CACHE: NonNullable<DataSource['queryResultCache']> = {
  connect: () => Promise.resolve(),
  disconnect: () => Promise.resolve(),
  synchronize: () => Promise.resolve(),
  getFromCache: () => Promise.resolve(undefined),
  storeInCache: () => Promise.resolve(),
  isExpired: () => true,
  clear: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};
