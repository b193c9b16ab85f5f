import { describe, expect, it } from 'vitest';
import { textOf, type SummaryLike } from '../../lib/recording/summary.text.js';

type Candidate = SummaryLike['candidates'][number];

const EMPTY: Candidate = {
  name: 'trie',
  counts: { matched: 0, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 },
  skipped: {},
  mismatchRate: null,
  durations: { control: null, candidate: null },
  delta: null,
  speedup: [],
  differences: [],
  noise: null,
  readiness: { state: 'collecting', reason: '3,000 more runs are needed.', runsNeeded: 3_000 },
};

const FULL: Candidate = {
  ...EMPTY,
  counts: { matched: 9_985, mismatched: 12, ignored: 2, errored: 1, timedOut: 0 },
  skipped: { subject: 4, runIf: 1_200 },
  mismatchRate: { estimate: 0.0013, low: 0.00076, high: 0.00222 },
  durations: { control: { p50: 12.34, p90: 20, p95: 31.4, p99: 1_530 }, candidate: { p50: 5.1, p90: 9, p95: 12, p99: 0.0456 } },
  delta: { p5: -1.25, p50: 7.2, p95: 19 },
  speedup: Array.from({ length: 21 }, (_, index) => ({ percentile: index * 5, factor: index < 3 ? index - 4 : 1 + index / 5 })),
  differences: [
    { path: '$.items[*].price', kind: 'value', count: 12, noise: 3, example: { control: 1.5, candidate: 1.6 } },
    { path: '$.total', kind: 'extra', count: 1, noise: 0, example: { candidate: { sum: 3 } } },
    { path: '$', kind: 'order', count: 2, noise: 0, example: null },
  ],
  noise: { runs: 400, rate: { estimate: 0.0075, low: 0.0025, high: 0.0218 } },
  readiness: { state: 'notReady', reason: 'Too many runs differ.', runsNeeded: null },
};

const summaryOf = (candidates: Candidate[], given: Partial<SummaryLike> = {}): SummaryLike => ({
  name: 'search',
  span: { from: new Date('2025-11-24T10:00:00Z'), to: new Date('2025-11-24T12:05:09Z') },
  runs: 10_000,
  candidates,
  ...given,
});

const ended = (to: string) => textOf(summaryOf([], { span: { from: '2025-11-24T10:00:00Z', to } }));

describe('the text of a summary', () => {
  it('tells all that is known', () => {
    const text = textOf(summaryOf([FULL]));
    for (const line of [
      'Experiment search',
      '  runs        10,000',
      '  first run   2025-11-24T10:00:00.000Z',
      '  last run    2025-11-24T12:05:09.000Z',
      '  span        2 hours, 5 minutes',
      '  skipped     subject 4, runIf 1,200',
      'Candidate trie: not ready',
      '  Too many runs differ.',
      '  matched      9,985  99.85 %',
      '  mismatched      12  0.12 %',
      '  ignored          2  0.02 %',
      '  errored          1  0.01 %',
      '  differing   0.13 % of runs (95 % confidence: 0.076 % to 0.222 %)',
      '  duration           p50       p90       p95       p99',
      '  control        12.3 ms     20 ms   31.4 ms    1.53 s',
      '  candidate       5.1 ms      9 ms     12 ms 0.0456 ms',
      '  saved       7.2 ms in the median (5th percentile -1.25 ms, 95th 19 ms); below 0 it is later',
      '    $.items[*].price  value, in 12 runs, and in 3 runs of the control compared with itself',
      '      control   1.5',
      '      candidate 1.6',
      '    $.total  extra, in 1 run',
      '      candidate {"sum":3}',
      '    $  order, in 2 runs',
      '  noise: compared with itself, the control differs in 0.75 % of 400 runs (95 % confidence: 0.25 % to 2.18 %)',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it('draws a bar for every percentile, slower to the left and faster to the right, and marks the median', () => {
    const lines = textOf(summaryOf([FULL])).split('\n');
    const bars = lines.filter((line) => line.includes('│'));
    expect(bars).toHaveLength(21);
    expect(bars[0]).toBe(`      0 % ${'█'.repeat(17).padStart(20)}│${' '.repeat(20)}      -4x`);
    expect(bars[20]).toBe(`    100 % ${' '.repeat(20)}│${'█'.repeat(20)}       5x`);
    expect(bars.filter((line) => line.includes('median'))).toEqual([expect.stringMatching(/^ +50 % .* 3x {2}<- median$/)]);
  });

  it('leaves out what has no data', () => {
    expect(textOf(summaryOf([EMPTY], { runs: 0, span: { from: null, to: null } }))).toBe(
      'Experiment search\n  runs        0\n\nCandidate trie: collecting\n  3,000 more runs are needed.\n',
    );
  });

  it('is the same for a summary that went through JSON', () => {
    const summary = summaryOf([FULL, { ...EMPTY, name: 'tree' }]);
    expect(textOf(JSON.parse(JSON.stringify(summary)) as SummaryLike)).toBe(textOf(summary));
  });

  it('puts the span into words', () => {
    expect(ended('2025-11-24T10:00:00.500Z')).toContain('  less than a second\n');
    expect(ended('2025-11-24T10:00:01Z')).toContain('  1 second\n');
    expect(ended('2025-11-24T11:00:59Z')).toContain('  1 hour\n');
    expect(ended('2025-11-27T11:01:00Z')).toContain('  3 days, 1 hour\n');
    expect(ended('no time')).not.toContain('span');
  });

  it('never rounds a share to none or all', () => {
    const text = textOf(summaryOf([{ ...EMPTY, counts: { ...EMPTY.counts, matched: 999_999, errored: 1 } }]));
    expect(text).toContain('99.9999 %');
    expect(text).toContain('0.0001 %');
  });

  it('holds nothing that steers a terminal or deceives its reader', () => {
    const hostile = 'a\u001b[2J\u009b1m\r\nb\u202ec\u2066d\ud800e\u200f\u2028';
    const text = textOf(
      summaryOf(
        [
          {
            ...FULL,
            name: hostile,
            skipped: { [hostile]: 1 } as object,
            differences: [
              { path: hostile, kind: hostile as 'value', count: 1, noise: 0, example: { control: hostile, candidate: 1 } },
            ],
            readiness: { state: 'ready', reason: hostile, runsNeeded: 0 },
          },
        ],
        { name: hostile, runs: hostile as never },
      ),
    );
    expect(text).not.toMatch(/[^\P{Cc}\n]|[\u2028\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u);
    expect(text).toContain('Experiment a\\u001b[2J\\u009b1m\\u000d\\u000ab\\u202ec\\u2066d\\ud800e\\u200f\\u2028\n');
    expect(text.split('\n').some((line) => line.startsWith('b'))).toBe(false);
  });

  it('cuts values that are long, and no character in two', () => {
    const example = { control: 'x'.repeat(100) + '😀'.repeat(5_000) };
    const text = textOf(summaryOf([{ ...FULL, differences: [{ path: '$', kind: 'missing', count: 1, noise: 0, example }] }]));
    expect(text).toContain(`control   "${'x'.repeat(100)}${'😀'.repeat(59)}…\n`);
  });
});
