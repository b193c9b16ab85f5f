import { Injectable, Logger } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  Column,
  Entity,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  type DataSource,
  type Relation,
  type Repository,
} from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import { Experiment, StudiesError, type RunMode } from '../../lib/index.js';
import { anApp, type RunningApp } from '../support/app.js';
import { heldDatabases } from '../support/held.databases.js';

@Entity('argued_author')
class Author {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ type: 'varchar', length: 50 }) name!: string;
  @OneToMany(() => Book, ({ author }) => author, { lazy: true, cascade: true }) books!: Promise<Book[]>;
}

@Entity('argued_book')
class Book {
  @PrimaryGeneratedColumn() id!: number;
  @Column({ type: 'varchar', length: 50 }) title!: string;
  @ManyToOne(() => Author, ({ books }) => books, { lazy: true }) author!: Promise<Relation<Author>>;
}

const MODES: readonly RunMode[] = ['shadow', 'parallel', 'serial'];

/** What a candidate does to an entity. */
const ACTS: Readonly<Record<string, (author: Author) => unknown>> = {
  'sets a column': (author) => (author.name = 'candidate'),
  'sets a lazy relation': (author) => (author.books = Promise.resolve([])),
  'empties what a lazy relation gives': async (author) => {
    for (const book of await author.books) book.title = 'candidate';
    (await author.books).length = 0;
  },
  'changes what is loaded of it': (author) => Object.assign(author, { __books__: [], __has_books__: true }),
  'changes what leads back to it': async (author) => {
    const [book] = await author.books;
    if (book !== undefined) (await book.author).name = 'candidate';
  },
};

const SQLITE = { type: 'better-sqlite3' as const, database: ':memory:', entities: [Author, Book], synchronize: true };

const { databases, remove } = await heldDatabases();
afterAll(remove);

describe.each(databases)('an entity with a lazy relation, on $name', ({ options }) => {
  it.each(Object.keys(ACTS))('is saved as its caller has changed it, when a candidate %s', { timeout: 60_000 }, async (act) => {
    const app = await start();
    const source = app.dataSource();
    try {
      for (const mode of MODES) {
        for (const isLoaded of [false, true]) {
          const author = await stored(source, isLoaded);
          const given: unknown[] = [];
          const titlesOf = async (one: Author) => [one.name, (await one.books).map(({ title }) => title)];
          const call = app.experiments.wrap({
            name: `${mode} ${isLoaded}`,
            mode,
            order: 'controlLast',
            control: async (one: Author) => [one === author, one.name],
            candidate: async (one: Author) => {
              given.push(one === author, one instanceof Author, await titlesOf(one));
              await ACTS[act]?.(one);
              return [false, one.name];
            },
          });
          expect(await call(author)).toEqual([true, 'author']);
          await app.whenIdle();
          expect(given).toEqual([false, true, ['author', ['one', 'two']]]);

          author.name = 'caller';
          for (const book of await author.books) book.title += ', by the caller';
          await source.manager.save(author);
          const saved = await source.manager.findOneByOrFail(Author, { id: author.id });
          expect(await titlesOf(saved)).toEqual(['caller', ['one, by the caller', 'two, by the caller']]);
        }
      }
      expect(app.failures).toEqual([]);
    } finally {
      await source.query('DROP TABLE argued_book');
      await source.query('DROP TABLE argued_author');
    }
  });

  function start(): Promise<RunningApp> {
    const module = TypeOrmModule.forRoot({ ...options, entities: [Author, Book], synchronize: true });
    return anApp().testing().databases(module).start();
  }
});

/** Saves an author of two books, and reads it. */
async function stored(source: DataSource, isLoaded: boolean): Promise<Author> {
  const books = ['one', 'two'].map((title) => Object.assign(new Book(), { title }));
  const { id } = await source.manager.save(Object.assign(new Author(), { name: 'author', books: Promise.resolve(books) }));
  return source.manager.findOneOrFail(Author, { where: { id }, relations: { books: isLoaded } });
}

@Injectable()
class Prices {
  #cents = 100;
  read() {
    return this.#cents;
  }
}

/** Of a provider's class, which Nest has not made. */
class Client {
  #isOpen = true;
  read() {
    return this.#isOpen;
  }
}

class Money {
  #cents = 100;
  read() {
    return this.#cents;
  }
}

class Cart {
  items = [1];
  constructor(readonly prices: Prices) {}
}

const given: unknown[][] = [];

@Injectable()
class Shop {
  @Experiment({ candidate: 'buyV2', percentEnabled: 100 })
  buy(...things: unknown[]): number {
    return things.length;
  }

  buyV2(...things: unknown[]): number {
    given.push(things);
    return things.length;
  }
}

describe('services as arguments', () => {
  it('are shared: providers, instances of their classes, and what TypeORM works with; also within what is copied', async () => {
    const client = { provide: 'CLIENT', useFactory: () => new Client() };
    const app = await anApp().testing().databases(TypeOrmModule.forRoot(SQLITE)).providers(Shop, Prices, client).start();
    const source = app.dataSource();
    const repository: Repository<Author> = source.getRepository(Author);
    const services = [app.provider(Prices), new Prices(), new Client(), source, source.manager, repository, new Logger('shop')];
    const cart = new Cart(app.provider(Prices));
    app.provider(Shop).buy(...services, cart, { repository, list: [1] });
    await app.whenIdle();
    const things = given.pop() ?? [];
    // A logger is no more than the data of its name, and is copied.
    expect(services.map((service, index) => service === things[index])).toEqual([...Array<boolean>(6).fill(true), false]);
    const [copy, holder] = things.slice(-2) as [Cart, { repository: unknown }];
    expect([copy === cart, copy.items === cart.items, copy.prices === cart.prices]).toEqual([false, false, true]);
    expect(holder.repository).toBe(repository);
    expect(app.failures).toEqual([]);
  });

  it('are told from other instances that can not be copied, of which the operator hears once', async () => {
    const app = await anApp().testing().databases().providers(Shop).start();
    for (let call = 0; call < 2; call += 1) app.provider(Shop).buy({ price: new Money() });
    await app.whenIdle();
    expect(given).toEqual([]);
    expect(app.failures.map(({ error }) => (error instanceof StudiesError ? error.code : error))).toEqual(['LIVE_ARGUMENTS']);
    expect((app.failures[0]?.error as StudiesError).message).toContain('argument 1, at ".price", is an instance of Money');
  });
});
