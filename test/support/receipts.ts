import type { CandidateReceipt, ExperimentReceipt } from '../../lib/reports/receipt/receipt.js';

const HOURS = Array.from({ length: 168 }, (_, hour) => hour);

/** The receipt of a candidate that is ready. */
export function candidateReceipt(changes: Partial<CandidateReceipt> = {}): CandidateReceipt {
  return {
    name: 'trie',
    verdict: 'ready',
    reason: 'Ready: with 95 % confidence fewer than 0.1 % of calls differ.',
    counts: { matched: 48_000, mismatched: 11, ignored: 200, errored: 0, timedOut: 0 },
    mismatchRate: { estimate: 0.0002, low: 0.0001, high: 0.0004 },
    noise: { runs: 0, rate: null },
    durations: { control: { p50: 10, p90: 20, p95: 30, p99: 40 }, candidate: null },
    speed: { runs: 5_000, speedup: { estimate: 0.77, low: 0.7, high: 0.8 }, total: 0.75, warmUp: 1.2 },
    differences: [{ path: '$.a', kind: 'value', count: 11, noise: 0, isNoise: false }],
    evidence: {
      runs: 48_011,
      differing: 11,
      excused: 3,
      from: '2026-11-20T10:00:00.000Z',
      to: '2026-11-26T10:00:00.000Z',
      inputs: { distinct: 12_904, effectiveRuns: 9_000, unseen: 0.004 },
      subjects: { distinct: 3_310, effectiveRuns: 2_000, unseen: 0 },
    },
    notObserved: {
      hoursOfWeek: HOURS.filter((hour) => hour < 24 || (hour >= 27 && hour < 29)),
      leftOut: [{ why: 'tooLarge', share: 0.002 }],
      bothThrew: 5,
      nothingLeft: 0,
      learning: 0,
      overBudget: 0,
      crowded: 0,
      late: 0,
      changed: 0,
      early: 0,
      ignored: 190,
      drift: 10,
      waiting: 1,
      timedOut: 0,
      unexamined: 0,
    },
    ...changes,
  };
}

/** The receipt of an experiment with that candidate. */
export function receiptOf(changes: Partial<ExperimentReceipt> = {}): ExperimentReceipt {
  return {
    format: 'nestjs-studies/receipt',
    schemaVersion: 1,
    libraryVersion: '0.1.0',
    madeAt: '2026-11-26T11:00:00.000Z',
    experiment: 'search',
    verdict: 'ready',
    epoch: {
      number: 7,
      release: '2f3c1a',
      fingerprint: '0123456789abcdef',
      begunAt: '2026-11-20T10:00:00.000Z',
      seenAt: '2026-11-26T10:59:00.000Z',
      current: true,
    },
    period: { from: '2026-11-20T10:00:00.000Z', to: '2026-11-26T10:00:00.000Z' },
    runs: 48_211,
    skipped: { tooLarge: 100 },
    settings: {
      version: 3,
      percentEnabled: 10,
      startsAt: null,
      endsAt: null,
      namedSubjects: 2,
      targetRate: 0.001,
      confidence: 0.95,
      minSpan: 24,
      ignoredByCode: ['$.at'],
      ignoredByOperators: [],
      guardrails: { errorRate: 0.5, mismatchRate: null, slowerBy: null, blockedFor: 25 },
    },
    candidates: [candidateReceipt()],
    ...changes,
  };
}
