import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { describe, expect, it } from 'vitest';
import type { Done } from '../../lib/isolation/moment/driver-connection.js';
import { firstWords } from '../../lib/isolation/moment/first-words.js';
import { oneAtATime } from '../../lib/isolation/moment/one-at-a-time.js';
import { findDialect } from '../../lib/isolation/moment/snapshot-dialect.js';

const dialectOf = (type: string) => findDialect(new DataSource({ type } as DataSourceOptions));

describe('the first words of a statement', () => {
  it('are found behind white space, comments and brackets, in lower case', () => {
    expect(firstWords(' \n/* a */ -- b\n /* c; */(SELECT 1)')).toBe('select');
    expect(firstWords('START  /* now */ TRANSACTION read only')).toBe('start transaction read');
    expect(['', '/* SELECT', '--', '1 SELECT'].map(firstWords)).toEqual(['', '', '', '']);
  });

  it('take time in proportion to the statement, whatever it is', () => {
    const parts = fc.array(fc.constantFrom('/*', '*/', '--', '\n', ' ', '(', 'a', '/', '*'), { size: 'large', maxLength: 3_000 });
    fc.assert(
      fc.property(parts, (list) => {
        const begun = process.cpuUsage();
        firstWords(list.join(''));
        const { user, system } = process.cpuUsage(begun);
        return user + system < 100_000;
      }),
    );
  });
});

describe('a statement on a snapshot', () => {
  const kinds = (type: string, statements: readonly string[]) => statements.map((one) => dialectOf(type)?.classify(one));

  it('that begins or ends a transaction is told from others', () => {
    const control = ['BEGIN', 'START TRANSACTION', '/* x */ COMMIT', 'ROLLBACK TO SAVEPOINT typeorm_1', 'SAVEPOINT typeorm_1'];
    const level = ['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'RELEASE SAVEPOINT typeorm_1'];
    const others = ['SELECT begin FROM t', 'SELECT 1', 'WITH a AS (SELECT 1) SELECT * FROM a', 'SHOW server_version'];
    for (const type of ['postgres', 'mysql', 'mariadb']) {
      expect(new Set(kinds(type, [...control, ...level]))).toEqual(new Set(['transaction']));
      expect(new Set(kinds(type, others))).toEqual(new Set(['read']));
    }
  });

  it('on MySQL and MariaDB, is not sent if it could end the transaction or lock rows', () => {
    const writes = [
      'INSERT INTO t VALUES (1)',
      'TRUNCATE t',
      'CREATE TABLE t (a int)',
      'CALL p()',
      'SELECT * FROM t FOR  UPDATE',
    ];
    const locks = ['select a from t lock in share mode', 'SELECT 1 FROM t FOR SHARE', 'LOCK TABLES t READ', ''];
    expect(new Set(kinds('mariadb', [...writes, ...locks]))).toEqual(new Set(['write']));
  });

  it('is not sent if another one behind it could end the transaction', () => {
    const ending = [
      'SELECT 1; COMMIT; DELETE FROM t',
      'SELECT 1;/* x */ end;',
      'SELECT 1; ROLLBACK WORK',
      "SELECT 1; PREPARE TRANSACTION 'a'",
    ];
    const reading = [
      'SELECT 1; SELECT 2',
      'SELECT 1;',
      'SELECT 1; ROLLBACK TO a',
      'SELECT CASE WHEN a THEN 1 END FROM t; SELECT 1',
    ];
    expect(new Set(kinds('postgres', ending))).toEqual(new Set(['write']));
    expect(new Set(kinds('postgres', reading))).toEqual(new Set(['read']));

    const several = findDialect(new DataSource({ type: 'mysql', multipleStatements: true }));
    const writing = [...ending, 'SELECT 1; TRUNCATE t'];
    expect(writing.map((one) => several?.classify(one))).toEqual(writing.map(() => 'write'));
    expect(['SELECT 1; SELECT 2;', 'SELECT 1'].map((one) => several?.classify(one))).toEqual(['read', 'read']);
    expect(kinds('mysql', ["SELECT 'a; b'"])).toEqual(['read']);
  });

  it('is none where there are no snapshots', () => {
    expect(findDialect(new DataSource({ type: 'better-sqlite3', database: ':memory:' }))).toBeUndefined();
  });
});

describe('a connection that several runners share', () => {
  class Client extends EventEmitter {
    readonly sent: unknown[] = [];
    readonly #answers: ((error?: Error) => void)[] = [];

    query(statement: unknown, ...rest: unknown[]): unknown {
      this.sent.push(statement);
      const done = rest.at(-1);
      if (typeof done === 'function') {
        this.#answers.push((error) => (done as Done)(error, statement));
        return undefined;
      }
      return new Promise((resolve, reject) => this.#answers.push((error) => (error ? reject(error) : resolve(statement))));
    }

    async answer(error?: Error): Promise<void> {
      this.#answers.shift()?.(error);
      await new Promise(setImmediate);
    }
  }

  it('has one statement at a time, also after one that fails, in the order in which they came', async () => {
    const client = new Client();
    const shared = oneAtATime(client);
    const first = shared.query('first', undefined as never) as Promise<unknown>;
    const second = new Promise((resolve) => shared.query('second', (error, result) => resolve([error, result])));
    const third = new Promise((resolve) => shared.query('third', (error) => resolve(error)));
    await new Promise(setImmediate);
    expect(client.sent).toEqual(['first']);
    await client.answer(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    expect(client.sent).toEqual(['first', 'second']);
    await client.answer();
    expect(await second).toEqual([undefined, 'second']);
    await client.answer(new Error('too'));
    expect(await third).toMatchObject({ message: 'too' });
  });

  it('passes on what is no statement, and all else that the connection can', () => {
    const client = new Client();
    const shared = oneAtATime(client) as unknown as Client;
    const cursor = { submit: () => undefined };
    void shared.query('first');
    void shared.query(cursor);
    expect(client.sent).toEqual([cursor]);
    shared.on('notice', () => undefined);
    expect(client.listenerCount('notice')).toBe(1);
  });
});
