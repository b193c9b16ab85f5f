import { Module } from '@nestjs/common';
import { ClientProxyFactory, Transport, type ClientProxy } from '@nestjs/microservices';
import { settings, named } from '../settings';
import { AcknowledgedController } from './acknowledged.controller';
import { GrpcController } from './grpc.controller';
import { BROKERS, OutboxService } from './outbox.service';
import { StockController } from './stock.controller';
import { StockService } from './stock.service';
import { brokers, type BrokerOptions } from './transports';

@Module({
  controllers: [StockController, GrpcController, ...(settings.rabbitmq === undefined ? [] : [AcknowledgedController])],
  providers: [StockService, OutboxService, { provide: BROKERS, useFactory: connectBrokers }],
})
export class MessagesModule {}

/** Makes a client of each broker. On RabbitMQ, orders go to a queue of their own, as they are for others. */
function connectBrokers(): Record<string, ClientProxy> {
  const clients = Object.entries(brokers).map(([name, broker]) => [name, ClientProxyFactory.create(forOrders(broker))]);
  return Object.fromEntries(clients);
}

function forOrders(broker: BrokerOptions): BrokerOptions {
  if (broker.transport !== Transport.RMQ) return broker;
  return { ...broker, options: { ...broker.options, queue: named('orders') } };
}
