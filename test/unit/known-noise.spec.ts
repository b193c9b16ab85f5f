import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish } from '../../lib/base/steps.js';
import { resolveOptions } from '../../lib/experiment/definition.js';
import { makeObservation, type Outcome } from '../../lib/experiment/observation.js';
import { examineDifferences } from '../../lib/recording/differences/examine-differences.js';
import { KnownNoise } from '../../lib/recording/evidence/known-noise.js';
import { PairCounts } from '../../lib/recording/evidence/pair-counts.js';
import type { Likeness } from '../../lib/recording/evidence/field-noise.js';

const OPTIONS = resolveOptions({ noise: 10 });

const thrown = (error: unknown, outcome: Outcome = 'errored') =>
  makeObservation({ name: 'one', context: {}, outcome, redaction: undefined }, { kind: 'threw', error, duration: 1 }, (it) => it);
const given = (value: unknown) =>
  makeObservation(
    { name: 'one', context: {}, outcome: 'mismatched', redaction: undefined },
    { kind: 'returned', value, duration: 1 },
    (it) => it,
  );
const places = (control: unknown, other: unknown) => finish(examineDifferences(given(control), given(other), OPTIONS, [])).places;

/** What is known of a control that has given pairs of values. */
function knowing(...pairs: readonly (readonly [unknown, unknown])[]): KnownNoise {
  const noise = new KnownNoise();
  for (const [one, other] of pairs) noise.learn(places(one, other));
  return noise;
}
const judged = (noise: KnownNoise, control: unknown, candidate: unknown): Likeness => noise.judge(places(control, candidate));

