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
    expect(speed?.speedup.low).toBeLessThanOrEqual(1);
    expect(speed?.speedup.high).toBeGreaterThanOrEqual(1);
    expect(speed?.warmUp).toBeGreaterThan(3);
    // Beside the first call, it would seem to be several times faster.
    expect(candidate?.speedup.find(({ percentile }) => percentile === 50)?.factor).toBeGreaterThan(3);
    expect(readiness?.state).toBe('noisy');
    expect(readiness?.reason).toContain('most often in $.source');
  },
);
