import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hashToBucket, BUCKETS, countBuckets } from '../../lib/experiment/admission/buckets.js';
import { Sampler, type Gate } from '../../lib/experiment/admission/sampler.js';
import { chance } from '../support/chance.js';
import { FULL, Laboratory, type Given } from './harness.js';

const subjects = Array.from({ length: 20_000 }, (_, index) => `user-${index}`);

describe('the bucket of a subject', () => {
  it('is the same in every process', () => {
    // Figures of this formula, so that a change of it, which would move every subject, is seen.
    expect(['user-1', 'user-2', 'Zoë', ''].map((subject) => hashToBucket('search', subject))).toMatchInlineSnapshot(`
      [
        970,
        939,
        2280,
        7499,
      ]
    `);
  });

  it('is spread evenly: no tenth of the buckets is off by more than a tenth', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const subject of subjects) {
      const tenth = Math.floor((hashToBucket('search', subject) / BUCKETS) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it('is unrelated to its bucket in another experiment', () => {
    const inBoth = subjects.filter((subject) => hashToBucket('a', subject) < 1_000 && hashToBucket('b', subject) < 1_000).length;
    expect(inBoth).toBeGreaterThan(140);
    expect(inBoth).toBeLessThan(260);
  });

  it('is a whole number from 0 to 9 999', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, subject) => {
        const bucket = hashToBucket(name, subject);
        return Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS;
      }),
    );
  });
});

it('a percentage with two decimals fills a whole number of buckets', () => {
  expect([0, 0.01, 0.07, 0.29, 1, 33.33, 99.99, 100].map(countBuckets)).toEqual([0, 1, 7, 29, 100, 3333, 9999, 10_000]);
});

const gate = (more: Partial<Gate>): Gate => ({ ...FULL, ...more });
const bySubject: Given = { control: () => 1, candidate: () => 1, subject: (subject: string | undefined) => subject };

async function drawn(laboratory: Laboratory, calls: readonly unknown[], given = bySubject): Promise<unknown[]> {
  const seen: unknown[] = [];
  const beforeRun: Given['beforeRun'] = ({ args }) => seen.push(args[0]);
  for (const [index, argument] of calls.entries()) {
    if (index % 50 === 49) await laboratory.settled();
    laboratory.call({ ...given, beforeRun }, undefined, argument);
  }
  await laboratory.settled();
  return seen;
}

describe('the share of calls', () => {
  afterEach(() => vi.restoreAllMocks());

  it('of 0 % is none: no candidate runs, nothing is published', async () => {
    const laboratory = new Laboratory({ gate: gate({ percentEnabled: 0, subjects: ['user-1'] }) });
    expect(laboratory.runner().isOff()).toBe(true);
  });

  it('of 100 % is every call', async () => {
    expect((await drawn(new Laboratory(), subjects.slice(0, 500))).length).toBe(500);
  });

  it('without a subject is drawn for each call', async () => {
    const laboratory = new Laboratory({ gate: gate({ percentEnabled: 12.34 }) });
    laboratory.runner();
    const random = vi.spyOn(Math, 'random');
    random.mockReturnValueOnce(0.1233).mockReturnValueOnce(0.1234).mockReturnValueOnce(0.9999).mockReturnValueOnce(0);
    expect(await drawn(laboratory, [1, 2, 3, 4], { ...bySubject, subject: undefined as never })).toEqual([1, 4]);
  });

  it('with a subject is a share of subjects: the same are always in, and a higher share only adds some', async () => {
    const laboratory = new Laboratory();
    const insiders = async (percentEnabled: number) => {
      laboratory.runner().sampler.obey(gate({ percentEnabled }));
      return new Set(await drawn(laboratory, subjects.slice(0, 2_000)));
    };
    const [five, again, twenty] = [await insiders(5), await insiders(5), await insiders(20)];
    expect(again).toEqual(five);
    expect([...five].every((subject) => twenty.has(subject))).toBe(true);
    expect(five.size).toBeGreaterThan(60);
    expect(five.size).toBeLessThan(140);
    expect(twenty.size).toBeGreaterThan(340);
  });

  it('takes a call without a subject as one that draws for itself', async () => {
    const laboratory = new Laboratory({ gate: gate({ percentEnabled: 50 }) });
    laboratory.runner();
    vi.spyOn(Math, 'random').mockReturnValueOnce(0.4).mockReturnValueOnce(0.6);
    expect(await drawn(laboratory, [undefined, undefined])).toEqual([undefined]);
  });

  it('always has the named subjects in it, while the experiment is on', async () => {
    const outsiders = subjects.filter((subject) => hashToBucket('experiment', subject) >= 1).slice(0, 3);
    const laboratory = new Laboratory({ gate: gate({ percentEnabled: 0.01, subjects: outsiders.slice(0, 2) }) });
    expect(await drawn(laboratory, outsiders)).toEqual(outsiders.slice(0, 2));
  });

  it('is none outside of the period: from its start on, and before its end', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const laboratory = new Laboratory({ gate: gate({ startsAt: 1_000, endsAt: 2_000 }) });
    const at: number[] = [];
    for (const now of [999, 1_000, 1_999, 2_000]) {
      vi.setSystemTime(now);
      if ((await drawn(laboratory, ['a'])).length > 0) at.push(now);
    }
    vi.useRealTimers();
    expect(at).toEqual([1_000, 1_999]);
  });
});

describe('a sampler that counts calls down instead of drawing for each', () => {
  // The same numbers in each run of the test: of random ones, one in some thousand runs is further off.
  beforeEach(() => void vi.spyOn(Math, 'random').mockImplementation(chance(1)));
  afterEach(() => vi.restoreAllMocks());

  const inOf = (sampler: Sampler, calls: number) => {
    let count = 0;
    for (let call = 0; call < calls; call += 1) if (sampler.mayDraw(false)) count += 1;
    return count;
  };
  const samplerAt = (percentEnabled: number) => {
    const sampler = new Sampler('search');
    sampler.obey(gate({ percentEnabled }));
    return sampler;
  };

  it('has the share of calls in that is set, also when it is told so again and again', () => {
    expect([inOf(samplerAt(0), 1_000), inOf(samplerAt(100), 1_000)]).toEqual([0, 1_000]);
    // Four standard deviations of a binomial distribution.
    for (const percent of [1, 10, 50, 99]) {
      const deviation = 4 * Math.sqrt(100_000 * (percent / 100) * (1 - percent / 100));
      expect(Math.abs(inOf(samplerAt(percent), 100_000) - percent * 1_000)).toBeLessThan(deviation);
    }
    const sampler = samplerAt(10);
    let count = 0;
    for (let call = 0; call < 100_000; call += 1) {
      if (call % 7 === 0) sampler.obey(gate({ percentEnabled: 10 }));
      if (sampler.mayDraw(false)) count += 1;
    }
    expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(9_000));
  });

  it('leaves calls that have a subject to whom they are for', () => {
    expect(samplerAt(0.01).mayDraw(true)).toBe(true);
    expect(samplerAt(0).mayDraw(true)).toBe(false);
  });
});
