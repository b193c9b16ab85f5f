import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CoverageSketch, type CoveredRun } from '../../lib/recording/evidence/coverage-sketch.js';
import { Evidence, type EvidentRun } from '../../lib/recording/evidence/evidence.js';
import { keyHash, makeSalt, SaltedHash } from '../../lib/recording/evidence/keyed-hash.js';
import { chance } from '../support/chance.js';

/** Runs of one process: inputs by number, with the minute and whether the candidate differs, the minutes ascending. */
const runs = (inputs: number) =>
  fc.array(fc.tuple(fc.nat(inputs), fc.nat(3), fc.integer({ min: 0, max: 9 })), { maxLength: 400 }).map((steps) => {
    let minute = 29_000_000;
    return steps.map(([input, step, chance]): CoveredRun => {
      minute += Math.max(step - 1, 0);
      return { hash: keyHash(input, 7), minute, differs: chance === 0, isVisit: true };
    });
  });

function sketchOf(seen: readonly CoveredRun[]): CoverageSketch {
  const sketch = new CoverageSketch();
  for (const run of seen) sketch.observe(run);
  return sketch;
}

function throughJson(sketch: CoverageSketch): CoverageSketch {
  return CoverageSketch.from(JSON.parse(JSON.stringify(sketch.toContent())) as ReturnType<CoverageSketch['toContent']>);
}

/** The same by sets and maps that keep everything. */
function exactly(seen: readonly CoveredRun[]) {
  const inputs = new Map<
    number,
    { runs: number; minutes: Set<number>; differed: number; since: number; differing: Set<number> }
  >();
  for (const { hash, minute, differs } of seen) {
    const input = inputs.get(hash) ?? { runs: 0, minutes: new Set(), differed: 0, since: 0, differing: new Set() };
    inputs.set(hash, input);
    input.runs += 1;
    input.minutes.add(minute);
    if (differs || input.differed > 0) input.since += 1;
    if (!differs) continue;
    input.differed += 1;
    input.differing.add(minute);
  }
  const all = [...inputs.values()];
  const sum = (of: (input: (typeof all)[number]) => number) => all.reduce((total, input) => total + of(input), 0);
  return {
    distinct: all.length,
    failures: sum(({ differed, since }) => (since === 0 ? 0 : differed / since)),
    visits: sum(({ minutes }) => minutes.size),
    differingVisits: sum(({ differing }) => differing.size),
    unseen: all.length === 0 ? 1 : all.filter(({ minutes }) => minutes.size === 1).length / sum(({ minutes }) => minutes.size),
    effectiveRuns: all.length === 0 ? 0 : seen.length ** 2 / sum((input) => input.runs ** 2),
  };
}

describe('a sketch of which inputs were seen', () => {
  it('is exact while inputs are few', () => {
    fc.assert(
      fc.property(runs(250), (seen) => {
        const estimate = throughJson(sketchOf(seen)).estimate(seen.length);
        for (const [name, exact] of Object.entries(exactly(seen)))
          expect(estimate[name as keyof typeof estimate], name).toBeCloseTo(exact, 9); // its own keys
      }),
    );
  });

  it('is the same in whatever order and grouping those of processes are merged', () => {
    fc.assert(
      fc.property(runs(2_000), runs(300), runs(2_000), (one, other, third) => {
        const [a, b, c] = [one, other, third].map((seen) => sketchOf(seen));
        if (a === undefined || b === undefined || c === undefined) return;
        const merged = (...all: CoverageSketch[]) => {
          const sketch = new CoverageSketch();
          for (const part of all) sketch.merge(throughJson(part));
          return sketch;
        };
        const content = merged(a, b, c).toContent();
        expect(merged(c, a, b).toContent()).toEqual(content);
        expect(merged(merged(a, b), c).toContent()).toEqual(content);
        expect(merged(a, merged(b, c)).toContent()).toEqual(content);
      }),
      { numRuns: 50 },
    );
  });

  it('is the same if it is written in parts, but for visits that may be the same', () => {
    fc.assert(
      fc.property(runs(2_000), fc.array(fc.nat(400), { maxLength: 5 }), (seen, cuts) => {
        const whole = sketchOf(seen);
        const total = new CoverageSketch();
        const bounds = [0, ...cuts.filter((cut) => cut < seen.length).sort((a, b) => a - b), seen.length];
        for (const [index, from] of bounds.slice(0, -1).entries()) {
          const part = new CoverageSketch();
          part.follow(total);
          for (const run of seen.slice(from, bounds[index + 1])) part.observe(run);
          total.append(throughJson(part));
        }
        const [made, expected] = [total.estimate(seen.length), whole.estimate(seen.length)];
        expect(made).toMatchObject({
          distinct: expected.distinct,
          failures: expected.failures,
          effectiveRuns: expected.effectiveRuns,
        });
        expect(made.visits).toBeLessThanOrEqual(expected.visits + 1e-9);
        expect(made.visits).toBeGreaterThanOrEqual(expected.visits - bounds.length * 250);
      }),
    );
  });

  it.each([300, 1_000, 3_000, 11_000, 40_000, 300_000])('counts %i inputs within 5 %%, however unevenly they come', (inputs) => {
    const random = chance(inputs);
    const sketch = new CoverageSketch();
    let count = 0;
    for (let input = 0; input < inputs; input += 1) {
      const times = 1 + Math.floor(-Math.log(1 - random()) * 3);
      count += times;
      for (let time = 0; time < times; time += 1)
        sketch.observe({ hash: keyHash(input, inputs), minute: time, differs: false, isVisit: true });
    }
    const { distinct } = sketch.estimate(count);
    expect(Math.abs(distinct - inputs) / inputs).toBeLessThan(0.05);
  });

  it('counts inputs that come once each exactly', () => {
    const sketch = new CoverageSketch();
    for (let input = 0; input < 5_000; input += 1)
      sketch.observe({ hash: keyHash(input, 3), minute: 1, differs: false, isVisit: true });
    expect(sketch.estimate(5_000).distinct).toBe(5_000);
  });

  it('takes at most 16 KiB, and 33 KB as JSON', () => {
    const sketch = new CoverageSketch();
    for (let input = 0; input < 100_000; input += 1)
      sketch.observe({ hash: keyHash(input, 3), minute: 29_000_000 + input, differs: input % 2 === 0, isVisit: true });
    expect(JSON.stringify(sketch.toContent()).length).toBeLessThan(33_000);
    expect(sketch.bytes).toBeLessThanOrEqual(16_384);
  });
});

