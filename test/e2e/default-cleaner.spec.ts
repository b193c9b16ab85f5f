import { Controller, Get, Inject } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { Column, DataSource, Entity, ManyToOne, OneToMany, PrimaryColumn, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { expect, it } from 'vitest';
import { Experiment, STUDIES_ENTITIES } from '../../lib/index.js';
import { anApp, sqlite } from '../support/app.js';

@Entity()
class Customer {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  email!: string;

  @OneToMany(() => Purchase, ({ customer }) => customer)
  purchases!: Promise<Purchase[]>;
}

@Entity()
class Purchase {
  @ManyToOne(() => Customer, { lazy: true })
  customer!: Promise<Relation<Customer>>;

  @PrimaryColumn({ type: 'text' })
  shop!: string;

  @PrimaryColumn({ type: 'integer' })
  number!: number;
}

/** Is known by whom it belongs to. */
@Entity()
class Profile {
  @ManyToOne(() => Customer)
  @PrimaryColumn({ name: 'customerId', type: 'integer' })
  customer!: Relation<Customer>;
}

@Entity()
class Parcel {
  @PrimaryColumn({ type: 'text' })
  code!: string;

  @Column({ type: 'text' })
  address!: string;
}

class Greeter extends Customer {
  greet() {
    return `Hello, ${this.email}`;
  }
}

@Controller('customers')
class CustomersController {
  purchase: Purchase | undefined;

  constructor(
    @Inject(getDataSourceToken()) private readonly shop: DataSource,
    @Inject(getDataSourceToken('post')) private readonly post: DataSource,
  ) {}

  @Get()
  @Experiment({ name: 'customers', candidate: 'allV2', percentEnabled: 100 })
  all() {
    return this.shop.getRepository(Customer).find({ order: { id: 'ASC' } });
  }

  async allV2() {
    const [customers, total] = await this.shop.getRepository(Customer).findAndCount({ order: { id: 'DESC' } });
    const [purchase] = await this.shop.getRepository(Purchase).find();
    this.purchase = purchase;
    const [parcel] = await this.post.getRepository(Parcel).find();
    const greeter = Object.assign(new Greeter(), { id: 9, email: 'eve@example.com' });
    const profile = Object.assign(new Profile(), { customer: customers[0] });
    return [customers, { total, purchase, parcel, greeter, profile, isNew: new Customer() }] as never;
  }
}

it('entities of any data source are told by class and id, without loading or telling what is theirs', async () => {
  const entities = [...STUDIES_ENTITIES, Customer, Purchase, Profile];
  const app = await anApp()
    .databases(
      sqlite({ autoLoadEntities: false, entities }),
      TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        name: 'post',
        database: ':memory:',
        entities: [Parcel],
        synchronize: true,
      }),
    )
    .controllers(CustomersController)
    .start();
  const source = app.dataSource();
  await source.synchronize();
  const ann = await source.manager.save(source.manager.create(Customer, { email: 'ann@example.com' }));
  await source.manager.save(source.manager.create(Customer, { email: 'bob@example.com' }));
  await source.manager.save(Object.assign(new Purchase(), { shop: 'north', number: 7, customer: Promise.resolve(ann) }));
  await app.dataSource('post').manager.save(Object.assign(new Parcel(), { code: 'P1', address: 'Nowhere 5' }));

  expect((await app.get('/customers')).status).toBe(200);
  await app.whenIdle();

  const [result] = app.results.results('customers');
  expect(result?.control.cleanedValue).toEqual({ Customer: [1, 2] });
  expect(result?.candidates[0]?.cleanedValue).toEqual([
    { Customer: [2, 1] },
    {
      total: 2,
      purchase: { entity: 'Purchase', id: { shop: 'north', number: 7 } },
      parcel: { entity: 'Parcel', id: 'P1' },
      greeter: { entity: 'Customer', id: 9 },
      profile: { entity: 'Profile', id: 2 },
      isNew: { entity: 'Customer', id: undefined },
    },
  ]);
  expect(JSON.stringify(result)).not.toMatch(/example\.com|Nowhere/);
  expect(JSON.stringify((await app.experiments.results('customers')).items)).not.toMatch(/example\.com|Nowhere/);
  const { purchase } = app.provider(CustomersController);
  const loading = () => Object.getOwnPropertyNames(purchase).filter((name) => name.startsWith('__'));
  expect(loading()).toEqual([]);
  await purchase?.customer;
  expect(loading()).not.toEqual([]);
  expect(app.failures).toEqual([]);
});
