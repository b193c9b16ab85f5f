import { describe, expect, it } from 'vitest';
import { accountFor } from '../../lib/reports/run-account.js';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { summaryText, type SummaryLike } from '../../lib/reports/text/summary.text.js';

type Candidate = SummaryLike['candidates'][number];

const EMPTY: Candidate = {
  name: 'trie',
  counts: { matched: 0, mismatched: 0, ignored: 0, errored: 0, timedOut: 0 },
  skipped: {},
  mismatchRate: null,
  durations: { control: null, candidate: null },
  delta: null,
  speedup: [],
  speedupOver: 'firstCall',
  speed: null,
  differences: [],
  examined: 0,
  drift: 0,
  account: accountFor(new Tally()),
  reads: null,
  noise: { runs: 0, rate: null },
  readiness: {
    state: 'collecting',
    reason: '3,000 more runs are needed.',
    runsNeeded: 3_000,
    inputsNeeded: 3_000,
    subjectsNeeded: 0,
    hoursNeeded: 24,
  },
};

const FULL: Candidate = {
  ...EMPTY,
  counts: { matched: 9_985, mismatched: 12, ignored: 2, errored: 1, timedOut: 0 },
  drift: 1,
  skipped: { subject: 4, runIf: 1_200 },
  mismatchRate: { estimate: 0.0013, low: 0.00076, high: 0.00222 },
  durations: { control: { p50: 12.34, p90: 20, p95: 31.4, p99: 1_530 }, candidate: { p50: 5.1, p90: 9, p95: 12, p99: 0.0456 } },
  delta: { p5: -1.25, p50: 7.2, p95: 19 },
  speedup: Array.from({ length: 21 }, (_, index) => ({ percentile: index * 5, factor: index < 3 ? index - 4 : 1 + index / 5 })),
  differences: [
    { path: '$.items[*].price', kind: 'value', count: 12, noise: 3, isNoise: true, example: { control: 1.5, candidate: 1.6 } },
    { path: '$.at', kind: 'value', count: 9, noise: 380, isNoise: true, example: { control: 'a', candidate: 'b' } },
    { path: '$.total', kind: 'extra', count: 1, noise: 0, isNoise: false, example: { candidate: { sum: 3 } } },
    { path: '$', kind: 'order', count: 2, noise: 0, isNoise: false, example: null },
    { path: '…', kind: 'value', count: 7, noise: 0, isNoise: false, example: null },
  ],
  examined: 10,
  noise: { runs: 400, rate: { estimate: 0.0075, low: 0.0025, high: 0.0218 } },
  readiness: {
    state: 'notReady',
    reason: 'With 95 % confidence more than 0.1 % of calls differ: 13 of 10,000 runs differ, which is far too many.',
    runsNeeded: null,
    inputsNeeded: null,
    subjectsNeeded: null,
    hoursNeeded: null,
  },
};

const summaryOf = (candidates: Candidate[], given: Partial<SummaryLike> = {}): SummaryLike => ({
  name: 'search',
  epoch: null,
  span: { from: new Date('2025-11-24T10:00:00Z'), to: new Date('2025-11-24T12:05:09Z') },
  runs: 10_000,
  skipped: candidates[0]?.skipped ?? {},
  refused: [],
  candidates,
  ...given,
});

const difference = { path: '$', kind: 'value', count: 1, noise: 0, isNoise: false, example: null } as const;

const chartOf = (speedup: Candidate['speedup']) =>
  summaryText(summaryOf([{ ...EMPTY, speedup }]))
    .split('\n')
    .filter((line) => line.includes('│'));

const ended = (to: string) => summaryText(summaryOf([], { span: { from: '2025-11-24T10:00:00Z', to } }));

