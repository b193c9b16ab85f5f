import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { asNumber } from '../../database/columns.js';
import { MYSQL_ENGINE, WRITER_TABLE } from '../../database/tables.js';

/**
 * A number under which one process at a time writes its tallies.
 *
 * @publicApi
 */
@Entity({ name: WRITER_TABLE, engine: MYSQL_ENGINE })
@Index(['owner'], { unique: true })
export class WriterEntity {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  /** The process that has it, if one does. */
  @Column({ name: 'owner', type: 'varchar', length: 36, nullable: true })
  owner!: string | null;

  /** Counts the writings. */
  @Column({ name: 'beat', type: 'int', transformer: asNumber })
  beat!: number;
}
