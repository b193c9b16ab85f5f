import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { asNumber } from '../../database/columns.js';
import { MYSQL_ENGINE, TALLY_TABLE } from '../../database/tables.js';
import type { TallyTier } from '../tallies/period-tier.js';

/**
 * Counts and measurements of one candidate in one period. The candidate `''` stands for the experiment itself: its runs, its
 * skipped calls, and the results of comparing the control with itself. Rows for minutes and totals belong to single writers;
 * rows for hours and days combine all writers.
 *
 * @publicApi
 */
@Entity({ name: TALLY_TABLE, engine: MYSQL_ENGINE })
@Index(['tier', 'startsAt'])
export class TallyEntity {
  @PrimaryColumn({ name: 'experiment_id', type: 'int', transformer: asNumber })
  experimentId!: number;

  @PrimaryColumn({ name: 'epoch', type: 'int', transformer: asNumber })
  epoch!: number;

  @PrimaryColumn({ name: 'tier', type: 'varchar', length: 6 })
  tier!: TallyTier;

  /** ms since the epoch; 0 for the total. */
  @PrimaryColumn({ name: 'starts_at', type: 'bigint', transformer: asNumber })
  startsAt!: number;

  @PrimaryColumn({ name: 'candidate', type: 'varchar', length: 100 })
  candidate!: string;

  /** Id of the writer; 0 stands for all writers. */
  @PrimaryColumn({ name: 'writer', type: 'int', transformer: asNumber })
  writer!: number;

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

  /** Number of ignored results that are drift. */
  @Column({ name: 'drifted', type: 'bigint', transformer: asNumber })
  drifted!: number;

  /** Runs by the time at which the candidate has read, as JSON. */
  @Column({ name: 'read_times', type: 'text', nullable: true })
  reads!: string | null;

  /** Skips by reason, as JSON. */
  @Column({ name: 'skipped', type: 'text', nullable: true })
  skipped!: string | null;

  /** Runs to which something was refused, by what it was, as JSON. */
  @Column({ name: 'refused', type: 'text', nullable: true })
  refused!: string | null;

  /** Sketches of ms, as JSON. */
  @Column({ name: 'control_times', type: 'text', nullable: true })
  controlTimes!: string | null;

  @Column({ name: 'candidate_times', type: 'text', nullable: true })
  candidateTimes!: string | null;

  @Column({ name: 'deltas', type: 'text', nullable: true })
  deltas!: string | null;

  /** A sketch of factors, as JSON. */
  @Column({ name: 'speedups', type: 'text', nullable: true })
  speedups!: string | null;

  /** Fields that differ, as JSON. Only the total has them. */
  @Column({ name: 'differences', type: 'text', nullable: true })
  differences!: string | null;

  /** Basis of the verdict, as JSON. Only the total has it. */
  @Column({ name: 'evidence', type: 'text', nullable: true })
  evidence!: string | null;
}
