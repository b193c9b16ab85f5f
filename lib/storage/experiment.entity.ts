import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { asList, asNumber, asRecord, asTime } from '../database/columns.js';
import type { Guardrails } from '../experiment/guardrails.js';
import { EXPERIMENT_TABLE, MYSQL_ENGINE } from '../database/tables.js';

/**
 * An experiment's row.
 *
 * @publicApi
 */
@Entity({ name: EXPERIMENT_TABLE, engine: MYSQL_ENGINE })
@Index(['name'], { unique: true })
export class ExperimentEntity {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  @Column({ name: 'name', type: 'varchar', length: 100 })
  name!: string;

  @Column({ name: 'percent_enabled', type: 'decimal', precision: 5, scale: 2, transformer: asNumber })
  percentEnabled!: number;

  @Column({ name: 'starts_at', type: 'bigint', nullable: true, transformer: asTime })
  startsAt!: Date | null;

  @Column({ name: 'ends_at', type: 'bigint', nullable: true, transformer: asTime })
  endsAt!: Date | null;

  @Column({ name: 'subjects', type: 'simple-json' })
  subjects!: string[];

  @Column({ name: 'target_rate', type: 'decimal', precision: 7, scale: 6, transformer: asNumber })
  targetRate!: number;

  @Column({ name: 'confidence', type: 'decimal', precision: 7, scale: 6, transformer: asNumber })
  confidence!: number;

  @Column({ name: 'min_span', type: 'int', transformer: asNumber })
  minSpan!: number;

  @Column({ name: 'ignore_paths', type: 'text', nullable: true, transformer: asList })
  ignorePaths!: string[];

  @Column({ name: 'guardrails', type: 'text', nullable: true, transformer: asRecord })
  guardrails!: Partial<Guardrails>;

  @Column({ name: 'halted_at', type: 'bigint', nullable: true, transformer: asTime })
  haltedAt!: Date | null;

  @Column({ name: 'halt_reason', type: 'varchar', length: 500, nullable: true })
  haltReason!: string | null;

  @Column({ name: 'purges', type: 'int', transformer: asNumber })
  purges!: number;

  @Column({ name: 'version', type: 'int', transformer: asNumber })
  version!: number;

  @Column({ name: 'created_at', type: 'bigint', transformer: asTime })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'bigint', transformer: asTime })
  updatedAt!: Date;

  @Column({ name: 'first_run_at', type: 'bigint', nullable: true, transformer: asTime })
  firstRunAt!: Date | null;

  @Column({ name: 'last_run_at', type: 'bigint', nullable: true, transformer: asTime })
  lastRunAt!: Date | null;

  @Column({ name: 'seen_at', type: 'bigint', nullable: true, transformer: asTime })
  seenAt!: Date | null;
}
