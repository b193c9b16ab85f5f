import { Column, Entity, Index, PrimaryGeneratedColumn, type ValueTransformer } from 'typeorm';
import { EXPERIMENT_TABLE, MYSQL_ENGINE } from './tables.js';

/** MySQL and PostgreSQL give decimals and 64-bit integers as text. */
const asNumber: ValueTransformer = { to: (value: number) => value, from: (value: number | string) => Number(value) };

/**
 * Times are kept as ms since the epoch: the one form that all databases and drivers give back as it was, whatever the time
 * zones of server, session and process.
 */
const asTime: ValueTransformer = {
  to: (value: Date | null | undefined) => value?.getTime() ?? value,
  from: (value: number | string | null) => (value === null ? null : new Date(Number(value))),
};

/**
 * An experiment's row.
 *
 * @publicApi
 */
@Entity({ name: EXPERIMENT_TABLE, engine: MYSQL_ENGINE })
@Index(['name'], { unique: true })
export class ExperimentEntity {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'varchar', length: 100 })
  name!: string;

  @Column({ name: 'percent_enabled', type: 'decimal', precision: 5, scale: 2, transformer: asNumber })
  percentEnabled!: number;

  @Column({ name: 'starts_at', type: 'bigint', nullable: true, transformer: asTime })
  startsAt!: Date | null;

  @Column({ name: 'ends_at', type: 'bigint', nullable: true, transformer: asTime })
  endsAt!: Date | null;

  @Column({ name: 'subjects', type: 'simple-json' })
  subjects!: string[];

  @Column({ name: 'version', type: 'int' })
  version!: number;

  @Column({ name: 'created_at', type: 'bigint', transformer: asTime })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'bigint', transformer: asTime })
  updatedAt!: Date;

  @Column({ name: 'first_run_at', type: 'bigint', nullable: true, transformer: asTime })
  firstRunAt!: Date | null;

  @Column({ name: 'last_run_at', type: 'bigint', nullable: true, transformer: asTime })
  lastRunAt!: Date | null;
}
