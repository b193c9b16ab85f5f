import { describe, expect, it } from 'vitest';
import type { CandidateObservation, Outcome } from '../../lib/experiment/observation.js';
import type { ValueDifference } from '../../lib/recording/differences/differences.js';
import { intervalOf } from '../../lib/reports/statistics/interval.js';
import { addToTallies } from '../../lib/recording/tallies/sum-tallies.js';
import { summarise } from '../../lib/reports/summarise.js';
import type { CandidateSummary } from '../../lib/reports/summary.js';
import { Tally, type TallyContent } from '../../lib/recording/tallies/tally.js';
import type { Finding } from '../../lib/experiment/ordered-run.js';
import { PairCounts } from '../../lib/recording/evidence/pair-counts.js';
import { keyHash } from '../../lib/recording/evidence/keyed-hash.js';
import { experimentRow, resultOf } from '../support/recording.js';
import { EXPERIMENT_ITSELF } from '../../lib/recording/tallies/tally-row.js';

const NOW = Date.UTC(2026, 10, 24, 12);

let inputs = 0;

/** What one writer has counted, by candidate. */
class Counted {
  private readonly tallies = new Map<string, Tally>();

  of(candidate: string): Tally {
    const tally = this.tallies.get(candidate) ?? new Tally();
    this.tallies.set(candidate, tally);
    return tally;
  }

  /** Counts runs of the candidate "v2", in ms since the first. */
  runs(count: number, outcome: Outcome, paths: readonly string[] = [], at = 0, finding?: Finding): this {
    for (let run = 0; run < count; run += 1) {
      this.of(EXPERIMENT_ITSELF).ran(NOW + at);
      this.of('v2').ran(NOW + at);
      this.of('v2').observed(observed(outcome));
      this.prove(outcome, NOW + at, finding);
      if (outcome === 'mismatched') this.of('v2').differed(differing(paths), true);
    }
    return this;
  }

  /** Counts a run of an input of its own as evidence. */
  prove(outcome: Outcome, startedAt: number, finding: Finding = outcome === 'matched' ? 'same' : 'differs'): void {
    if (outcome === 'ignored') return;
    const input = keyHash((inputs += 1), 0);
    this.of('v2').evidence.observe({ startedAt, finding, input, subject: undefined, isForAll: true });
  }

  /** Counts comparisons of the control with itself. */
  noise(count: number, outcome: Outcome, paths: readonly string[] = []): this {
    for (let run = 0; run < count; run += 1) {
      this.of(EXPERIMENT_ITSELF).observed(observed(outcome));
      if (outcome === 'mismatched') this.of(EXPERIMENT_ITSELF).differed(differing(paths), true);
    }
    return this;
  }

  get rows(): { candidate: string; content: TallyContent }[] {
    const stored = (tally: Tally) => JSON.parse(JSON.stringify(tally.toContent())) as TallyContent; // as it was
    return [...this.tallies].map(([candidate, tally]) => ({ candidate, content: stored(tally) }));
  }
}

const observed = (outcome: Outcome, drifted?: true) => ({ outcome, drifted }) as CandidateObservation; // all that is counted
const differing = (paths: readonly string[]): ValueDifference[] =>
  paths.map((path) => ({ path, kind: 'value', control: 1, candidate: 2 }));

function talliesOf(rows: Counted['rows']): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const row of rows) addToTallies(tallies, row);
  return tallies;
}

/** The summary of the candidate "v2". */
function candidate(...writers: Counted[]): CandidateSummary {
  const { candidates } = summarise(experimentRow({ minSpan: 0 }), talliesOf(writers.flatMap(({ rows }) => rows)));
  const found = candidates.find(({ name }) => name === 'v2');
  if (found === undefined) throw new Error('There is no candidate "v2".');
  return found;
}

