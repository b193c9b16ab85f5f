import { Exclude, Expose } from 'class-transformer';
import { Column, Entity, Index, OneToMany, PrimaryGeneratedColumn } from 'typeorm';
import { Order } from '../orders/order.entity';

export type Role = 'admin' | 'customer';

/** Somebody who can log in. */
@Entity('users')
export class User {
  @PrimaryGeneratedColumn()
  id: number;

  @Index({ unique: true })
  @Column()
  email: string;

  @Exclude()
  @Column({ select: false })
  passwordHash: string;

  /** Shown to administrators alone. */
  @Expose({ groups: ['admin'] })
  @Column({ type: 'varchar' })
  role: Role;

  @Column()
  createdAt: Date;

  @OneToMany(() => Order, (order) => order.customer)
  orders?: Order[];
}
