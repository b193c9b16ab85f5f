import { setTimeout as pause } from 'node:timers/promises';
import { Controller, type Type } from '@nestjs/common';
import { ClientProxyFactory, Ctx, EventPattern, MessagePattern, Payload, RmqContext, Transport } from '@nestjs/microservices';
import type { Channel, ConsumeMessage } from 'amqplib';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { anApp } from '../support/app.js';
import { hasRabbitMq, RABBITMQ, WatchedQueue } from '../support/rabbitmq.js';

const MODES = ['shadow', 'parallel', 'serial'] as const;

/** ms after which the candidate that is late counts as timed out. */
const TIMEOUT = 50;

/** What the broker is told, as the channel is called. */
type Told = [string, number | undefined][];

type Answering = 'ack' | 'nack' | 'reject' | 'ackAll' | 'nackAll';

/** Answers for a message in every way that there is, each of which closes the channel for a message that is answered already. */
function answerAll(context: unknown): string {
  const { channel, message } = partsOf(context);
  channel.ack(message);
  channel.nack(message);
  channel.reject(message);
  channel.ackAll();
  channel.nackAll();
  return 'answered';
}

function partsOf(context: unknown): { channel: Channel; message: ConsumeMessage } {
  const given = context as RmqContext; // of the handler of an event, Nest does not say so
  return { channel: given.getChannelRef() as Channel, message: given.getMessage() as ConsumeMessage }; // Nest has no types for them
}

/** A class of its own for each mode, since options are those of a class. */
function controllerOf(mode: (typeof MODES)[number]): Type<{ channel: Channel | undefined; late: Promise<unknown>[] }> {
  @Controller()
  class OrdersController {
    channel: Channel | undefined;
    readonly late: Promise<unknown>[] = [];

    @MessagePattern('order')
    @Experiment({ name: 'order', candidate: 'orderV2', percentEnabled: 100, mode })
    order(@Payload() order: { id: number }, @Ctx() context: RmqContext): string {
      this.control(context);
      return `order ${order.id} of ${context.getPattern()}`;
    }

    orderV2(order: { id: number }, context: RmqContext): string {
      answerAll(context);
      return `order ${order.id} of ${context.getPattern()}`;
    }

    @EventPattern('later')
    @Experiment({ name: 'later', candidate: 'laterV2', percentEnabled: 100, mode })
    async later(@Payload() _order: object, @Ctx() context: unknown): Promise<string> {
      await pause(5);
      this.control(context);
      return 'answered';
    }

    async laterV2(_order: object, context: unknown): Promise<string> {
      answerAll(context);
      await pause(20);
      return answerAll(context);
    }

    @EventPattern('overdue')
    @Experiment({ name: 'overdue', candidate: 'overdueV2', percentEnabled: 100, mode, timeout: TIMEOUT })
    async overdue(@Payload() _order: object, @Ctx() context: unknown): Promise<string> {
      await Promise.resolve();
      this.control(context);
      return 'answered';
    }

    overdueV2(_order: object, context: unknown): Promise<string> {
      const late = pause(2 * TIMEOUT).then(() => answerAll(context));
      this.late.push(late);
      return late;
    }

    private control(context: unknown): void {
      const { channel, message } = partsOf(context);
      this.channel = channel;
      channel.ack(message);
    }
  }
  return OrdersController;
}

/** Notes what the control's channel is called with, and what becomes of it. */
function spied(channel: Channel): { told: Told; closed: () => number } {
  const told: Told = [];
  for (const name of ['ack', 'nack', 'reject', 'ackAll', 'nackAll'] as const satisfies Answering[]) {
    const original = Reflect.get(channel, name) as (...args: unknown[]) => unknown; // one of its methods
    vi.spyOn(channel, name).mockImplementation((...args: unknown[]) => {
      told.push([name, (args[0] as ConsumeMessage | undefined)?.fields.deliveryTag]); // the message, if any
      return original.apply(channel, args);
    });
  }
  const closing = vi.fn();
  channel.on('close', closing).on('error', closing);
  return { told, closed: () => closing.mock.calls.length };
}

describe.runIf(await hasRabbitMq()).each(MODES)('a handler of RabbitMQ that acknowledges its messages, in %s mode', (mode) => {
  async function start() {
    const queue = await WatchedQueue.make(`studies-${mode}-${process.pid}`);
    const options = { urls: [RABBITMQ], queue: queue.name, queueOptions: { durable: false } };
    const controller = controllerOf(mode);
    const app = await anApp()
      .testing()
      .controllers(controller)
      .configure(async (nest) => {
        nest.connectMicroservice({ transport: Transport.RMQ, options: { ...options, noAck: false, prefetchCount: 100 } });
        await nest.startAllMicroservices();
      })
      .start();
    const client = ClientProxyFactory.create({ transport: Transport.RMQ, options });
    onTestFinished(async () => {
      await client.close();
      await app.close();
      await queue.remove();
    });
    const answers = await firstValueFrom(client.send<string>('order', { id: 0 }));
    expect(answers).toBe('order 0 of order');
    const { channel, late } = app.provider(controller);
    if (channel === undefined) throw new Error('The control was given no channel.');
    return { app, queue, client, late, ...spied(channel) };
  }

  it('does so once for each message, whatever its candidate does, early, late or too late', async () => {
    const { app, queue, client, late, told, closed } = await start();

    for (let id = 1; id <= 5; id += 1) {
      expect(await firstValueFrom(client.send<string>('order', { id }))).toBe(`order ${id} of order`);
      await firstValueFrom(client.emit('later', { id }), { defaultValue: undefined });
      await firstValueFrom(client.emit('overdue', { id }), { defaultValue: undefined });
    }
    await vi.waitFor(() => expect([told.length, late.length]).toEqual([15, 5]), 10_000);
    await app.whenIdle();
    await Promise.all(late);

    expect(new Set(told.map(([name]) => name))).toEqual(new Set(['ack']));
    expect(new Set(told.map(([, tag]) => tag)).size).toBe(15);
    expect(closed()).toBe(0);
    const outcomes = (name: string) => new Set(app.results.results(name).map(({ candidates }) => candidates[0]?.outcome));
    expect(['order', 'later', 'overdue'].map(outcomes)).toEqual([
      new Set(['matched']),
      new Set(['matched']),
      new Set(['timedOut']),
    ]);
    expect(app.failures).toEqual([]);
    // The same channel still takes messages, and nothing comes back to the queue when it is closed.
    expect(await firstValueFrom(client.send<string>('order', { id: 6 }))).toBe('order 6 of order');
    await client.close();
    await app.close();
    expect(await queue.left()).toEqual([]);
  });
});
