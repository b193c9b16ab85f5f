import type { NewEpoch } from '../../recording/epoch.js';
import type { RecordStorage } from '../../recording/storage/record.storage.js';
import type { ContractFramework } from './contract-framework.js';
import { HOSTILE, NAMES } from './record-fixtures.js';

const T = 1_763_800_000_000;
const at = (seconds: number) => new Date(T + seconds * 1_000);

const key = (changes: Partial<NewEpoch> = {}): NewEpoch => ({
  experimentId: 1,
  purges: 0,
  release: '1.0.0',
  fingerprint: '0123456789abcdef',
  salt: '0123456789abcdef0123456789abcdef',
  ...changes,
});

/** Tests that each state of the code is one epoch, whoever enters it. */
export function epochsContract({ it, expect }: ContractFramework, storage: () => RecordStorage): void {
  const epochs = () => storage().epochs;
  const enter = async (keys: readonly NewEpoch[], time = at(0)) => epochs().enter(keys, time);
  const numbers = (rows: readonly { number: number }[]) => rows.map(({ number }) => number);

  it('are added once, with greater numbers later, and are found again as they are', async () => {
    const [first] = await enter([key()]);
    expect(first).toEqual({ ...key(), number: first?.number, begunAt: at(0), seenAt: at(0) });
    expect(first?.number).toBeGreaterThan(0);
    const [second] = await enter([key({ release: '1.0.1' })], at(1));
    expect(second?.number).toBeGreaterThan(first?.number ?? 0);
    expect(await enter([key()], at(99))).toEqual([first]);
    expect(numbers(await epochs().of([1])).sort()).toEqual(numbers([first, second].flatMap((one) => one ?? [])).sort());
  });

  it('are told apart by experiment, purges, release and fingerprint', async () => {
    const texts = [...NAMES, ...HOSTILE.slice(0, 3), ''];
    const keys = [
      key(),
      key({ experimentId: 2 }),
      key({ purges: 1 }),
      key({ fingerprint: '0123456789ABCDEF' }),
      key({ fingerprint: '' }),
      ...[...new Set(texts)].map((release) => key({ release })),
    ];
    const rows = await enter(keys);
    expect(new Set(numbers(rows)).size).toBe(keys.length);
    for (const one of keys)
      expect(rows).toContainEqual({ ...one, number: rows[keys.indexOf(one)]?.number, begunAt: at(0), seenAt: at(0) });
    expect(await enter(keys.toReversed(), at(1))).toHaveLength(keys.length);
    expect(await epochs().of([1, 2])).toHaveLength(keys.length);
    expect(await epochs().of([2])).toHaveLength(1);
    expect(await epochs().of([])).toEqual([]);
    expect(await epochs().of([3])).toEqual([]);
  });

  it('are the same for processes that enter them at the same time', async () => {
    const keys = Array.from({ length: 5 }, (_, index) => key({ experimentId: index + 1 }));
    const tries = await Promise.all(
      Array.from({ length: 8 }, async () => {
        try {
          return await enter(keys);
        } catch {
          // Databases refuse one of two that block each other. The library repeats it with its next write.
          return undefined;
        }
      }),
    );
    const known = numbers(await enter(keys));
    expect(new Set(known).size).toBe(5);
    for (const rows of tries) if (rows !== undefined) expect(numbers(rows).sort()).toEqual([...known].sort());
    expect(await epochs().of([1, 2, 3, 4, 5])).toHaveLength(5);
  });

  it('keep the salt of whoever enters them first, for all', async () => {
    const [first] = await enter([key({ salt: 'a'.repeat(32) })]);
    expect(first?.salt).toBe('a'.repeat(32));
    expect(await enter([key({ salt: 'b' })], at(1))).toEqual([first]);
    const others = Array.from({ length: 8 }, (_, index) => enter([key({ release: 'new', salt: String(index) })]).catch(() => []));
    const salts = (await Promise.all(others)).flatMap((rows) => rows.map(({ salt }) => salt));
    const [known] = await enter([key({ release: 'new', salt: 'late' })]);
    expect(new Set([...salts, known?.salt]).size).toBe(1);
    expect(salts).not.toContain('late');
  });

  it('are entered by the hundreds at once', async () => {
    const keys = Array.from({ length: 250 }, (_, index) => key({ experimentId: index + 1 }));
    expect(new Set(numbers(await enter(keys))).size).toBe(250);
  });

  it('say when their code was last seen, to within 30 s', async () => {
    const rows = await enter([key(), key({ experimentId: 2 }), key({ experimentId: 3 })]);
    const [first = 0, second = 0] = numbers(rows);
    const seen = async () => (await epochs().of([1, 2, 3])).map(({ experimentId, seenAt }) => [experimentId, seenAt]).sort();
    await epochs().seen([first, second, 2_000_000_000], at(30));
    await epochs().seen([first], at(-30));
    expect(await seen()).toEqual([
      [1, at(0)],
      [2, at(0)],
      [3, at(0)],
    ]);
    await epochs().seen([first], at(31));
    // A clock that was ahead is not believed for longer than it takes others to say otherwise.
    await epochs().seen([second], at(-31));
    await epochs().seen([], at(99));
    expect(await seen()).toEqual([
      [1, at(31)],
      [2, at(-31)],
      [3, at(0)],
    ]);
  });

  it('are removed, and their numbers are not given to others', async () => {
    const rows = await enter([key(), key({ release: 'b' }), key({ experimentId: 2 })]);
    const [first = 0, second = 0, third = 0] = numbers(rows);
    await epochs().remove([second, third]);
    await epochs().remove([]);
    expect(numbers(await epochs().of([1, 2]))).toEqual([first]);
    const [again] = await enter([key({ experimentId: 2 })]);
    expect(again?.number).toBeGreaterThan(third);
  });

  it('name the experiments that have more than so many', async () => {
    await enter(['a', 'b', 'c'].map((release) => key({ release })));
    await enter(['a', 'b'].map((release) => key({ experimentId: 2, release })));
    expect(await epochs().crowded(2)).toEqual([1]);
    expect(await epochs().crowded(3)).toEqual([]);
  });
}
