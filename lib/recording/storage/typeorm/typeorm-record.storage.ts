import type { OwnDatabase } from '../../../database/own-database.js';
import { RecordStorage } from '../record.storage.js';
import { TypeOrmEpochStorage } from './typeorm-epoch.storage.js';
import { TypeOrmRecordedResultStorage } from './typeorm-recorded-result.storage.js';
import { TypeOrmTallyStorage } from './typeorm-tally.storage.js';
import { TypeOrmWriterStorage } from './typeorm-writer.storage.js';

/**
 * Keeps results in tables of a data source. No statement runs in a transaction: the SQLite driver shares one connection with
 * the whole application, so a transaction of this library would include statements of others.
 */
export class TypeOrmRecordStorage extends RecordStorage {
  readonly tallies: TypeOrmTallyStorage;
  readonly results: TypeOrmRecordedResultStorage;
  readonly epochs: TypeOrmEpochStorage;
  readonly writers: TypeOrmWriterStorage;

  constructor(database: OwnDatabase) {
    super();
    this.tallies = new TypeOrmTallyStorage(database);
    this.results = new TypeOrmRecordedResultStorage(database);
    this.epochs = new TypeOrmEpochStorage(database);
    this.writers = new TypeOrmWriterStorage(database);
  }
}
