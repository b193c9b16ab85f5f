import { Injectable, Optional, Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import type { ClientProxy } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { Tried } from '../experiments/tried';
import { named } from '../settings';

/** Clients of the brokers that run, by name. */
export const BROKERS = Symbol('brokers');

/** Tells other services of orders. */
@Injectable()
export class OutboxService implements OnApplicationBootstrap {
  constructor(@Optional() @Inject(BROKERS) private readonly brokers: Readonly<Record<string, ClientProxy>> = {}) {}

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all(Object.values(this.brokers).map((broker) => broker.connect()));
  }

  @OnEvent('order.placed')
  @Tried('outbox-service.tell')
  async tell(order: { id: number; total: number }): Promise<void> {
    for (const [via, broker] of Object.entries(this.brokers)) await this.emit(broker, { ...order, via });
  }

  /** Emits one message. Its first argument is a client, which is a service. */
  @Tried('outbox-service.emit')
  async emit(broker: ClientProxy, order: object): Promise<void> {
    await lastValueFrom(broker.emit(named('order.placed'), order), { defaultValue: undefined });
  }
}