describe('a difference of a candidate', () => {
  it('is excused only if the control gave that value in that field when it was called again', () => {
    const noise = knowing([
      { a: 'A', b: 1 },
      { a: 'B', b: 1 },
    ]);
    expect(judged(noise, { a: 'A' }, { a: 'B' })).toBe('excused');
    expect(judged(noise, { a: 'B' }, { a: 'A' })).toBe('excused');
    expect(judged(noise, { a: 'A' }, { a: 'WRONG' })).toBe('differs');
    expect(judged(noise, { b: 'A' }, { b: 'B' })).toBe('differs');
    expect(judged(noise, { a: 'A', b: 1 }, { a: 'B', b: 2 })).toBe('differs');
  });

  it('is excused in a list only if each of its items is', () => {
    const list = (...states: string[]) => states.map((state, id) => ({ id, state }));
    const noise = knowing([list('A', 'A'), list('A', 'B')]);
    expect(judged(noise, list('A', 'A', 'A'), list('B', 'A', 'B'))).toBe('excused');
    expect(judged(noise, list('A', 'A', 'A'), list('B', 'A', 'WRONG'))).toBe('differs');
    const come = knowing([[{ id: 1 }, { id: 2 }], [{ id: 1 }]]);
    expect(judged(come, [{ id: 1 }, { id: 2 }], [{ id: 1 }])).toBe('excused');
    expect(judged(come, [{ id: 1 }, { id: 2 }], [{ id: 2 }])).toBe('differs');
  });

  it('is excused where something is missing, in another order, or thrown, as the control does it', () => {
    const gone = knowing([{ a: 1 }, {}]);
    expect([judged(gone, { a: 7 }, {}), judged(gone, {}, { a: 1 }), judged(gone, {}, { a: 7 })]).toEqual([
      'excused',
      'excused',
      'differs',
    ]);
    expect(
      judged(
        knowing([
          ['a', 'b'],
          ['b', 'a'],
        ]),
        ['c', 'd', 'e'],
        ['d', 'c', 'e'],
      ),
    ).toBe('excused');
    const noise = new KnownNoise();
    const failing = (message: string, outcome?: Outcome) =>
      finish(examineDifferences(given(1), thrown(new TypeError(message), outcome), OPTIONS, [])).places;
    noise.learn(failing('busy'));
    expect([noise.judge(failing('busy')), noise.judge(failing('other')), noise.judge(failing('busy', 'timedOut'))]).toEqual([
      'excused',
      'differs',
      'differs',
    ]);
  });

  it('is none if it is as small as the control’s own, and negligible', () => {
    const noise = knowing([
      { n: 1, at: new Date(5_000) },
      { n: 1 + 1e-9, at: new Date(5_040) },
    ]);
    expect(judged(noise, { n: 3 }, { n: 3 + 1e-9 })).toBe('same');
    expect(judged(noise, { n: 3 }, { n: 3.1 })).toBe('differs');
    expect(judged(noise, { n: 3 }, { n: -3 })).toBe('differs');
    expect(judged(noise, { at: new Date(7_000) }, { at: new Date(7_060) })).toBe('same');
    expect(judged(noise, { at: new Date(7_000) }, { at: new Date(90_000) })).toBe('differs');
  });

  it('is excused by how far the control’s own numbers are apart where they are never the same', () => {
    const noise = knowing(...Array.from({ length: 40 }, (_, index) => [{ n: 100 }, { n: 100 + index }] as const));
    expect(judged(noise, { n: 100 }, { n: 130.5 })).toBe('excused');
    expect(judged(noise, { n: 100 }, { n: 1_000 })).toBe('differs');
  });

  it('is never excused by values of which the control has new ones again and again, or that are too long to know', () => {
    const ids = knowing(...Array.from({ length: 40 }, (_, index) => [{ id: `a${index}` }, { id: `b${index}` }] as const));
    expect(judged(ids, { id: 'x' }, { id: 'b1' })).toBe('differs');
    const long = 'a'.repeat(2_000);
    expect(judged(knowing([{ a: long }, { a: 'b' }]), { a: 'b' }, { a: long })).toBe('differs');
  });

  it('is never excused where not all of it can be seen', () => {
    const clean = resolveOptions({ noise: 10, clean: (value: unknown) => ({ a: (value as { a: unknown }).a }) });
    const cleaned = (value: unknown) =>
      makeObservation(
        { name: 'one', context: {}, outcome: 'mismatched', redaction: undefined },
        { kind: 'returned', value, duration: 1 },
        clean.clean as (value: unknown) => unknown,
      );
    const noise = new KnownNoise();
    const differences = (one: unknown, other: unknown) =>
      finish(examineDifferences(cleaned(one), cleaned(other), clean, [])).places;
    noise.learn(differences({ a: 1 }, { a: 2 }));
    expect(noise.judge(differences({ a: 1 }, { a: 2 }))).toBe('excused');
    expect(noise.judge(differences({ a: 1, b: 1 }, { a: 2, b: 2 }))).toBe('differs');
  });

  it('is excused whatever it is, if the control has differed in the very same way', () => {
    const value = fc.oneof(fc.integer(), fc.string({ maxLength: 20 }), fc.boolean(), fc.constant(null));
    const record = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.oneof(value, fc.array(value, { maxLength: 4 })), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(record, record, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(judged(knowing([one, other]), one, other)).not.toBe('differs');
      }),
    );
  });

  it('is unknown until the control was compared with itself often enough', () => {
    const noise = new KnownNoise();
    for (let run = 0; run < 29; run += 1) noise.learn([]);
    expect(noise.isKnown).toBe(false);
    noise.learn([]);
    expect(noise.isKnown).toBe(true);
  });
});

describe('pairs', () => {
  const likeness = fc.constantFrom<Likeness>('same', 'excused', 'differs');

  it('are counted alike for both sides, so that exchanging them exchanges the counts', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(likeness, likeness)), (runs) => {
        const [one, other] = [new PairCounts(), new PairCounts()];
        for (const [candidate, again] of runs) {
          one.observe(candidate, again);
          other.observe(again, candidate);
        }
        expect([one.worse, one.better, one.newWorse, one.newBetter]).toEqual([
          other.better,
          other.worse,
          other.newBetter,
          other.newWorse,
        ]);
        expect(one.pairs).toBe(runs.length);
        expect(one.worse).toBeLessThanOrEqual(one.pairs - one.varied);
      }),
    );
  });

  it('are the same whether they are counted together or added up, also from what was stored', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(likeness, likeness)), fc.nat(), (runs, cut) => {
        const [all, first, second] = [new PairCounts(), new PairCounts(), new PairCounts()];
        for (const [index, run] of runs.entries()) {
          all.observe(...run);
          (index < cut ? first : second).observe(...run);
        }
        const sum = PairCounts.from(JSON.parse(JSON.stringify(first.toContent())) as PairCounts);
        sum.add(second);
        expect(sum).toEqual(all);
      }),
    );
  });
});
