import { makeObservation } from '../../experiment/observation.js';
import type { CandidateObservation } from '../../experiment/observation.js';
import { ExperimentResult } from '../../experiment/result.js';
import { differencesBetween } from '../../recording/differences/differences.js';
import type { ValueDifference } from '../../recording/differences/differences.js';
import { finish } from '../../base/steps.js';
import { makeRecordedResult } from '../../recording/writing/recorded-result-maker.js';
import { Sketch } from '../../recording/tallies/quantile-sketch.js';
import type { SketchContent } from '../../recording/tallies/quantile-sketch.js';
import { Tally } from '../../recording/tallies/tally.js';
import type { EvidenceContent } from '../../recording/evidence/evidence-content.js';
import { MOST_HASHES } from '../../recording/evidence/smallest-hashes.js';
import type { TallyContent } from '../../recording/tallies/tally.js';
import { NOW } from './record-fixtures.js';

/** The largest content that a tally can come to. */
export function largestTally(): TallyContent {
  const tally = new Tally();
  tally.ran(NOW);
  for (let run = 0; run < 250; run += 1) {
    const keys = Array.from({ length: 30 }, (_, index) => `${(run * 7 + index) % 250}${'😀"\\\u0001'.repeat(100)}`);
    const having = (value: string) => Object.fromEntries(keys.map((key) => [key, value.repeat(60)]));
    tally.differed(differencesBetween(having('"\\'), having('\u0001')), true);
  }
  const differences = tally.toContent().differences;
  return {
    ...tally.toContent(),
    control: fullSketch(false),
    candidate: fullSketch(false),
    delta: fullSketch(true),
    speedup: fullSketch(true),
    differences,
    evidence: fullEvidence(),
  };
}

/** Evidence of millions of runs, in which more inputs and subjects were seen, and more differed, than can be kept. */
function fullEvidence(): EvidenceContent {
  const rows = (columns: number) =>
    Array.from({ length: MOST_HASHES * (columns + 1) }, (_, index) => 4_000_000_000 + Math.floor(index / (columns + 1)));
  const coverage = {
    registers: Buffer.alloc(4_096, 21).toString('base64'),
    sample: rows(3),
    differing: rows(4),
    isCut: true,
  };
  const count = 999_999_999_999;
  const ratios = Array.from({ length: 157 }, (_, index) => [index - 78, count]).flat();
  return {
    runs: count,
    differing: count,
    excused: count,
    uncounted: {
      bothThrew: count,
      nothingLeft: count,
      learning: count,
      overBudget: count,
      crowded: count,
      late: count,
      changed: count,
      early: count,
    },
    firstAt: NOW,
    lastAt: NOW,
    hours: Buffer.alloc(21, 255).toString('base64'),
    inputs: coverage,
    subjects: coverage,
    pairs: { pairs: count, varied: count, worse: count, better: count, newWorse: count, newBetter: count },
    speed: { pairs: count, first: count, again: count, candidate: count, speedups: ratios },
  };
}

/** All bins that values can fall into, with hundreds of billions of values in each. */
function fullSketch(isSigned: boolean): SketchContent {
  const sketch = new Sketch();
  for (let size = 1e-4; size <= 1e8; size *= 1.01) {
    sketch.add(size);
    if (isSigned) sketch.add(-size);
  }
  sketch.add(0);
  const grown = (bins: readonly number[]) => bins.map((part, index) => (index % 2 === 0 ? part : 123_456_789_012 + index));
  const content = sketch.toContent();
  return { ...content, zeros: 999_999_999_999, positive: grown(content.positive), negative: grown(content.negative) };
}

/** The largest results that the widest options allow. */
export function largestResults() {
  return ['"', '\\', '\u0001', '\ud800', '😀', '\u2028', 'ä', '\u001b'].map((character) => {
    const value = Array.from({ length: 90 }, () => ({ [character.repeat(40)]: character.repeat(4_000) }));
    const identity = { name: '𝒳'.repeat(50), context: { value }, outcome: 'mismatched' as const, redaction: undefined };
    const observation = makeObservation(identity, { kind: 'returned', value, duration: 1 }, (it) => it);
    const candidate = observation as CandidateObservation; // it has an outcome
    const result = new ExperimentResult({
      experiment: 'search',
      context: identity.context,
      control: observation,
      candidates: [candidate],
      order: [],
      startedAt: NOW,
    });
    const example = character.repeat(30);
    const differences = Array.from({ length: 200 }, (_, index): ValueDifference => ({
      path: `$.${index}${character.repeat(70)}`,
      kind: 'missing',
      control: example,
      candidate: example,
    }));
    return finish(makeRecordedResult(result, candidate, differences, { recordValues: true, maxValueBytes: 50_000 }));
  });
}
