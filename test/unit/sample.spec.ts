import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { finish } from '../../lib/base/steps.js';
import { resolveOptions } from '../../lib/experiment/definition.js';
import type { CandidateObservation, Outcome } from '../../lib/experiment/observation.js';
import type { JsonValue } from '../../lib/values/json-value.js';
import { examineDifferences } from '../../lib/recording/differences/examine-differences.js';
import { TallyBuffer } from '../../lib/recording/writing/tally-buffer.js';
import { ResultReader } from '../../lib/recording/writing/result-reader.js';
import { newSortableId, SORTABLE_ID } from '../../lib/base/sortable-id.js';
import { makeRecordedResult } from '../../lib/recording/writing/recorded-result-maker.js';
import type { RecordedResult } from '../../lib/recording/storage/recorded-result.js';
import { MINUTE } from '../../lib/recording/tallies/period-tier.js';
import { Allowance } from '../../lib/recording/writing/allowance.js';
import { TimeBudget } from '../../lib/recording/writing/time-budget.js';
import { chance } from '../support/chance.js';
import { resultOf, type Run } from '../support/recording.js';

const NOW = Date.UTC(2026, 10, 24, 12);

/** The sample of a run's one candidate. */
function sampled(run: Run, { recordValues = true, maxValueBytes = 16_384 } = {}): RecordedResult {
  const result = resultOf(run);
  const candidate = result.candidates[0] as CandidateObservation; // a run has one
  const differences =
    candidate.outcome === 'mismatched' ? finish(examineDifferences(result.control, candidate, resolveOptions(), [])).fields : [];
  return finish(makeRecordedResult(result, candidate, differences, { recordValues, maxValueBytes }));
}

/** The sample of a run in which the control returned one value and the candidate another. */
const mismatch = (control: unknown, candidate: unknown, options?: Parameters<typeof sampled>[1]) =>
  sampled(
    {
      control: { kind: 'returned', value: control },
      candidates: { v2: { outcome: 'mismatched', kind: 'returned', value: candidate } },
    },
    options,
  );

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

class PaymentError extends Error {
  override readonly name = 'secret name';
  readonly card = 'secret card';

  constructor() {
    super('secret message');
    Object.defineProperty(this, 'constructor', { value: { name: 'secret class' } });
  }
}

