import type { DataSource } from 'typeorm';
import { RecordStorage } from './record.storage.js';
import { TypeOrmSampleStorage } from './typeorm.sample.storage.js';
import { TypeOrmTallyStorage } from './typeorm.tally.storage.js';
import { TypeOrmWriterStorage } from './typeorm.writer.storage.js';

/**
 * Keeps results in tables of a data source. Every statement stands for itself, since the SQLite driver shares one connection with
 * all of the application: a transaction of ours would hold statements of others.
 */
export class TypeOrmRecordStorage extends RecordStorage {
  readonly tallies: TypeOrmTallyStorage;
  readonly samples: TypeOrmSampleStorage;
  readonly writers: TypeOrmWriterStorage;

  constructor(dataSource: DataSource) {
    super();
    this.tallies = new TypeOrmTallyStorage(dataSource);
    this.samples = new TypeOrmSampleStorage(dataSource);
    this.writers = new TypeOrmWriterStorage(dataSource);
  }
}
