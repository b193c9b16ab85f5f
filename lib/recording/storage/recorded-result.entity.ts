import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Outcome } from '../../experiment/observation.js';
import { asNumber, asTime } from '../../database/columns.js';
import { MYSQL_ENGINE, SAMPLE_TABLE } from '../../database/tables.js';

/**
 * One candidate's result in one run, with both observations.
 *
 * @publicApi
 */
@Entity({ name: SAMPLE_TABLE, engine: MYSQL_ENGINE })
@Index(['experimentId', 'id'])
export class RecordedResultEntity {
  /** Sortable id: results recorded later sort later. */
  @PrimaryColumn({ name: 'id', type: 'varchar', length: 16 })
  id!: string;

  @Column({ name: 'experiment_id', type: 'int', transformer: asNumber })
  experimentId!: number;

  @Column({ name: 'epoch', type: 'int', transformer: asNumber })
  epoch!: number;

  @Column({ name: 'candidate', type: 'varchar', length: 100 })
  candidate!: string;

  @Column({ name: 'outcome', type: 'varchar', length: 10 })
  outcome!: Outcome;

  @Column({ name: 'ran_at', type: 'bigint', transformer: asTime })
  ranAt!: Date;

  /** The control's observation as JSON. */
  @Column({ name: 'control_did', type: 'text' })
  controlDid!: string;

  /** The candidate's observation as JSON. */
  @Column({ name: 'candidate_did', type: 'text' })
  candidateDid!: string;

  @Column({ name: 'context', type: 'text' })
  context!: string;

  @Column({ name: 'differences', type: 'text' })
  differences!: string;

  /** Return value of the experiment's own `diff` function, as JSON. */
  @Column({ name: 'diff', type: 'text', nullable: true })
  diff!: string | null;
}