describe('a summary', () => {
  it('says of an experiment that has not run that nothing is known', () => {
    expect(summarise(experimentRow({ name: 'search' }), new Map())).toEqual({
      name: 'search',
      epoch: null,
      span: { from: null, to: null },
      runs: 0,
      skipped: {},
      refused: [],
      candidates: [],
    });
  });

  it('lists the candidates that are known, with zeros for those that were never observed, and doesn’t ask them for more', () => {
    const counted = new Counted().runs(10, 'matched');
    const alone = summarise(experimentRow(), talliesOf(counted.rows)).candidates;
    const { candidates } = summarise(experimentRow(), talliesOf(counted.rows), null, ['v3', 'v2', 'v1']);
    expect(candidates.map(({ name }) => name)).toEqual(['v1', 'v2', 'v3']);
    expect(candidates[1]).toEqual(alone[0]);
    expect(candidates[2]).toMatchObject({
      counts: { matched: 0, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 },
      mismatchRate: null,
      durations: { control: null, candidate: null },
      delta: null,
      readiness: { state: 'collecting' },
    });
  });

  it('adds up what all writers have counted', () => {
    const one = new Counted().runs(2, 'matched', [], 1_000).runs(1, 'mismatched', ['$.a', '$.b'], 2_000);
    const other = new Counted().runs(3, 'timedOut', [], 0).runs(4, 'ignored', [], 1).runs(1, 'mismatched', ['$.b'], 1);
    one.of(EXPERIMENT_ITSELF).skip('runIf', 2);
    other.of(EXPERIMENT_ITSELF).skip('runIf', 3);
    other.of(EXPERIMENT_ITSELF).skip('maxConcurrent');
    one.of(EXPERIMENT_ITSELF).refused.add('INSERT orders', 2);
    for (const effect of ['INSERT orders', 'POST mail/send']) other.of(EXPERIMENT_ITSELF).refused.add(effect);
    other.of('v2').observed(observed('ignored', true));
    one.of('v2').observed({ outcome: 'matched', reads: 'sameMoment' } as CandidateObservation); // all that is counted
    other.of('v2').matched(1, 1, 'sameMoment');
    other.of('v2').matched(1, 1, 'later');
    const summary = summarise(experimentRow(), talliesOf([...one.rows, ...other.rows]));
    expect(summary).toMatchObject({
      runs: 11,
      span: { from: new Date(NOW), to: new Date(NOW + 2_000) },
      refused: [
        { effect: 'INSERT orders', count: 3 },
        { effect: 'POST mail/send', count: 1 },
      ],
    });
    expect(summary.candidates).toHaveLength(1);
    expect(summary.candidates[0]).toMatchObject({
      name: 'v2',
      counts: { matched: 5, mismatched: 2, ignored: 5, errored: 0, timedOut: 3 },
      drift: 1,
      reads: { sameMoment: 2, later: 1 },
      skipped: { runIf: 5, maxConcurrent: 1 },
      mismatchRate: intervalOf(5, 15),
      examined: 2,
    });
    expect(summary.candidates[0]?.differences).toEqual([
      { path: '$.b', kind: 'value', count: 2, noise: 0, isNoise: false, example: { control: 1, candidate: 2 } },
      { path: '$.a', kind: 'value', count: 1, noise: 0, isNoise: false, example: { control: 1, candidate: 2 } },
    ]);
  });

  it('is the same whoever has counted it', () => {
    const all = [1, 2, 3].map((runs) =>
      new Counted().runs(runs, 'matched', [], runs).runs(1, 'mismatched', ['$.a']).noise(5, 'matched'),
    );
    const summary = () => summarise(experimentRow(), talliesOf(all.flatMap(({ rows }) => rows)));
    const forwards = summary();
    all.reverse();
    expect(summary()).toEqual(forwards);
  });

  it('has the candidates by name, and to each what the experiment has', () => {
    const counted = new Counted().runs(1, 'matched');
    for (const name of ['v3', '__proto__', 'v10']) counted.of(name).ran(NOW);
    counted.of(EXPERIMENT_ITSELF).skip('runIf');
    const { candidates } = summarise(experimentRow(), talliesOf(counted.rows));
    expect(candidates.map(({ name }) => name)).toEqual(['__proto__', 'v10', 'v2', 'v3']);
    expect(candidates.every(({ skipped }) => skipped.runIf === 1)).toBe(true);
  });

  it('has percentiles of durations, of what was saved, and of the speedup, within 1 %', () => {
    const counted = new Counted();
    for (let run = 1; run <= 100; run += 1) {
      const duration = { control: run, candidate: run <= 50 ? run * 2 : run / 2 };
      const result = resultOf({
        control: { duration: duration.control },
        candidates: { v2: { outcome: 'matched', duration: duration.candidate } },
      });
      counted.of('v2').ran(NOW);
      counted.of('v2').measured(result.control, result.candidates[0] as CandidateObservation); // it has one
    }
    const { durations, delta, speedup } = candidate(counted);
    const near = (given: object | null, exact: readonly number[]) => {
      const values = Object.values(given ?? {}) as number[]; // percentiles
      expect(values).toHaveLength(exact.length);
      for (const [index, value] of exact.entries()) {
        expect(Math.abs((values[index] ?? NaN) - value)).toBeLessThanOrEqual(Math.abs(value) * 0.01);
      }
    };
    near(durations.control, [50, 90, 95, 99]);
    near(durations.candidate, [40, 80, 90, 98]);
    near(delta, [-46, -1, 47.5]);
    expect(speedup.map(({ percentile }) => percentile)).toEqual(Array.from({ length: 21 }, (_, index) => index * 5));
    expect(speedup[0]?.factor).toBeCloseTo(-2, 5);
    expect(speedup[20]?.factor).toBeCloseTo(2, 5);
  });

  it('has no times of candidates that failed, and none where nothing was measured', () => {
    const counted = new Counted();
    const result = resultOf({ candidates: { v2: { outcome: 'errored', kind: 'threw', error: 1 } } });
    counted.of('v2').measured(result.control, result.candidates[0] as CandidateObservation); // it has one
    expect(candidate(counted)).toMatchObject({
      durations: { control: null, candidate: null },
      delta: null,
      speedup: [],
      mismatchRate: null,
    });
  });
});

