import { Logger } from '@nestjs/common';
import { TypeORMError, QueryFailedError } from 'typeorm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EXPERIMENT_REGISTRY } from '../../lib/decorators/tokens.js';
import type { ExperimentRegistry } from '../../lib/experiment/run/experiment-registry.js';
import { LoggerPublisher } from '../../lib/publishing/logger.publisher.js';
import { TypeOrmStorage } from '../../lib/storage/typeorm.storage.js';
import { toJsonValue } from '../../lib/values/json-value.js';
import { anApp } from '../support/app.js';
import { Laboratory } from './harness.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the name of an error', () => {
  class Plain extends Error {}
  class Computed extends Error {
    override get name() {
      return 'computed';
    }
  }
  class Own extends Error {
    override readonly name = 'Renamed';
  }

  it.each([
    ['TypeORMError', new TypeORMError('no')],
    ['QueryFailedError', new QueryFailedError('SELECT', [], new Error('no'))],
    ['Computed', new Computed('no')],
    ['Renamed', new Own('no')],
    ['Error', new Plain('no')],
    ['TypeError', new TypeError('no')],
  ])('is %s', (name, error) => {
    expect(toJsonValue(error)).toMatchObject({ name });
  });
});

it('a name in the log can’t change the direction of its text', async () => {
  const lines: string[] = [];
  vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: string) => void lines.push(line));
  const result = await new Laboratory().resultOf({ name: 'a\u202eb\u2066c', control: () => 1, candidate: () => 2 });
  new LoggerPublisher().publish(result);

  expect(lines.join()).toContain('"a\\u202eb\\u2066c"');
  expect(lines.join()).not.toMatch(/\p{Cf}/u);
});

describe('a subject', () => {
  const told = async (subject: (n: number) => unknown, calls: number) => {
    const app = await anApp().testing().start();
    const call = app.experiments.wrap({
      name: 'search',
      percentEnabled: 50,
      subject: subject as () => string,
      control: (n: number) => n,
      candidate: (n: number) => n,
    });
    for (let n = 0; n < calls; n += 1) call(n);
    await app.whenIdle();
    return app.failures.map(({ operation, error }) => `${operation}: ${String(error)}`);
  };

  it('that is nothing for the first hundred calls is reported once', async () => {
    const failures = await told(() => undefined, 500);
    expect(failures).toEqual([expect.stringContaining('"subject" has returned nothing for the first 100 calls')]);
  });

  it.each([
    ['a number', () => 7, 500],
    ['a bigint', () => 7n, 500],
    ['nothing for most calls', (n: number) => (n === 50 ? 'ada' : null), 500],
    ['nothing for fewer calls', () => undefined, 99],
  ])('that is %s is not', async (_, subject, calls) => {
    expect(await told(subject, calls)).toEqual([]);
  });
});

it('names that are made of data are bounded: calls of further ones run their control alone, which is told once', async () => {
  const app = await anApp()
    .testing({ defaults: { percentEnabled: 100 } })
    .start();
  const candidate = vi.fn(() => 1);
  const call = (n: number) => app.experiments.run({ name: `of user ${n}`, percentEnabled: 0, control: () => n, candidate });
  expect(call(1)).toBe(1);
  const registry = app.provider<ExperimentRegistry>(EXPERIMENT_REGISTRY);
  vi.spyOn(registry, 'isFull', 'get').mockReturnValue(true); // as with 10,000
  for (let n = 2; n < 500; n += 1) expect(call(n)).toBe(n);
  expect(registry.all()).toHaveLength(1);
  const wrapped = app.experiments.wrap({ name: 'one more', control: () => 'control', candidate: () => 'candidate' });
  expect(wrapped()).toBe('control');
  expect(call(1)).toBe(1);
  await vi.waitFor(() => expect(app.failures).toHaveLength(1));

  expect(String(app.failures[0]?.error)).toContain('is one too many: this process has 10000 already');
});

it(
  'names that come one after the other are stored together, and not each with all that is known',
  { timeout: 60_000 },
  async () => {
    const create = vi.spyOn(TypeOrmStorage.prototype, 'create');
    const compared = vi.spyOn(TypeOrmStorage.prototype, 'stamps');
    const app = await anApp().start();
    const begun = performance.now();
    for (let n = 0; n < 2_000; n += 1) {
      expect(app.experiments.run({ name: `of user ${n}`, control: () => n, candidate: () => 0 })).toBe(n);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const stored = () => new Set(create.mock.calls.flatMap(([rows]) => rows.map(({ name }) => name)));
    await vi.waitFor(() => expect(stored().size).toBe(2_000), 10_000);

    // Twenty at once, and ten in each second.
    const most = 21 + (performance.now() - begun) / 100;
    expect(create.mock.calls.length).toBeLessThanOrEqual(most);
    expect(compared.mock.calls.length).toBeLessThanOrEqual(2 * most);
    expect(app.failures).toEqual([]);
  },
);