describe('a sample', () => {
  it('has what both gave, their durations, the context, and where they differ', () => {
    const sample = sampled({
      control: { kind: 'returned', value: { price: 1 }, duration: 5 },
      candidates: { v2: { outcome: 'mismatched', kind: 'returned', value: { price: 2 }, duration: 2.5 } },
      context: { user: 7 },
      startedAt: NOW,
    });
    expect(sample).toEqual({
      id: expect.stringMatching(SORTABLE_ID) as string,
      candidate: 'v2',
      outcome: 'mismatched',
      ranAt: new Date(NOW),
      control: { name: 'control', kind: 'returned', value: { price: 1 }, duration: 5 },
      observed: { name: 'v2', outcome: 'mismatched', kind: 'returned', value: { price: 2 }, duration: 2.5 },
      context: { user: 7 },
      differences: [{ path: '$.price', kind: 'value', control: 1, candidate: 2 }],
      diff: null,
    });
  });

  it('has the class, the message and the stack of an error', () => {
    const error = new RangeError('out of range');
    const { observed } = sampled({ candidates: { v2: { outcome: 'errored', kind: 'threw', error } } });
    expect(observed).toMatchObject({ kind: 'threw', error: { name: 'RangeError', message: 'out of range', stack: error.stack } });
  });

  it('has cleaned values alone', () => {
    const sample = sampled({
      control: { kind: 'returned', value: 'secret 1' },
      candidates: { v2: { outcome: 'mismatched', kind: 'returned', value: 'secret 2' } },
      clean: () => 'cleaned',
    });
    expect(JSON.stringify(sample)).not.toContain('secret');
    expect(sample.differences).toEqual([{ path: '$', kind: 'value' }]);
  });

  it('can be stored whatever the values are', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const values: unknown[] = [
      10n ** 40n,
      new Map<unknown, unknown>([[{ key: 1 }, new Set([1])]]),
      new Date(NaN),
      new Error('of a value', { cause: cycle }),
      cycle,
      () => 1,
      Symbol('symbol'),
      undefined,
      -0,
      NaN,
      Buffer.from('binary'),
      new Uint8Array(3),
      /expression/u,
      Promise.resolve(),
      new Proxy({}, {}),
      Object.create(null),
      JSON.parse('{"__proto__":{"polluted":1}}'),
      'half \ud800 NUL \0 \u001b[2J',
      {
        get throwing() {
          throw new Error('never called');
        },
      },
      {
        toJSON() {
          throw new Error('never called');
        },
      },
    ];
    for (const value of values) {
      const sample = mismatch(value, 'other');
      expect({ ...(JSON.parse(JSON.stringify(sample)) as RecordedResult), ranAt: sample.ranAt }).toEqual(sample);
      const error = sampled({ candidates: { v2: { outcome: 'errored', kind: 'threw', error: value } } });
      expect({ ...(JSON.parse(JSON.stringify(error)) as RecordedResult), ranAt: error.ranAt }).toEqual(error);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('has values whole up to their limit, and of larger ones the beginning, which says that it is cut', () => {
    const whole = 'x'.repeat(98);
    const { control, observed } = mismatch(whole, `${whole}x`, { maxValueBytes: 100 });
    expect(control).toMatchObject({ value: whole });
    expect(observed).toMatchObject({ value: { cut: true, beginning: `"${'x'.repeat(49)}` } });
  });

  it('has nothing that is larger than its limit, whatever the text, and no half characters', () => {
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 10 }), fc.integer({ min: 100, max: 2_000 }), (value, maxValueBytes) => {
        const run: Run = {
          candidates: { v2: { outcome: 'errored', kind: 'threw', error: value } },
          control: { kind: 'returned', value },
          context: { value },
        };
        const { control, observed, context } = sampled(run, { maxValueBytes });
        const parts = [(control as { value: JsonValue }).value, (observed as { error: JsonValue }).error, context];
        const plain = value.map((one) => one.toWellFormed());
        for (const [index, part] of parts.entries()) {
          const whole = index === 2 ? { value: plain } : plain;
          if (bytes(whole) <= maxValueBytes) expect(part).toEqual(whole);
          else {
            expect(bytes(part)).toBeLessThanOrEqual(maxValueBytes + bytes({ cut: true, beginning: '' }));
            expect(part).toMatchObject({ cut: true });
            const { beginning } = part as { beginning: string };
            expect(JSON.stringify(whole).startsWith(beginning)).toBe(true);
            expect(Buffer.byteLength(beginning)).toBeGreaterThan(maxValueBytes / 2 - 4);
          }
        }
      }),
    );
  });

  it('has no more differences than a column holds', () => {
    const fields = (value: string) =>
      Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`${'ä'.repeat(70)}${index}`, value]));
    const both = (value: string) => [fields(value), { other: fields(value) }];
    const { differences } = mismatch(both('"'.repeat(90)), both('\\'.repeat(90)));
    expect(bytes(differences)).toBeGreaterThan(50_000);
    expect(bytes(differences)).toBeLessThan(65_535);
  });

  it('has no value, no message, no context and no example where values may not be recorded', () => {
    const secret = { secret: 'secret', list: ['secret'] };
    const run = (observed: object, control: object): Run => ({
      control: { kind: 'returned', value: secret, ...control },
      candidates: { v2: { outcome: 'mismatched', kind: 'returned', value: { secret: 'another secret', list: [] }, ...observed } },
      context: { user: 'secret' },
    });
    const runs = [
      run({}, {}),
      run({ kind: 'threw', error: new PaymentError() }, {}),
      run({ kind: 'threw', error: 'secret' }, { kind: 'threw', error: new PaymentError() }),
      run({ kind: 'threw', error: { name: 'secret', constructor: { name: 'secret' } } }, {}),
    ];
    for (const one of runs) {
      const sample = sampled(one, { recordValues: false });
      expect(JSON.stringify({ ...sample, differences: [] })).not.toContain('secret');
      expect(sample.differences.every((difference) => Object.keys(difference).join() === 'path,kind')).toBe(true);
      expect(sample).toMatchObject({ context: {}, diff: null, control: { duration: 1 }, observed: { duration: 1 } });
    }
    expect(sampled(runs[1] ?? {}, { recordValues: false }).observed).toMatchObject({
      kind: 'threw',
      error: { name: 'PaymentError' },
    });
  });
});

