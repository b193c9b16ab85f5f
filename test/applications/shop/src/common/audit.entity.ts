import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What the application noted. */
@Entity()
export class AuditEntry {
  @PrimaryGeneratedColumn()
  id: number;

  @Column()
  kind: string;

  @Column('text')
  detail: string;

  @Column({ type: 'varchar', nullable: true })
  requestId: string | null;
}
