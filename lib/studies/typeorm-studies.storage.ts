import type { OwnDatabase } from '../database/own-database.js';
import { TypeOrmHistoryStorage } from '../operations/history/typeorm-history.storage.js';
import { TypeOrmRecordStorage } from '../recording/storage/typeorm/typeorm-record.storage.js';
import { TypeOrmStorage } from '../storage/typeorm.storage.js';
import { SilentFeed, type ChangeFeed } from '../sync/change-feed.js';
import { PostgresChangeFeed } from '../sync/postgres-change-feed.js';
import { StudiesStorage } from './studies.storage.js';

/** Keeps everything in tables of a data source of the application. */
export class TypeOrmStudiesStorage extends StudiesStorage {
  readonly experiments: TypeOrmStorage;
  readonly records: TypeOrmRecordStorage;
  readonly history: TypeOrmHistoryStorage;
  override readonly feed: ChangeFeed;

  /** @param listens true to notify processes of each other's changes on PostgreSQL */
  constructor(database: OwnDatabase, listens: boolean) {
    super();
    this.experiments = new TypeOrmStorage(database);
    this.records = new TypeOrmRecordStorage(database);
    this.history = new TypeOrmHistoryStorage(database);
    const isPostgres = database.dataSource.options.type === 'postgres';
    this.feed = listens && isPostgres ? new PostgresChangeFeed(database) : new SilentFeed();
  }
}
