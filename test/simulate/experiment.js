import { StartOrder } from '../../dist/experiment/run/start-order.js';
import { Evidence } from '../../dist/recording/evidence/evidence.js';
import { KnownNoise } from '../../dist/recording/evidence/known-noise.js';
import { PairCounts } from '../../dist/recording/evidence/pair-counts.js';
import { keyHash } from '../../dist/recording/evidence/keyed-hash.js';
import { evidenceByCoverage } from '../../dist/reports/statistics/coverage-evidence.js';
import { evidenceBelow } from '../../dist/reports/statistics/evidence.js';
import { decideReadiness } from '../../dist/reports/statistics/readiness.js';

const BEGIN = Date.UTC(2026, 10, 30);

/** Timeout of candidates, in ms. */
export const TIMEOUT = 10_000;

/** Evidence that is enough, as a natural logarithm. */
const ENOUGH = Math.log(1 / 0.05);

/** Evidence from which it comes to enough in one experiment of 8,000: such experiments are given up. */
const HOPELESS = -6;

/**
 * A simulated experiment: the library's own order of starts, evidence and verdict, without the calls themselves. Beside it, what the verdict
 * would be without coverage and without order: that of the test of the runs alone, in the order in which they settle.
 */
export class SimulatedExperiment {
  evidence = new Evidence();
  settled = 0;
  settledDiffering = 0;
  underWay = [];

  /** @param asked what an operator asks for: `targetRate`, `minSpan` and whether the experiment `isForAll` subjects */
  constructor(seed, asked) {
    this.seed = seed;
    this.asked = asked;
    this.order = new StartOrder(({ startedAt, input, subject, isForAll, findings }) => {
      for (const { finding } of findings) this.evidence.observe({ startedAt, input, subject, isForAll, finding });
    });
  }

  /**
   * Makes a call in which values are given: by the control, by the candidate, and, in some, by the control again. As in the library, runs are
   * evidence once the noise is known, and a pair is judged by what was known before it.
   */
  callWith({ at, input, first, candidate, again }) {
    this.noise ??= new KnownNoise();
    this.evidence.pairs ??= new PairCounts();
    const { noise, evidence } = this;
    const finding = noise.judge(placesOf(first, candidate));
    if (noise.isKnown) this.settle({ place: this.order.begin(BEGIN + at, TIMEOUT), input, finding });
    if (again === undefined) return;
    const places = placesOf(first, again);
    evidence.pairs.observe(finding, noise.judge(places));
    noise.learn(places);
  }

  /** Makes a call, after settling what has ended before. Calls have to come in the order of time. */
  call({ at, input, subject, differs, duration = 0 }) {
    if (this.underWay.length > 0) this.settleUntil(at);
    const call = { place: this.order.begin(BEGIN + at, TIMEOUT), until: at + duration, input, subject, differs };
    if (duration === 0) this.settle(call);
    else this.underWay.push(call);
  }

  /** Whether the verdict without coverage is "ready". */
  get wasReady() {
    return evidenceBelow(this.settled, this.settledDiffering, this.asked.targetRate) >= ENOUGH;
  }

  get isReady() {
    const { evidence, asked } = this;
    if (evidenceBelow(evidence.runs, evidence.differing, asked.targetRate) < ENOUGH) return false;
    return this.readiness.state === 'ready';
  }

  get isHopeless() {
    const { evidence, asked } = this;
    return (
      evidenceBelow(evidence.runs, evidence.differing, asked.targetRate) < HOPELESS &&
      evidenceByCoverage(evidence.inputCoverage, asked.targetRate) < HOPELESS
    );
  }

  /** The verdict as the summary has it. */
  get readiness() {
    const { evidence, asked } = this;
    return decideReadiness({
      runs: evidence.runs,
      differences: evidence.differing,
      excused: evidence.excused,
      pairs: evidence.pairs,
      noisiest: undefined,
      mostly: undefined,
      inputs: evidence.inputCoverage,
      subjects: evidence.subjectCoverage,
      span: (evidence.lastAt ?? 0) - (evidence.firstAt ?? 0),
      release: undefined,
      ignored: [],
      leftOut: [],
      speed: null,
      candidates: 1,
      targetRate: asked.targetRate,
      confidence: 0.95,
      minSpan: asked.minSpan,
    });
  }

  settleUntil(now) {
    const ended = this.underWay.filter(({ until }) => until <= now);
    if (ended.length === 0) return;
    this.underWay = this.underWay.filter(({ until }) => until > now);
    for (const call of ended.sort((one, other) => one.until - other.until)) this.settle(call);
  }

  settle({ place, input, subject, differs, finding = differs ? 'differs' : 'same' }) {
    this.settled += 1;
    if (finding === 'differs') this.settledDiffering += 1;
    if (place < 0) return;
    this.order.settle(place, {
      input: keyHash(input, this.seed),
      subject: subject === undefined ? undefined : keyHash(subject, this.seed + 1),
      isForAll: this.asked.isForAll,
      findings: [{ candidate: 'v2', finding }],
    });
  }
}

/** Lists where two results differ: records of fields, all of which both have. */
function placesOf(control, candidate) {
  return Object.keys(control)
    .filter((key) => control[key] !== candidate[key])
    .map((key) => ({ path: `$.${key}`, kind: 'value', control: control[key], candidate: candidate[key] }));
}
