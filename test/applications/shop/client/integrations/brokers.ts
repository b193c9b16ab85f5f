import { lastValueFrom } from 'rxjs';
import { ClientProxyFactory } from '@nestjs/microservices';
import { acknowledged, brokers } from '../../src/messages/transports';
import { named } from '../../src/settings';
import { Database } from '../database';
import { authorize, Http } from '../http';
import type { Integration, Record } from '../integration';
import { until } from '../wait';
import { NATS_PACKAGE } from './nats';
import { playStock } from './rpc';
import { taps } from './taps';

const TRIED =
  'requests with one and with several answers, errors, contexts, an unknown pattern, events; emitted messages, byte by byte';

export const brokerIntegrations: readonly Integration[] = [
  broker('Redis', 'redis', 'ioredis'),
  broker('NATS', 'nats', NATS_PACKAGE),
  broker('RabbitMQ', 'rabbitmq', 'amqplib'),
  broker('MQTT', 'mqtt', 'mqtt'),
];

function broker(name: string, needs: NonNullable<Integration['needs']>, driver: string): Integration {
  return {
    name: `Microservices over ${name}`,
    packages: ['@nestjs/microservices', driver],
    tried: name === 'RabbitMQ' ? `${TRIED}; acknowledging by hand` : TRIED,
    needs,
    experiments: ['stock', 'outbox-service', ...(name === 'RabbitMQ' ? ['acknowledged'] : [])],
    async play(record) {
      const options = brokers[name];
      if (options === undefined) throw new Error(`The application has no options for ${name}.`);
      await playStock(name, options, record);
      await playOrder(name, record);
      if (name === 'RabbitMQ') await playParcels(record);
    },
  };
}

/** Places an order, and hears what the application tells others of it. */
async function playOrder(name: string, record: Record): Promise<void> {
  const heard: string[] = [];
  const stop = await taps[name]?.(named('order.placed'), (bytes) => heard.push(bytes.toString('latin1')));
  const http = new Http(record);
  const order = { lines: [{ productId: 2, quantity: 1 }] };
  const { body } = await http.post('/api/v1/orders', order, await authorize('bob@example.com'));
  const { id } = JSON.parse(body) as { id: number };
  await until(`a message over ${name}`, () => heard.some((message) => new RegExp(`"id\\\\?":${id},`).test(message)));
  record('emitted message', heard);
  await stop?.();
}

/** Sends parcels, each of which is refused once and then acknowledged. */
async function playParcels(record: Record): Promise<void> {
  const parcels = [1, 2, 3];
  for (const options of acknowledged()) {
    // A client's queue of replies is never acknowledged.
    const client = ClientProxyFactory.create({ ...options, options: { ...options.options, noAck: true } });
    await client.connect();
    for (const id of parcels) await lastValueFrom(client.emit(named('parcel'), { id }), { defaultValue: 0 });
    const database = await Database.open();
    record('acknowledged parcels', await database.awaitNotes('parcel', 2 * parcels.length));
    await database.close();
    await client.close();
  }
}
