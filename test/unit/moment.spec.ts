import { EventEmitter } from 'node:events';
import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import type { Done } from '../../lib/isolation/moment/driver-connection.js';
import { oneAtATime } from '../../lib/isolation/moment/one-at-a-time.js';
import { findDialect } from '../../lib/isolation/moment/snapshot-dialect.js';

describe('a snapshot', () => {
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