describe('the text of a summary', () => {
  it('tells all that is known, whether it is ready first', () => {
    const text = summaryText(
      summaryOf([{ ...FULL, speedup: [] }], {
        refused: [
          { effect: 'INSERT orders', count: 3 },
          { effect: 'Mailer.send', count: 1 },
        ],
      }),
    );

    expect(text).toBe(`Experiment search
  runs        10,000
  first       2025-11-24 10:00:00 UTC
  last        2025-11-24 12:05:09 UTC
  span        2 hours, 5 minutes
  skipped     4 by subject, 1,200 by runIf
  refused     INSERT orders in 3 runs, Mailer.send in 1 run

Candidate trie: not ready
  With 95 % confidence more than 0.1 % of calls differ: 13 of 10,000 runs
  differ, which is far too many.

  matched      9,985    99.85 %
  mismatched      12     0.12 %
  ignored          2     0.02 %  1 of them drift: the data moved in between
  errored          1     0.01 %
  differing   0.13 % of runs (95 % confidence: 0.076 % to 0.222 %)
  noise       0.75 % of 400 runs (95 % confidence: 0.25 % to 2.18 %)
              in which the control was compared with itself

  percentile         50 %       90 %       95 %       99 %
  control         12.3 ms      20 ms    31.4 ms     1.53 s
  candidate        5.1 ms       9 ms      12 ms    45.6 µs
  saved       7.2 ms in the median (5th percentile -1.25 ms, 95th 19 ms)
              below 0 the candidate was later than the control

  differences by field, looked for in 10 of 12 mismatches
     12  $.items[*].price  another value; noise 3 of 400
           control    1.5
           candidate  1.6
      9  $.at  another value; noise 380 of 400
           control    "a"
           candidate  "b"
      1  $.total  only in the candidate
           candidate  {"sum":3}
      2  $  another order
      7  all other fields
`);
  });

  it('says how many runs have read at the same moment, where that is asked for', () => {
    const text = summaryText(summaryOf([{ ...EMPTY, reads: { sameMoment: 97, later: 3 } }]));
    expect(text).toContain('  read        at the same moment: 97 %; later: 3 % of 100 runs\n');
    expect(summaryText(summaryOf([EMPTY]))).not.toContain('same moment');
  });

  it('draws a bar for every percentile, slower to the left and faster to the right, and marks the median', () => {
    const bars = chartOf(FULL.speedup);

    expect(bars).toHaveLength(21);
    expect(bars[0]).toBe(`      0 % ${'█'.repeat(17).padStart(20)}│${' '.repeat(20)}      -4x`);
    expect(bars[20]).toBe(`    100 % ${' '.repeat(20)}│${'█'.repeat(20)}       5x`);
    expect(bars.filter((line) => line.includes('median'))).toEqual([expect.stringMatching(/^ +50 % .* 3x {2}<- median$/)]);
  });

  it('draws short bars where next to nothing is gained', () => {
    expect(chartOf([{ percentile: 50, factor: 1.05 }])).toEqual([`     50 % │█${' '.repeat(19)}    1.05x  <- median`]);
    expect(chartOf([{ percentile: 50, factor: 1 }])).toEqual(['     50 % │       1x  <- median']);
  });

  it('says which call of the control speeds are over', () => {
    const speed = { runs: 900, speedup: { estimate: 1.5, low: 1.4, high: 1.6 }, total: 1.2, warmUp: 2 };
    const text = summaryText(summaryOf([{ ...FULL, speed, speedupOver: 'secondCall' }]));
    expect(text).toContain('speedup by percentile, over the second call (2x');
    expect(text).toContain("over the control's second call, in 900 runs");
    expect(text).toContain(
      "saved       7.2 ms in the median (5th percentile -1.25 ms, 95th 19 ms)\n              beside the control's first call",
    );
    expect(summaryText(summaryOf([FULL]))).toContain('speedup by percentile, over the first call (2x');
  });

  it('has at most 80 columns beside names and values', () => {
    const lines = summaryText(summaryOf([FULL])).split('\n');

    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('leaves out what has no data', () => {
    expect(summaryText(summaryOf([], { runs: 0, span: { from: null, to: null } }))).toBe('Experiment search\n  runs        0\n');
    expect(summaryText(summaryOf([EMPTY], { runs: 0, span: { from: null, to: null } }))).toBe(
      'Experiment search\n  runs        0\n\nCandidate trie: collecting\n  3,000 more runs are needed.\n',
    );
  });

  it('tells in how many of the mismatches it was looked for fields only where that is not all', () => {
    const text = summaryText(summaryOf([{ ...FULL, examined: 12 }]));

    expect(text).toContain('\n  differences by field\n');
  });

  it('tells only the most frequent of many fields, and how many more there are', () => {
    const differences = Array.from({ length: 25 }, (_, index) => ({ ...difference, path: `$.f${index}` }));
    const text = summaryText(summaryOf([{ ...FULL, differences }]));

    expect(text).toContain('  $.f19  ');
    expect(text).not.toContain('$.f20');
    expect(text.endsWith('\n         and 5 more, as JSON\n')).toBe(true);
  });

  it('is the same for a summary that went through JSON', () => {
    const summary = summaryOf([FULL, { ...EMPTY, name: 'tree' }]);

    expect(summaryText(JSON.parse(JSON.stringify(summary)) as SummaryLike)).toBe(summaryText(summary));
  });

  it('puts the span into words', () => {
    expect(ended('2025-11-24T10:00:00.500Z')).toContain('  less than a second\n');
    expect(ended('2025-11-24T10:00:01Z')).toContain('  1 second\n');
    expect(ended('2025-11-24T11:00:59Z')).toContain('  1 hour\n');
    expect(ended('2025-11-27T11:01:00Z')).toContain('  3 days, 1 hour\n');
    expect(ended('no time')).not.toContain('span');
  });

  it('never rounds a share to none or all', () => {
    const text = summaryText(summaryOf([{ ...EMPTY, counts: { ...EMPTY.counts, matched: 999_999, errored: 1 } }]));

    expect(text).toContain('99.9999 %');
    expect(text).toContain(' 0.0001 %');
  });

  it('holds nothing that steers a terminal or deceives its reader', () => {
    const hostile = 'a\u001b[2J\u009b1m\r\nb\u202ec\u2066d\ud800e\u200f\u2028\u{e0041}\u00ad\0';
    const text = summaryText(
      summaryOf(
        [
          {
            ...FULL,
            name: hostile,
            skipped: { [hostile]: 1 } as object,
            differences: [{ ...difference, path: hostile, example: { control: hostile, candidate: { [hostile]: 1 } } }],
            readiness: { state: 'ready', reason: hostile, runsNeeded: 0, inputsNeeded: 0, subjectsNeeded: 0, hoursNeeded: 0 },
          },
        ],
        { name: hostile, runs: hostile as never, skipped: { [hostile]: 1 } as object, refused: [{ effect: hostile, count: 1 }] },
      ),
    );

    expect(text).not.toMatch(/[^\P{Cc}\n]|[\u2028\u00ad\u200f\u202a-\u202e\u2066-\u2069\u{e0041}]|\p{Cs}/u);
    expect(text).toContain(
      'Experiment a\\u001b[2J\\u009b1m\\u000d\\u000ab\\u202ec\\u2066d\\ud800e\\u200f\\u2028\\udb40\\udc41\\u00ad\\u0000\n',
    );
    expect(text.split('\n').some((line) => line.startsWith('b'))).toBe(false);
  });

  it('leaves letters and signs of all languages as they are', () => {
    const name = 'مدينة, 日本語, zürich, 👩‍🔬, क्‍ष';

    expect(summaryText(summaryOf([], { name }))).toContain(`Experiment ${name}\n`);
  });

  it('cuts values that are long, and no character in two', () => {
    const example = { control: 'x'.repeat(100) + '😀'.repeat(5_000) };
    const text = summaryText(summaryOf([{ ...FULL, differences: [{ ...difference, example }] }]));

    expect(text).toContain(`control    "${'x'.repeat(100)}${'😀'.repeat(59)}…\n`);
  });
});