describe('evidence', () => {
  const evident = (startedAt: number, more: Partial<EvidentRun> = {}): EvidentRun => ({
    startedAt,
    finding: 'same',
    input: 1,
    subject: undefined,
    isForAll: true,
    ...more,
  });

  it('is counted from runs that compared something alone', () => {
    const evidence = new Evidence();
    evidence.observe(evident(60_000));
    evidence.observe(evident(120_000, { finding: 'differs', input: 2 }));
    evidence.observe(evident(180_000, { finding: 'bothThrew' }));
    evidence.observe(evident(240_000, { finding: 'nothingLeft' }));
    evidence.leave('late');
    expect(evidence).toMatchObject({ runs: 2, differing: 1, firstAt: 60_000, lastAt: 120_000 });
    expect(evidence.uncounted).toMatchObject({ bothThrew: 1, nothingLeft: 1, late: 1, early: 0 });
    expect(evidence.inputCoverage).toMatchObject({ distinct: 2, failures: 1, visits: 2, differingVisits: 1 });
    expect(evidence.subjectCoverage).toBeUndefined();
  });

  it('knows the hours of the week in which no run began', () => {
    const evidence = new Evidence();
    const monday = Date.UTC(2026, 10, 30);
    for (const hours of [0, 0.5, 1, 24, 24 * 7]) evidence.observe(evident(monday + hours * 3_600_000));
    const seen = [24, 25, 48];
    expect(evidence.unseenHours).toEqual(Array.from({ length: 168 }, (_, hour) => hour).filter((hour) => !seen.includes(hour)));
  });

  it('counts subjects’ visits only while all take part', () => {
    const evidence = new Evidence();
    evidence.observe(evident(60_000, { subject: 5, isForAll: false }));
    evidence.observe(evident(120_000, { subject: 5 }));
    expect(evidence.subjectCoverage).toMatchObject({ distinct: 1, visits: 1 });
  });

  it('is the same through JSON, and merged in any order', () => {
    const run = fc.record({
      startedAt: fc.integer({ min: 0, max: 2_000_000_000_000 }),
      finding: fc.constantFrom('same', 'differs', 'bothThrew', 'nothingLeft'),
      input: fc.nat(20).map((input) => keyHash(input, 1)),
      subject: fc.option(fc.nat(5), { nil: undefined }),
      isForAll: fc.boolean(),
    });
    const evidenceOf = (all: readonly EvidentRun[]) => {
      const evidence = new Evidence();
      for (const one of all.toSorted((a, b) => a.startedAt - b.startedAt)) evidence.observe(one);
      return evidence;
    };
    fc.assert(
      fc.property(fc.array(run), fc.array(run), (one, other) => {
        const content = evidenceOf(one).toContent();
        if (content !== null) expect(Evidence.from(structuredClone(content)).toContent()).toEqual(content);
        const [ab, ba] = [evidenceOf(one), evidenceOf(other)];
        ab.merge(evidenceOf(other));
        ba.merge(evidenceOf(one));
        expect(ab.toContent()).toEqual(ba.toContent());
        expect(ab.runs).toBe([...one, ...other].filter(({ finding }) => finding === 'same' || finding === 'differs').length);
      }),
    );
  });
});

describe('a salted hash', () => {
  it('differs with the salt, and keeps different hashes apart', () => {
    const [one, same, other] = ['a', 'a', 'b'].map((salt) => new SaltedHash(salt));
    const hashes = Array.from({ length: 10_000 }, (_, index) => one?.of(index) ?? 0);
    expect(new Set(hashes).size).toBe(10_000);
    expect(hashes.every((hash, index) => hash === same?.of(index))).toBe(true);
    expect(hashes.filter((hash, index) => hash === other?.of(index)).length).toBeLessThan(2);
    expect(makeSalt()).toMatch(/^[0-9a-f]{32}$/);
    expect(makeSalt()).not.toBe(makeSalt());
    expect(hashes.every((hash) => Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32)).toBe(true);
  });
});
