import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StorageHealth } from '../../lib/database/storage-health.js';

const SECOND = 1_000;
const failed = (code: string) => Object.assign(new Error(code), { code });

describe('of a storage that fails', () => {
  let told: string[];
  let health: StorageHealth;

  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    health = new StorageHealth(
      (error) => told.push((error as Error).message),
      () => told.push('recovered'),
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is told once when it begins, and once when nothing has failed for 10 s', () => {
    for (let second = 0; second < 60; second += 1) {
      health.failure('reading', failed('full'));
      vi.advanceTimersByTime(SECOND);
    }
    for (let second = 0; second < 60; second += 1) {
      health.success('reading');
      vi.advanceTimersByTime(SECOND);
    }
    expect(told).toEqual(['full', 'recovered']);
    health.failure('reading', failed('full'));
    expect(told).toEqual(['full', 'recovered', 'full']);
  });

  it('is told once for each thing that is done with it, and recovers with the last', () => {
    health.failure('writing', failed('full'));
    health.failure('history', failed('full'));
    vi.advanceTimersByTime(20 * SECOND);
    health.success('writing');
    expect(told).toEqual(['full', 'full']);
    health.success('history');
    expect(told).toEqual(['full', 'full', 'recovered']);
  });

  it('is told once while one attempt fails and the next does not', () => {
    for (let second = 0; second < 60; second += 1) {
      if (second % 3 === 0) health.failure('recording', failed('full'));
      else health.success('recording');
      vi.advanceTimersByTime(SECOND);
    }
    expect(told).toEqual(['full']);
  });

  it('is told anew when it fails in another way after it did not, or in the same way after a while', () => {
    health.failure('writing', failed('full'));
    health.failure('writing', failed('gone'));
    health.success('writing');
    health.failure('writing', failed('gone'));
    expect(told).toEqual(['full', 'gone']);
    health.success('writing');
    vi.advanceTimersByTime(10 * SECOND);
    health.failure('writing', failed('gone'));
    expect(told).toEqual(['full', 'gone', 'gone']);
  });

  it('is told with the table that is missing, and what is not done without', () => {
    health.failure('history', failed('ER_NO_SUCH_TABLE'));
    expect(told).toEqual([
      'The table "studies_change" is not in the database, or is older than this version, so that no history is kept. ' +
        'Add the migrations to the data source, "migrations: [...STUDIES_MIGRATIONS]", and run them.',
    ]);
  });

  it('is told with the names that its tables have', () => {
    const prefixed = new StorageHealth(
      (error) => told.push((error as Error).message),
      () => undefined,
      () =>
        new Map(['studies_tally', 'studies_sample', 'studies_epoch', 'studies_writer'].map((table) => [table, `app_${table}`])),
    );
    prefixed.failure('recording', failed('42P01'));
    expect(told[0]).toMatch(
      /^The tables "app_studies_tally", "app_studies_sample", "app_studies_epoch" and "app_studies_writer" are not in the database, or are older.*"migrationsTableName" of its own\.$/,
    );
  });
});
