import { Controller, Get, Query } from '@nestjs/common';
import { expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { anApp, sqlite } from '../support/app.js';

/** Holds the event loop, as code does that computes. */
function compute(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

@Controller('prices')
class PricesController {
  private readonly cache = new Set<string>();
  private calls = 0;

  @Get()
  @Experiment({ name: 'prices', candidate: 'pricesAgain', percentEnabled: 100, noise: 100 })
  prices(@Query('of') of: string) {
    return this.find(of);
  }

  pricesAgain(of: string) {
    return this.find(of);
  }

  /** Finds what is cached in a fifth of the time, and gives a value that changes at random. */
  private find(of: string) {
    compute(this.cache.has(of) ? 1 : 5);
    this.cache.add(of);
    return { of, source: (this.calls += 1) % 3 === 0 ? 'B' : 'A' };
  }
}

it(
  'identical code that is noisy, behind a cache, is neither faster nor slower, and not "not ready"',
  { timeout: 60_000 },
  async () => {
    const app = await anApp()
      .databases(sqlite({ database: ':memory:' }))
      .studies({ admin: { public: true } })
      .controllers(PricesController)
      .start();
    for (let call = 0; call < 200; call += 1) {
      await app.get(`/prices?of=${call}`);
      await app.whenIdle();
    }
    const [candidate] = (await app.experiments.summary('prices')).candidates;
    const { speed, readiness, noise } = candidate ?? {};
    expect(noise?.runs).toBeGreaterThan(50);
    expect(speed?.runs).toBeGreaterThan(50);
    // One interval of 20 doesn't hold the truth, and is near it then.
    expect(speed?.speedup.low).toBeLessThanOrEqual(1.1);
    expect(speed?.speedup.high).toBeGreaterThanOrEqual(0.9);
    expect(speed?.warmUp).toBeGreaterThan(3);
    // So are the percentiles, and the list. Beside the first call, it would seem to be several times faster.
    const median = candidate?.speedup.find(({ percentile }) => percentile === 50)?.factor ?? 0;
    expect(candidate?.speedupOver).toBe('secondCall');
    expect(median >= 1 ? median : -1 / median).toBeCloseTo(speed?.speedup.estimate ?? 0, 9);
    const { body } = await app.get('/studies/figures?name=prices');
    expect(body).toMatchObject({ items: [{ candidates: [{ speedup: median, speedupOver: 'secondCall' }] }] });
    expect(readiness?.state).toBe('noisy');
    expect(readiness?.reason).toContain('most often in $.source');
  },
);
