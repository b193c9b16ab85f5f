import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { asNumber } from '../../database/columns.js';
import { MYSQL_ENGINE, WRITER_TABLE } from '../../database/tables.js';

/**
 * A writer number. One process at a time uses it to write its tallies.
 *
 * @publicApi
 */
@Entity({ name: WRITER_TABLE, engine: MYSQL_ENGINE })
@Index(['owner'], { unique: true })
export class WriterEntity {
  @PrimaryGeneratedColumn({ name: 'id', type: 'integer' })
  id!: number;

  /** Process that holds the number; null if it is free. */
  @Column({ name: 'owner', type: 'varchar', length: 36, nullable: true })
  owner!: string | null;

  /** Counter that each write increments. */
  @Column({ name: 'beat', type: 'int', transformer: asNumber })
  beat!: number;
}