describe('the id of a sample', () => {
  it('sorts by time, and is another one each time', () => {
    const ids = [0, NOW, NOW + 1, Date.UTC(2200, 0)].map(newSortableId);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 1_000 }, () => newSortableId(NOW))).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(SORTABLE_ID);
  });
});

describe('what is read of a result', () => {
  const limits = { samplesPerMinute: 3, maxValueBytes: 1_000 };
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const bookAndReader = (changes: Partial<typeof limits> = {}) => {
    const book = new TallyBuffer();
    return {
      book,
      reader: new ResultReader(book, { ...limits, ...changes }, { budget: new TimeBudget(50), early: new Allowance(9) }),
    };
  };

  /** How many samples are kept of some results with an outcome, at a time. */
  const kept = (reader: ResultReader, outcome: Outcome, results: number, now: number, options = resolveOptions()) =>
    Array.from({ length: results }, () => {
      const result = resultOf({ candidates: { v2: { outcome, kind: 'returned', value: 'secret' } } });
      return result.candidates.flatMap((candidate) => {
        const looked = finish(reader.look(result, candidate, { options, ignored: [], isEvidence: true, now }));
        reader.note(candidate, looked, options);
        return looked.sample ?? [];
      });
    }).flat().length;

  it('are so many samples of each outcome in a minute, and one of those that do not count', () => {
    const { reader } = bookAndReader();
    for (const outcome of ['mismatched', 'errored', 'timedOut'] as const) expect(kept(reader, outcome, 20, NOW)).toBe(3);
    for (const outcome of ['matched', 'ignored'] as const) expect(kept(reader, outcome, 20, NOW)).toBe(1);
    expect(kept(reader, 'mismatched', 20, NOW + MINUTE)).toBe(3);
    expect(kept(reader, 'matched', 20, NOW + MINUTE)).toBe(1);
  });

  it('are no samples where none are wanted', () => {
    const { reader } = bookAndReader({ samplesPerMinute: 0 });
    for (const outcome of ['mismatched', 'matched'] as const) expect(kept(reader, outcome, 20, NOW)).toBe(0);
  });

  it('are the fields in which mismatches differ, without examples where values may not be recorded', () => {
    const { book, reader } = bookAndReader({ samplesPerMinute: 1 });
    kept(reader, 'mismatched', 5, NOW, resolveOptions({ recordValues: false }));
    kept(reader, 'matched', 5, NOW);
    kept(reader, 'errored', 5, NOW);
    expect(book.tallyOf('v2').toContent().differences).toEqual({
      examined: 5,
      fields: [{ path: '$', kind: 'type', count: 5, example: null }],
    });
  });

  it('are the fields of as many mismatches as there is time for, and of all of which a sample is kept', () => {
    const { book, reader } = bookAndReader();
    const result = resultOf({ candidates: { v2: { outcome: 'mismatched', kind: 'returned', value: 2 } } });
    const candidate = result.candidates[0] as CandidateObservation; // it has one
    const looking = { options: resolveOptions(), ignored: [], isEvidence: true, now: NOW };
    const look = () => reader.note(candidate, finish(reader.look(result, candidate, looking)), looking.options);
    const slow = vi.spyOn(Object.getPrototypeOf(candidate) as { clean(): unknown }, 'clean').mockImplementation(() => {
      vi.advanceTimersByTime(30);
      return 1;
    });
    for (let time = 0; time < 20; time += 1) look();
    slow.mockRestore();
    // The three that are kept took 180 ms of the 50 ms in a second.
    expect(book.tallyOf('v2').differences.examined).toBeLessThan(8);
    expect(book.tallyOf('v2').differences.examined).toBeGreaterThanOrEqual(3);
    vi.advanceTimersByTime(1_000);
    const { examined } = book.tallyOf('v2').differences;
    look();
    expect(book.tallyOf('v2').differences.examined).toBe(examined + 1);
  });
});

