import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_LIMITS } from '../../lib/experiment/process-limits.js';
import { Laboratory } from './harness.js';

/** Makes a candidate that settles after some turns of the microtask queue; with none, a synchronous one. */
function candidateOf(microtasks: number): () => unknown {
  const settle = async () => {
    for (let done = 1; done < microtasks; done += 1) await Promise.resolve();
    return 1;
  };
  return microtasks === 0 ? () => 1 : settle;
}

const places = fc.integer({ min: 1, max: 4 });

const experiments = fc.array(
  fc.record({
    calls: fc.integer({ min: 1, max: 40 }),
    maxConcurrent: places,
    candidates: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
    isAsync: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);

describe('places', () => {
  it('are enough for the calls of one turn, however many, if their candidates wait for nothing but promises', () =>
    fc.assert(
      fc.asyncProperty(experiments, places, async (given, maxCandidates) => {
        const laboratory = new Laboratory({ limits: { ...NO_LIMITS, maxCandidates } });
        let expected = 0;
        for (const [index, { calls, maxConcurrent, candidates, isAsync }] of given.entries()) {
          expected += calls;
          const control = isAsync ? async () => 1 : () => 1;
          const named = Object.fromEntries(candidates.map((microtasks, number) => [`c${number}`, candidateOf(microtasks)]));
          for (let call = 0; call < calls; call += 1)
            void laboratory.call({ name: `e${index}`, control, candidates: named, maxConcurrent });
        }
        await laboratory.settled();
        expect([...laboratory.skipped]).toEqual([]);
        expect(laboratory.results).toHaveLength(expected);
        await laboratory.registry.activity.stop(0);
      }),
    ));

  it('are shared fairly: an experiment whose places stay taken leaves others theirs', async () => {
    const laboratory = new Laboratory();
    const stuck = { name: 'stuck', control: () => 1, candidate: () => new Promise<never>(() => undefined), maxConcurrent: 1 };
    for (let call = 0; call < 20; call += 1) {
      laboratory.call(stuck);
      laboratory.call({ name: 'quick', control: () => 1, candidate: async () => 1, maxConcurrent: 1 });
    }
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(laboratory.results).toHaveLength(20);
    expect(laboratory.skipped.get('maxConcurrent')).toBe(19);
  });

  it('hold back only the experiment that waits for them', async () => {
    const laboratory = new Laboratory();
    const busy = { name: 'busy', control: () => 1, candidate: async () => 1, maxConcurrent: 1 };
    for (let call = 0; call < 100; call += 1) laboratory.call(busy);
    laboratory.call({ name: 'quick', control: () => 1, candidate: () => 1 });
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(laboratory.results.filter(({ experiment }) => experiment === 'quick')).toHaveLength(1);
    await laboratory.settled();
    expect(laboratory.results).toHaveLength(101);
  });
});
