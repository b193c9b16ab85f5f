import { Column, Entity, PrimaryColumn } from 'typeorm';
import { asNumber } from '../storage/columns.js';
import { MYSQL_ENGINE, TALLY_TABLE } from '../storage/tables.js';
import type { Tier } from './tier.js';

/**
 * What one process has counted and measured of one candidate in one period. The candidate `''` stands for the experiment: its
 * runs, and the calls that it skipped. Only the process that made a row writes it.
 *
 * @publicApi
 */
@Entity({ name: TALLY_TABLE, engine: MYSQL_ENGINE })
export class TallyEntity {
  @PrimaryColumn({ name: 'experiment_id', type: 'int' })
  experimentId!: number;

  @PrimaryColumn({ name: 'epoch', type: 'int' })
  epoch!: number;

  @PrimaryColumn({ name: 'tier', type: 'varchar', length: 6 })
  tier!: Tier;

  /** ms since the epoch; 0 for the total. */
  @PrimaryColumn({ name: 'starts_at', type: 'bigint', transformer: asNumber })
  startsAt!: number;

  @PrimaryColumn({ name: 'candidate', type: 'varchar', length: 100 })
  candidate!: string;

  @PrimaryColumn({ name: 'writer', type: 'varchar', length: 36 })
  writer!: string;

  @Column({ name: 'written_at', type: 'bigint', transformer: asNumber })
  writtenAt!: number;

  @Column({ name: 'first_at', type: 'bigint', nullable: true, transformer: asNumber })
  firstAt!: number | null;

  @Column({ name: 'last_at', type: 'bigint', nullable: true, transformer: asNumber })
  lastAt!: number | null;

  @Column({ name: 'runs', type: 'bigint', transformer: asNumber })
  runs!: number;

  @Column({ name: 'matched', type: 'bigint', transformer: asNumber })
  matched!: number;

  @Column({ name: 'mismatched', type: 'bigint', transformer: asNumber })
  mismatched!: number;

  @Column({ name: 'ignored', type: 'bigint', transformer: asNumber })
  ignored!: number;

  @Column({ name: 'errored', type: 'bigint', transformer: asNumber })
  errored!: number;

  @Column({ name: 'timed_out', type: 'bigint', transformer: asNumber })
  timedOut!: number;

  /** Skips by reason, and the sketches of durations. */
  @Column({ name: 'measures', type: 'text' })
  measures!: string;

  /** The fields that differ, in the total only. */
  @Column({ name: 'differences', type: 'text', nullable: true })
  differences!: string | null;
}
