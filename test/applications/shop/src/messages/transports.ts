import {
  Transport,
  type GrpcOptions,
  type MqttOptions,
  type NatsOptions,
  type RedisOptions,
  type RmqOptions,
  type TcpOptions,
} from '@nestjs/microservices';
import { join } from 'node:path';
import { named, settings } from '../settings';

/** Options of a broker, of the application and of its clients. */
export type BrokerOptions = RedisOptions | NatsOptions | RmqOptions | MqttOptions;

/** Options of the transports whose servers run, by name. */
export const brokers: Readonly<Record<string, BrokerOptions>> = {
  ...(settings.redis && { Redis: redis(settings.redis) }),
  ...(settings.nats && { NATS: nats(settings.nats) }),
  ...(settings.rabbitmq && { RabbitMQ: rabbitmq(settings.rabbitmq, 'stock') }),
  ...(settings.mqtt && { MQTT: { transport: Transport.MQTT, options: { url: settings.mqtt } } }),
};

export const tcp: TcpOptions = {
  transport: Transport.TCP,
  options: { host: '127.0.0.1', port: settings.ports.tcp },
};

export const grpc: GrpcOptions = {
  transport: Transport.GRPC,
  options: {
    package: 'stock',
    protoPath: join(__dirname, 'stock.proto'),
    url: `127.0.0.1:${settings.ports.grpc}`,
    loader: { defaults: true },
  },
};

/** A queue whose messages have to be acknowledged by hand. */
export function acknowledged(): RmqOptions[] {
  return settings.rabbitmq === undefined ? [] : [rabbitmq(settings.rabbitmq, 'parcels', false)];
}

function redis(url: string): RedisOptions {
  const { hostname, port } = new URL(url);
  return { transport: Transport.REDIS, options: { host: hostname, port: Number(port) } };
}

function nats(url: string): NatsOptions {
  return { transport: Transport.NATS, options: { servers: [url] } };
}

function rabbitmq(url: string, queue: string, noAck = true): RmqOptions {
  const queueOptions = { durable: false, autoDelete: true };
  return { transport: Transport.RMQ, options: { urls: [url], queue: named(queue), queueOptions, noAck } };
}
