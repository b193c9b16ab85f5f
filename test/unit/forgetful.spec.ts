import { describe, expect, it } from 'vitest';
import { purgeAll } from '../../lib/recording/storage/purge.js';

describe('forgetting by and by', () => {
  it('goes on until nothing is left, and lets others have a turn after each step', async () => {
    const seen: string[] = [];
    let left = 3;
    const other = () => {
      seen.push('other');
      if (left > 0) setImmediate(other);
    };
    setImmediate(other);

    // As on SQLite, where each step is done at once.
    await purgeAll(() => {
      seen.push('step');
      left -= 1;
      return left >= 0;
    });

    expect(left).toBe(-1);
    expect(seen.slice(0, 6)).toEqual(['step', 'other', 'step', 'other', 'step', 'other']);
  });

  it('ends with what fails', async () => {
    await expect(
      purgeAll(async () => {
        throw new Error('away');
      }),
    ).rejects.toThrow('away');
  });
});