describe('a time budget', () => {
  it('lets work be done for its part of the time, also when the work fails', () => {
    let now = 0;
    const budget = new TimeBudget(50, () => now);
    const work = (ms: number) => () => {
      now += ms;
      if (ms === 20) throw new Error('failed');
      return 'done';
    };
    const spend = (act: () => string) => (budget.isOpen ? budget.charge(act) : undefined);
    expect(spend(work(4))).toBe('done');
    expect(() => spend(work(20))).toThrow('failed');
    expect(spend(work(1))).toBeUndefined();
    now = 380;
    expect(spend(work(1))).toBeUndefined();
    now = 400;
    expect(spend(work(1))).toBe('done');
  });

  it('spreads its time over the second, and never owes more than a second’s', () => {
    let now = 0;
    const budget = new TimeBudget(50, () => now);
    const spentUntil = (end: number) => {
      let spent = 0;
      for (; now < end; now += 1) if (budget.isOpen) budget.charge(() => (spent += 0.5) + (now += 0.5));
      return spent;
    };
    expect(spentUntil(100)).toBeLessThan(12);
    expect(spentUntil(1_100) / 50).toBeCloseTo(1, 1);
    budget.charge(() => (now += 10_000));
    const charged = now;
    expect(spentUntil(charged + 850)).toBe(0);
    expect(spentUntil(charged + 1_000)).toBeGreaterThan(0);
  });

  it('draws as many runs as can be examined in it, whatever they show', () => {
    vi.spyOn(Math, 'random').mockImplementation(chance(3));
    let now = 0;
    const budget = new TimeBudget(20, () => now);
    const shares: number[] = [];
    for (let second = 0; second < 60; second += 1) {
      let [spent, drawn] = [0, 0];
      for (let run = 0; run < 200; run += 1) {
        now = second * 1_000 + spent;
        if (!budget.draws()) continue;
        drawn += 1;
        budget.charge(() => (now += 0.5));
        spent += 0.5;
      }
      if (second >= 5) expect(spent).toBeLessThan(40);
      shares.push(drawn / 200);
    }
    // All of them would take 100 ms.
    expect(shares.slice(-30).reduce((sum, share) => sum + share) / 30).toBeCloseTo(0.2, 1);
    vi.restoreAllMocks();
    const idle = new TimeBudget(20, () => (now += 10));
    for (let run = 0; run < 1_000; run += 1) {
      expect(idle.draws()).toBe(true);
    }
  });

  it('draws more runs soon after the work has become cheaper, but not after there was less of it', () => {
    vi.spyOn(Math, 'random').mockImplementation(chance(4));
    /** The share that is drawn in the last of some seconds, after a few of much work. */
    const shareAfter = (seconds: number, runs: number, ms: number) => {
      let now = 0;
      const budget = new TimeBudget(20, () => now);
      let drawn = 0;
      for (let second = 0; second < seconds + 5; second += 1) {
        const isBusy = second < 5;
        now = second * 1_000;
        drawn = 0;
        for (let run = 0; run < (isBusy ? 400 : runs); run += 1) {
          if (!budget.draws()) continue;
          drawn += 1;
          budget.charge(() => (now += isBusy ? 0.5 : ms));
        }
      }
      return drawn / runs;
    };
    expect(shareAfter(30, 400, 0.04)).toBe(1);
    expect(shareAfter(30, 40, 0.5)).toBeLessThan(0.3);
    vi.restoreAllMocks();
  });
});
