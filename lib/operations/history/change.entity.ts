import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { asJson, asTime } from '../../database/columns.js';
import { ID_LENGTH } from '../../base/sortable-id.js';
import { CHANGE_TABLE, MYSQL_ENGINE } from '../../database/tables.js';
import type { ChangedSettings, ChangeRecord } from './change-record.js';

/**
 * One change of an experiment. It outlives the experiment.
 *
 * @publicApi
 */
@Entity({ name: CHANGE_TABLE, engine: MYSQL_ENGINE })
@Index(['experiment', 'id'])
export class ChangeEntity {
  /** Sortable id: later changes sort later. */
  @PrimaryColumn({ name: 'id', type: 'varchar', length: ID_LENGTH })
  id!: string;

  @Column({ name: 'experiment', type: 'varchar', length: 100 })
  experiment!: string;

  @Column({ name: 'changed_at', type: 'bigint', transformer: asTime })
  at!: Date;

  @Column({ name: 'kind', type: 'varchar', length: 10 })
  kind!: ChangeRecord['kind'];

  @Column({ name: 'actor', type: 'varchar', length: 200, nullable: true })
  actor!: string | null;

  @Column({ name: 'settings_before', type: 'text', transformer: asJson })
  before!: ChangedSettings;

  @Column({ name: 'settings_after', type: 'text', transformer: asJson })
  after!: ChangedSettings;

  @Column({ name: 'reason', type: 'varchar', length: 500, nullable: true })
  reason!: string | null;
}
