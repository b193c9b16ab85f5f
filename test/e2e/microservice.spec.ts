import type { AddressInfo, Server } from 'node:net';
import { Controller, Inject, Injectable, type INestMicroservice } from '@nestjs/common';
import {
  ClientProxyFactory,
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
  TcpContext,
  Transport,
} from '@nestjs/microservices';
import { firstValueFrom, from, toArray, type Observable } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Candidate, Experiment } from '../../lib/index.js';
import { anApp } from '../support/app.js';

@Injectable()
class Rates {
  readonly asked: unknown[][] = [];

  @Candidate({ experiment: 'rate' })
  rate(...args: unknown[]) {
    this.asked.push(args);
    return { rate: 8 };
  }
}

@Controller()
class RatesController {
  readonly heard: string[] = [];

  constructor(@Inject(Rates) readonly rates: Rates) {}

  @MessagePattern('rate')
  @Experiment({ name: 'rate', percentEnabled: 100 })
  async rate(@Payload() payload: { currency: string }, @Ctx() context: TcpContext) {
    return Promise.resolve({ rate: 7, currency: payload.currency, pattern: context.getPattern() });
  }

  @Experiment({ name: 'several', candidate: 'severalV2', percentEnabled: 100 })
  @MessagePattern('several')
  several(@Payload() count: number): Observable<number> {
    return from(Array.from({ length: count }, (_, index) => index));
  }

  severalV2(count: number): Observable<number> {
    return from(Array.from({ length: count }, (_, index) => index));
  }

  @MessagePattern('refused')
  @Experiment({ name: 'refused', candidate: 'refusedV2', percentEnabled: 100 })
  refused(): string {
    throw new RpcException('The old code refuses.');
  }

  refusedV2() {
    return 'allowed';
  }

  @EventPattern('told')
  @Experiment({ name: 'told', candidate: 'toldV2', percentEnabled: 100 })
  told(@Payload() what: string) {
    this.heard.push(`control ${what}`);
  }

  toldV2(what: string) {
    this.heard.push(`candidate ${what}`);
  }
}

describe('@Experiment on a message handler over TCP', () => {
  async function start() {
    let microservice: INestMicroservice | undefined;
    const app = await anApp()
      .testing()
      .controllers(RatesController)
      .providers(Rates)
      .configure(async (nest) => {
        microservice = nest.connectMicroservice({ transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } });
        await nest.startAllMicroservices();
      })
      .start();
    const { port } = microservice?.unwrap<Server>().address() as AddressInfo; // it listens to TCP
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
    onTestFinished(async () => {
      await client.close();
    });
    return { app, client };
  }

  it('answers what the control gives, and hands the candidate the same payload and context', async () => {
    const { app, client } = await start();

    expect(await firstValueFrom(client.send<unknown>('rate', { currency: 'yen' }))).toEqual({
      rate: 7,
      currency: 'yen',
      pattern: 'rate',
    });
    await app.whenIdle();

    const [args] = app.provider(Rates).asked;
    expect(args?.[0]).toEqual({ currency: 'yen' });
    expect(args?.[1]).toBeInstanceOf(TcpContext);
    expect(app.results.results('rate').map(({ mismatched }) => mismatched)).toEqual([true]);
  });

  it('hands on all that an Observable emits, and compares it', async () => {
    const { app, client } = await start();

    expect(await firstValueFrom(client.send<number>('several', 4).pipe(toArray()))).toEqual([0, 1, 2, 3]);
    await app.whenIdle();

    expect(app.results.results('several').map(({ matched }) => matched)).toEqual([true]);
  });

  it('answers the error of the control', async () => {
    const { app, client } = await start();

    await expect(firstValueFrom(client.send('refused', {}))).rejects.toEqual({
      status: 'error',
      message: 'The old code refuses.',
    });
    await app.whenIdle();

    expect(app.results.results('refused').map(({ mismatched }) => mismatched)).toEqual([true]);
  });

  it('runs for events too', async () => {
    const { app, client } = await start();

    await firstValueFrom(client.emit('told', 'news'), { defaultValue: undefined });
    await vi.waitFor(() => expect(app.provider(RatesController).heard).toEqual(['control news', 'candidate news']));
    await app.whenIdle();

    expect(app.results.results('told').map(({ matched }) => matched)).toEqual([true]);
  });
});
