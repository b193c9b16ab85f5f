import { connect } from 'amqplib';
import { createCache } from 'cache-manager';
import { Injectable, type Type } from '@nestjs/common';
import knex from 'knex';
import mongoose from 'mongoose';
import { describe, expect, it } from 'vitest';
import { Candidate, Experiment } from 'nestjs-studies';
import { findReachableClients } from '../../lib/effects/reachable/reachable-clients.js';
import { anApp } from '../support/app.js';
import { recordedLog } from '../support/log.js';
import { RABBITMQ } from '../support/rabbitmq.js';

@Injectable()
class Mailer {
  readonly transport = { sendMail: () => 1 };
}

@Injectable()
class Orders {
  readonly cache = createCache();
  readonly prices = new Map([['a', { sendMail: 5 }]]);
  constructor(readonly mailer: Mailer) {}

  @Experiment({ name: 'place', candidate: 'placeV2' })
  place(): number {
    return 1;
  }

  placeV2(): number {
    return 1;
  }
}

@Injectable()
class NewOrders {
  readonly redis = { sendCommand: () => 1, duplicate: () => 1 };

  @Candidate({ experiment: 'place', name: 'other' })
  place(): number {
    return 1;
  }
}

/** Lines about what candidates can reach, at the start of an application. */
async function told(options: object, ...providers: Type[]): Promise<unknown[]> {
  const log = recordedLog();
  const app = await anApp()
    .testing({ ...options })
    .providers(...providers)
    .start();
  await app.close();
  return log.map(({ message }) => message).filter((message) => String(message).includes('can reach'));
}

describe('what candidates can reach past the gates', () => {
  it('is told at the start, a line for each experiment', async () => {
    expect(await told({}, Mailer, Orders, NewOrders)).toEqual([
      'Experiment "place": its candidates can reach Orders.cache (a cache), Orders.mailer.transport (a transport of mail), ' +
        'NewOrders.redis (Redis). What they send there is not refused. Name the provider in the option "effects" of StudiesModule, or set ' +
        'writes: "allow" if it does no harm.',
    ]);
  });

  it('is not told of what is guarded, or may be sent', async () => {
    expect(await told({ effects: [Mailer] }, Mailer, Orders)).toEqual([
      expect.stringMatching(/can reach Orders\.cache \(a cache\)\. What/),
    ]);
    expect(await told({ defaults: { writes: 'allow' } }, Mailer, Orders)).toEqual([]);
    expect(await told({}, Mailer)).toEqual([]);
  });

  it('is recognised in real packages, and runs nothing of theirs', async () => {
    const connection = await connect(RABBITMQ);
    const host = {
      sql: knex({ client: 'pg' }),
      documents: mongoose.model('Reachable', new mongoose.Schema({})),
      broker: connection,
      channel: await connection.createChannel(),
      get secret(): never {
        throw new Error('An accessor ran.');
      },
      proxy: new Proxy({}, { get: () => () => 1 }),
      list: [1, 2, 3],
    };
    expect(findReachableClients(host, () => false)).toEqual([
      { place: 'Object.sql', kind: 'Knex' },
      { place: 'Object.documents', kind: 'a model of Mongoose' },
      { place: 'Object.broker', kind: 'AMQP' },
      { place: 'Object.channel', kind: 'a channel of AMQP' },
    ]);
    await connection.close();
  });

  it('is looked for in a bounded number of objects', () => {
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`p${String(index)}`, { index }]));
    const circular: Record<string, unknown> = { wide };
    circular['self'] = circular;
    expect(findReachableClients(circular, () => false)).toEqual([]);
  });
});
