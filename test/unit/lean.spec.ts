import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Laboratory, type Given } from './harness.js';

const VALUES: (() => unknown)[] = [
  () => 1,
  () => -0,
  () => 'a',
  () => ({ a: 1, b: [1, { c: 2 }] }),
  () => ({ a: 1, b: [1, { c: 3 }] }),
  () => ({ a: undefined }),
  () => new Map([[1, 2]]),
  () => new Date(1),
  () => [{}, []],
  () => {
    throw new Error('a');
  },
];

const behaviour = fc
  .tuple(fc.constantFrom(...VALUES), fc.boolean())
  .map(([make, isAsync]) => (isAsync ? async () => make() : make));

const options = fc.record<Given>(
  {
    record: fc.boolean(),
    isolate: fc.constantFrom('copy', 'none'),
    mode: fc.constantFrom('shadow', 'parallel', 'serial'),
    compare: fc.constant(() => true),
    ignore: fc.constant(() => true),
    ignorePaths: fc.constant(['b']),
    clean: fc.constant(() => 'cleaned'),
    recheck: fc.boolean(),
    afterRun: fc.constant(() => undefined),
    noise: fc.constantFrom(0, 100),
  },
  { requiredKeys: [] },
);

const experiments = fc.array(fc.tuple(fc.array(behaviour, { minLength: 2, maxLength: 3 }), options), {
  minLength: 1,
  maxLength: 6,
});

/** Runs experiments, and returns what came of each: the outcomes of their candidates. */
async function outcomesOf(given: readonly (readonly [readonly (() => unknown)[], Given])[], ignoresMatches: boolean) {
  const laboratory = new Laboratory({ ignoresMatches });
  for (const [index, [[control = () => undefined, ...others], set]] of given.entries()) {
    const candidates = Object.fromEntries(others.map((other, number) => [`c${number}`, other]));
    try {
      await laboratory.call({ ...set, name: `e${index}`, control, candidates });
    } catch {
      // What the control throws is its caller's.
    }
  }
  await laboratory.settled();
  const outcomes = new Map(
    laboratory.results.map((result) => [result.experiment, result.candidates.map(({ outcome }) => outcome)]),
  );
  for (const { experiment, run } of laboratory.unpublished)
    outcomes.set(
      experiment,
      run.candidates.map(() => 'matched'),
    );
  return { laboratory, outcomes };
}

describe('a run whose result nobody wants', () => {
  it('has the outcome that it would have with one, whatever the behaviours and options', () =>
    fc.assert(
      fc.asyncProperty(experiments, async (given) => {
        const [wanted, unwanted] = [await outcomesOf(given, false), await outcomesOf(given, true)];
        const unrecorded = [...wanted.outcomes].filter(([experiment, outcomes]) => {
          const [, { record = true }] = given[Number(experiment.slice(1))] ?? [[], {}];
          return !record && outcomes.every((outcome) => outcome === 'matched');
        });
        // Of a run that matched and is neither recorded nor published, nobody hears.
        for (const [experiment] of unrecorded) {
          wanted.outcomes.delete(experiment);
          unwanted.outcomes.delete(experiment);
        }
        expect(Object.fromEntries(unwanted.outcomes)).toEqual(Object.fromEntries(wanted.outcomes));
        expect([...unwanted.laboratory.skipped]).toEqual([...wanted.laboratory.skipped]);
        const shown = [wanted, unwanted].map(({ laboratory }) =>
          Object.fromEntries(laboratory.proved.map(({ experiment, run: { startedAt: _, ...run } }) => [experiment, run])),
        );
        expect(shown[1]).toEqual(shown[0]);
        expect(unwanted.laboratory.repeated.length).toBe(wanted.laboratory.repeated.length);
      }),
      { numRuns: 300 },
    ));

  it('makes no result of ordinary data that matches, and is judged by the guardrails', async () => {
    const laboratory = new Laboratory({ ignoresMatches: true, guardrails: { slowerBy: 1 } });
    const slow = () => {
      const end = performance.now() + 0.2;
      while (performance.now() < end);
      return { list: [1] };
    };
    for (let call = 0; call < 100; call += 1) {
      laboratory.call({ control: () => ({ list: [1] }), candidate: slow });
      await laboratory.settled();
    }
    expect(laboratory.results).toEqual([]);
    expect(laboratory.unpublished.length).toBeGreaterThan(5);
    expect(laboratory.halts).toMatchObject([{ reason: expect.stringContaining('"slowerBy"') as string }]);
  });

  it('makes one if the recorder wants to keep it', async () => {
    const laboratory = new Laboratory({ ignoresMatches: true, isKept: true });
    await laboratory.resultOf({ control: () => 1, candidate: () => 1 });
    expect(laboratory.results).toHaveLength(1);
  });
});