describe('noise', () => {
  it('is how often the control differs from itself', () => {
    const { noise } = candidate(
      new Counted().runs(1, 'matched').noise(90, 'matched').noise(6, 'mismatched', ['$.at']).noise(4, 'errored'),
    );
    expect(noise).toEqual({ runs: 100, rate: intervalOf(10, 100) });
    expect(candidate(new Counted().runs(1, 'matched')).noise).toEqual({ runs: 0, rate: null });
  });

  const noisy = () => new Counted().noise(900, 'matched').noise(100, 'mismatched', ['$.at']);

  it('marks the fields in which the control differs from itself', () => {
    const summary = candidate(noisy().runs(1_000, 'mismatched', ['$.at']).runs(30, 'mismatched', ['$.price', '$.at']));
    expect(summary.differences).toMatchObject([
      { path: '$.at', count: 1_030, noise: 100, isNoise: true },
      { path: '$.price', count: 30, noise: 0, isNoise: false },
    ]);
  });

  it('is what the verdict is about, with the field in which it is, over all processes', () => {
    const counted = noisy().runs(36_000, 'matched').runs(4_000, 'mismatched', ['$.at'], 0, 'excused');
    const { evidence } = counted.of('v2');
    evidence.pairs = PairCounts.from({ pairs: 1_000, varied: 100, worse: 100, better: 100, newWorse: 0, newBetter: 0 });
    const { readiness } = candidate(counted, counted);
    expect(readiness.state).toBe('noisy');
    expect(readiness.reason).toContain('0 of 80,000 runs differ, beside 8,000 that differ as the control differs from itself.');
    expect(readiness.reason).toContain('the control itself differs in 200 of 2,000 runs, most often in $.at.');
  });
});

describe('readiness', () => {
  it('is decided by what the experiment is to be measured by', () => {
    const { rows } = new Counted().runs(100, 'matched');
    const readiness = (changes: object) => summarise(experimentRow(changes), talliesOf(rows)).candidates[0]?.readiness;
    expect(readiness({ minSpan: 3 })).toMatchObject({
      state: 'collecting',
      runsNeeded: 3_153,
      inputsNeeded: 3_153,
      hoursNeeded: 3,
    });
    expect(readiness({ targetRate: 0.05, confidence: 0.9, minSpan: 0 })).toMatchObject({ state: 'ready' });
  });

  it('is of the calls that were compared, and says how many were not, and why', () => {
    const half = new Counted().runs(2_000, 'matched').runs(2_000, 'ignored');
    expect(candidate(half).readiness).toMatchObject({ state: 'collecting', runsNeeded: 1_253 });
    const counted = new Counted().runs(6_000, 'matched').runs(2_000, 'ignored');
    counted.of(EXPERIMENT_ITSELF).skip('tooLarge', 2_000);
    counted.of(EXPERIMENT_ITSELF).skip('maxConcurrent', 5_000);
    expect(candidate(counted).readiness.reason).toContain(
      'Ready: with 95 % confidence fewer than 0.1 % of the calls that were compared differ; 40 % were left out (tooLarge, ignored). Compared',
    );
    const few = new Counted().runs(6_000, 'matched').runs(3, 'ignored');
    expect(candidate(few).readiness.reason).toContain('Ready: with 95 % confidence fewer than 0.1 % of calls differ. Compared');
  });

  it('is not reached by runs in which both threw the same, nor by those of whose values everything was left out', () => {
    const counted = new Counted().runs(3_000, 'matched');
    for (const finding of ['bothThrew', 'nothingLeft'] as const)
      for (let run = 0; run < 10_000; run += 1)
        counted.of('v2').evidence.observe({ startedAt: NOW, finding, input: run, subject: undefined, isForAll: true });
    expect(candidate(counted).readiness).toMatchObject({ state: 'collecting', runsNeeded: 253 });
  });

  it('names the fields that code and operators leave out, each once', () => {
    const tallies = talliesOf(new Counted().runs(4_000, 'matched').rows);
    const sentence = (ignorePaths: string[], ignoredByCode?: string[]) =>
      summarise(experimentRow({ minSpan: 0, ignorePaths }), tallies, null, [], ignoredByCode).candidates[0]?.readiness.reason;
    expect(sentence(['$.id', '$.at'], ['$.at'])).toMatch(/new; left out: \$\.at, \$\.id\.$/);
    expect(sentence([])).toMatch(/of coming inputs are new\.$/);
  });

  it('says of several candidates that each is judged alone', () => {
    const counted = new Counted().runs(4_000, 'matched');
    counted.of('v3').ran(NOW);
    expect(candidate(counted).readiness.reason).toContain(
      'Ready: with 95 % confidence for each candidate alone fewer than 0.1 %',
    );
  });
});
