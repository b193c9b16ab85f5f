import {
  ClientProxyFactory,
  type ClientOptions,
  type ClientProxy,
  type GrpcOptions,
  type KafkaOptions,
  type TcpOptions,
} from '@nestjs/microservices';
import { lastValueFrom, timeout, toArray } from 'rxjs';
import type { BrokerOptions } from '../../src/messages/transports';
import { named } from '../../src/settings';
import { Database } from '../database';
import type { Record } from '../integration';

/** ms for an answer. Some transports answer nothing to a pattern that nobody handles. */
const PATIENCE = 1_000;

/** Asks and tells the application's handlers over one transport. */
export async function playStock(via: string, options: BrokerOptions | TcpOptions, record: Record): Promise<void> {
  const packets: unknown[] = [];
  const client = await connect(options, packets);
  const ask = async (pattern: string, data: object) => {
    const answers = client.send<unknown>(named(pattern), data).pipe(timeout(PATIENCE), toArray());
    const answer = await lastValueFrom(answers).catch((error: unknown) => ({ error: describe(error) }));
    record(`${pattern} ${JSON.stringify(data)}`, { answer, packets: packets.splice(0) });
  };
  await ask('stock.check', { product: 1, quantity: 3 });
  await ask('stock.check', { product: 1, quantity: 95 });
  await ask('stock.check', { product: 1, quantity: 101 });
  await ask('stock.watch', { product: 2, quantity: 5 });
  await ask('stock.how', { product: 3, quantity: 1 });
  await ask('stock.unknown', {});

  const database = await Database.open();
  const before = (await database.notes('stock counted')).length;
  const counted = [1, 2, 3];
  for (const quantity of counted)
    await lastValueFrom(client.emit(named('stock.counted'), { product: 1, quantity, via }), { defaultValue: 0 });
  const notes = await database.awaitNotes('stock counted', before + counted.length);
  record('noted events', notes);
  await database.close();
  await client.close();
}

/** Makes a client that keeps the packets of answers, without their random ids. */
async function connect(options: BrokerOptions | TcpOptions, packets: unknown[]): Promise<ClientProxy> {
  // A server's options over TCP fit a client, but for their type.
  const client = ClientProxyFactory.create(options as Exclude<ClientOptions, GrpcOptions | KafkaOptions>);
  const internal = client as unknown as { deserializer: { deserialize(value: unknown, options: unknown): unknown } };
  const { deserializer } = internal;
  const deserialize = deserializer.deserialize.bind(deserializer);
  deserializer.deserialize = (value, more) => {
    const packet = deserialize(value, more);
    void Promise.resolve(packet).then((resolved) => packets.push({ ...(resolved as object), id: undefined }));
    return packet;
  };
  await client.connect();
  return client;
}

/** Leaves out where an error was thrown. */
function describe(error: unknown): unknown {
  return error instanceof Error ? { name: error.name, message: error.message } : error;
}
