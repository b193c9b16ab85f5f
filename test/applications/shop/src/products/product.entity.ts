import { Field, Float, ID, ObjectType } from '@nestjs/graphql';
import { Expose } from 'class-transformer';
import { Column, Entity, JoinTable, ManyToMany, PrimaryGeneratedColumn } from 'typeorm';
import { Category } from './category.entity';

/** Something that is sold. */
@ObjectType()
@Entity()
export class Product {
  @Field(() => ID)
  @PrimaryGeneratedColumn()
  id: number;

  @Field()
  @Column()
  name: string;

  @Field(() => Float)
  @Column('float')
  price: number;

  /** What it cost, for administrators. */
  @Expose({ groups: ['admin'] })
  @Column('float')
  cost: number;

  @Field(() => [Category])
  @ManyToMany(() => Category)
  @JoinTable()
  categories?: Category[];

  @Expose()
  get label(): string {
    return `${this.name} (${this.price})`;
  }
}
