import { Controller, Get, Injectable, Query } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Experiment, MismatchError, Publisher } from '../../lib/index.js';
import { RecordingPublisher } from '../../lib/testing/index.js';
import { anApp, PLATFORMS } from '../support/app.js';

@Injectable()
class Rates {
  @Experiment({ name: 'rates', candidate: 'rateV2' })
  rate(currency: string) {
    return currency.length;
  }

  rateV2(currency: string) {
    return currency.trim().length;
  }

  @Experiment({ name: 'later', candidate: 'laterV2', percentEnabled: 1 })
  async later(currency: string) {
    return Promise.resolve(currency.length);
  }

  async laterV2(currency: string) {
    return Promise.resolve(currency.trim().length);
  }
}

describe.each(PLATFORMS)('StudiesTestingModule over HTTP, on %s', (platform) => {
  @Controller('rates')
  class RatesController {
    @Get()
    @Experiment({ name: 'route', candidate: 'rateV2' })
    async rate(@Query('currency') currency: string) {
      return Promise.resolve({ rate: currency.length });
    }

    async rateV2(currency: string) {
      return Promise.resolve({ rate: currency.trim().length });
    }
  }

  it('runs each call, without a database and without an administration', async () => {
    const app = await anApp(platform).testing().controllers(RatesController).start();

    for (const currency of ['yen', 'euro']) await app.get(`/rates?currency=${currency}`);
    await app.whenIdle();

    expect(app.results.runs('route')).toBe(2);
    expect((await app.get('/studies/experiments')).status).toBe(404);
  });

  it('answers a difference with an error when it is told to', async () => {
    const app = await anApp(platform).testing({ raiseOnMismatch: true }).controllers(RatesController).start();

    expect((await app.get('/rates?currency=yen')).status).toBe(200);
    expect((await app.get('/rates?currency=yen%20')).status).toBe(500);
  });
});

describe('StudiesTestingModule', () => {
  it('runs every experiment at each call, whatever its code says', async () => {
    const app = await anApp().testing().providers(Rates).start();

    for (let call = 0; call < 10; call += 1) app.provider(Rates).rate('yen');
    await app.whenIdle();

    expect(app.results.runs('rates')).toBe(10);
    expect(await app.experiments.find('rates')).toMatchObject({ percentEnabled: 100 });
  });

  it('runs each of very many calls of one turn of the event loop, and after others that took long', async () => {
    const app = await anApp().testing({ raiseOnMismatch: true }).providers(Rates).start();

    for (let call = 0; call < 2_000; call += 1) app.provider(Rates).rate('yen');
    expect(() => app.provider(Rates).rate('yen ')).toThrow(MismatchError);
    await app.whenIdle();

    expect(app.results.runs('rates')).toBe(2_001);
  });

  it('runs none at 0 %', async () => {
    const app = await anApp().testing({ percentEnabled: 0 }).providers(Rates).start();

    for (let call = 0; call < 10; call += 1) app.provider(Rates).rate('yen');
    await app.whenIdle();

    expect(app.results.runs()).toBe(0);
  });

  it('runs those that are turned on, and those that code runs by name from their first call on', async () => {
    const app = await anApp().testing({ percentEnabled: 0 }).providers(Rates).start();
    const other = await anApp().testing().start();

    await app.experiments.enable('rates');
    app.provider(Rates).rate('yen');
    await app.provider(Rates).later('yen');
    other.experiments.run({ name: 'inline', control: () => 1, candidate: () => 1 });
    await Promise.all([app.whenIdle(), other.whenIdle()]);

    expect(app.results.results().map(({ experiment }) => experiment)).toEqual(['rates']);
    expect(other.results.runs('inline')).toBe(1);
  });

  it('keeps the results in a RecordingPublisher that can be injected', async () => {
    const app = await anApp().testing({ publisher: RecordingPublisher }).providers(Rates).start();
    const recorded = app.provider(RecordingPublisher);

    app.provider(Rates).rate('yen');
    await app.provider(Rates).later('yen ');
    await app.whenIdle();

    expect(app.provider(Publisher)).toBe(recorded);
    expect([recorded.runs(), recorded.runs('rates'), recorded.runs('later'), recorded.runs('none')]).toEqual([2, 1, 1, 0]);
    expect(recorded.results('later').map(({ mismatched }) => mismatched)).toEqual([true]);
    recorded.clear();
    expect(recorded.results()).toEqual([]);
  });

  it('raises differences where they are made, with the result', async () => {
    const app = await anApp().testing({ raiseOnMismatch: true }).providers(Rates).start();
    const rates = app.provider(Rates);

    expect(() => rates.rate('yen ')).toThrow(MismatchError);
    await expect(rates.later('yen ')).rejects.toMatchObject({
      code: 'MISMATCH',
      result: { experiment: 'later', mismatched: true },
    });
    expect(rates.rate('yen')).toBe(3);
    await expect(rates.later('yen')).resolves.toBe(3);
  });

  it('says how long behaviours take, whatever they did', async () => {
    const app = await anApp()
      .testing({ durations: { control: 50, candidate: 5 } })
      .providers(Rates)
      .start();

    app.provider(Rates).rate('yen');
    await app.provider(Rates).later('yen');
    await app.whenIdle();

    expect(app.results.results().map(({ control, candidates }) => [control.duration, candidates[0]?.duration])).toEqual([
      [50, 5],
      [50, 5],
    ]);
  });

  it('refuses options that are wrong', async () => {
    await expect(anApp().testing({ percentEnabled: 101 }).start()).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: 'The options of StudiesTestingModule: "percentEnabled" is wrong: too big: expected number to be <=100.',
    });
    await expect(
      anApp()
        .testing({ durations: { control: -1 } })
        .start(),
    ).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(anApp().testing({ shutdownTimeout: -1 }).start()).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});
