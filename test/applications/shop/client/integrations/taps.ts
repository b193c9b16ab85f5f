import { connect as connectAmqp } from 'amqplib';
import { Redis } from 'ioredis';
import { connectAsync } from 'mqtt';
import { named, settings } from '../../src/settings';
import { connectNats } from './nats';

type Stop = () => Promise<unknown>;
type Tap = (subject: string, hear: (bytes: Buffer) => void) => Promise<Stop>;

/** Listen to what the application emits, past Nest. */
export const taps: { readonly [broker: string]: Tap } = {
  async Redis(channel, hear) {
    const redis = new Redis(settings.redis ?? '');
    redis.on('messageBuffer', (_channel: Buffer, message: Buffer) => hear(message));
    await redis.subscribe(channel);
    return () => redis.quit();
  },

  async NATS(subject, hear) {
    const connection = await connectNats(settings.nats ?? '');
    connection.subscribe(subject, { callback: (_error, message) => hear(Buffer.from(message.data)) });
    await connection.flush();
    return () => connection.close();
  },

  /** Reads the queue, in which messages have waited since it was made. */
  async RabbitMQ(_subject, hear) {
    const connection = await connectAmqp(settings.rabbitmq ?? '');
    const channel = await connection.createChannel();
    await channel.assertQueue(named('orders'), { durable: false, autoDelete: true });
    await channel.consume(named('orders'), (message) => message && hear(describeAmqp(message)), { noAck: true });
    return () => connection.close();
  },

  async MQTT(topic, hear) {
    const client = await connectAsync(settings.mqtt ?? '');
    client.on('message', (_topic, payload) => hear(payload));
    await client.subscribeAsync(topic);
    return () => client.endAsync();
  },
};

/** Tells a message with the properties that its sender has set. */
function describeAmqp({ content, properties }: { content: Buffer; properties: object }): Buffer {
  const set = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Buffer.from(JSON.stringify({ properties: Object.fromEntries(set), content: content.toString('latin1') }));
}
