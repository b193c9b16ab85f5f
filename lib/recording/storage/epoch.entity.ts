import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { asNumber, asTime } from '../../database/columns.js';
import { EPOCH_TABLE, MYSQL_ENGINE } from '../../database/tables.js';

/**
 * A state of an experiment's code that results belong to.
 *
 * @publicApi
 */
@Entity({ name: EPOCH_TABLE, engine: MYSQL_ENGINE })
@Index(['experimentId', 'purges', 'release', 'fingerprint'], { unique: true })
export class EpochEntity {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  number!: number;

  @Column({ name: 'experiment_id', type: 'int', transformer: asNumber })
  experimentId!: number;

  /** Number of purges of the experiment before. */
  @Column({ name: 'purges', type: 'int', transformer: asNumber })
  purges!: number;

  @Column({ name: 'release_name', type: 'varchar', length: 100 })
  release!: string;

  @Column({ name: 'fingerprint', type: 'varchar', length: 16 })
  fingerprint!: string;

  @Column({ name: 'salt', type: 'varchar', length: 32 })
  salt!: string;

  @Column({ name: 'begun_at', type: 'bigint', transformer: asTime })
  begunAt!: Date;

  @Column({ name: 'seen_at', type: 'bigint', transformer: asTime })
  seenAt!: Date;
}
