import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandidateObservation } from '../../lib/experiment/observation.js';
import { Tally } from '../../lib/recording/tallies/tally.js';
import { EXPERIMENT_ITSELF } from '../../lib/recording/tallies/tally-row.js';
import { makeReceipt } from '../../lib/reports/receipt/make-receipt.js';
import type { CandidateReceipt, ExperimentReceipt, ReceiptSettings } from '../../lib/reports/receipt/receipt.js';
import { compareReceipts } from '../../lib/reports/receipt/receipt-changes.js';
import { changesMarkdown, changesText } from '../../lib/reports/receipt/receipt-changes.text.js';
import { parseReceipt, readReceipt } from '../../lib/reports/receipt/receipt.schemas.js';
import { receiptMarkdown } from '../../lib/reports/receipt/receipt.text.js';
import { summarise } from '../../lib/reports/summarise.js';
import { hoursText } from '../../lib/reports/text/hours.text.js';
import { markdown, sentence } from '../../lib/reports/text/markdown.js';
import { candidateReceipt, receiptOf } from '../support/receipts.js';
import { experimentRow } from '../support/recording.js';

const MONDAY = Date.UTC(2026, 10, 30);
const NOW = new Date(MONDAY + 3_600_000);

/** What was counted of three runs that matched, one of each other kind, and skips. */
function tallies(): Map<string, Tally> {
  const [itself, v2] = [new Tally(), new Tally()];
  const outcomes = ['matched', 'matched', 'matched', 'ignored', 'ignored', 'errored', 'timedOut', 'mismatched'] as const;
  for (const [index, outcome] of outcomes.entries()) {
    itself.ran(MONDAY);
    v2.ran(MONDAY);
    v2.observed({ outcome, drifted: index === 3 } as CandidateObservation); // all that is counted
  }
  v2.differed([{ path: '$.name', kind: 'value', control: 'Ann', candidate: 'Bob' }], true);
  const findings = ['same', 'same', 'bothThrew', 'differs', 'differs'] as const;
  for (const [input, finding] of findings.entries())
    v2.evidence.observe({ startedAt: MONDAY, finding, input, subject: undefined, isForAll: true });
  itself.skip('tooLarge', 2);
  itself.skip('maxConcurrent', 7);
  return new Map([
    [EXPERIMENT_ITSELF, itself],
    ['v2', v2],
  ]);
}

function make(): ExperimentReceipt {
  const row = experimentRow({ ignorePaths: ['$.id'], subjects: ['ann', 'bob'], guardrails: { errorRate: 0.1 } });
  const measured = tallies();
  return makeReceipt(
    { row, tallies: measured, summary: summarise(row, measured, null, [], ['$.at']), ignoredByCode: ['$.at'] },
    '1.2.3',
    NOW,
  );
}

describe('a receipt', () => {
  it('says what the verdict rests on, and what was not observed', () => {
    const receipt = make();
    expect(receipt).toMatchObject({
      experiment: 'search',
      libraryVersion: '1.2.3',
      madeAt: NOW.toISOString(),
      verdict: receipt.candidates[0]?.verdict,
      runs: 8,
      skipped: { tooLarge: 2, maxConcurrent: 7 },
      settings: {
        ignoredByCode: ['$.at'],
        ignoredByOperators: ['$.id'],
        namedSubjects: 2,
        guardrails: { errorRate: 0.1, mismatchRate: null, slowerBy: null, blockedFor: 25 },
      },
      candidates: [
        {
          name: 'v2',
          differences: [{ path: '$.name', kind: 'value', count: 1, noise: 0, isNoise: false }],
          evidence: {
            runs: 4,
            differing: 2,
            from: '2026-11-30T00:00:00.000Z',
            to: '2026-11-30T00:00:00.000Z',
            inputs: { distinct: 4, effectiveRuns: 4, unseen: 1 },
            subjects: null,
          },
          // Of the 8 runs, 2 are ignored, 4 compared something, and both threw in 1.
          notObserved: { bothThrew: 1, nothingLeft: 0, ignored: 1, drift: 1, waiting: 1, timedOut: 1, unexamined: 0 },
        },
      ],
    });
    const [{ notObserved } = candidateReceipt()] = receipt.candidates;
    expect(notObserved.hoursOfWeek).toEqual(Array.from({ length: 168 }, (_, hour) => hour).filter((hour) => hour !== 24));
    expect(notObserved.leftOut.map(({ why }) => why)).toEqual(['tooLarge', 'drift', 'ignored', 'both threw']);
  });

  it('holds no recorded value and no subject', () => {
    expect(JSON.stringify(make())).not.toMatch(/ann|bob/i);
  });

  it('is read as it was written', () => {
    for (const receipt of [make(), receiptOf(), receiptOf({ candidates: [], period: { from: null, to: null } })])
      expect(parseReceipt(JSON.stringify(receipt))).toEqual({ receipt });
  });

  it('is told from everything else, with what is wrong', () => {
    const problem = (data: unknown) => readReceipt(data).problem;
    expect(parseReceipt('{').problem).toBe('is not JSON');
    for (const other of [null, 3, [], {}, { name: 'search', candidates: [] }, { ...receiptOf(), format: 'another' }])
      expect(problem(other)).toBe('is no receipt of nestjs-studies');
    expect(problem({ ...receiptOf(), schemaVersion: 2, libraryVersion: '3.0.0' })).toBe(
      'is a receipt of schema 2 (of nestjs-studies 3.0.0); this version reads schema 1',
    );
    expect(problem({ ...receiptOf(), runs: -1 })).toMatch(/^is a damaged receipt: runs: /);
    expect(problem({ ...receiptOf(), candidates: [{ ...candidateReceipt(), verdict: 'good' }] })).toMatch(
      /^is a damaged receipt: candidates\.0\.verdict: /,
    );
  });

  it('is damaged if any part of it is missing', () => {
    const whole = receiptOf();
    for (const key of Object.keys(whole)) {
      const { [key as keyof ExperimentReceipt]: _, ...rest } = whole; // it has no other keys
      expect([key, readReceipt(rest).receipt]).toEqual([key, undefined]);
    }
  });
});

describe('a receipt in Markdown', () => {
  const text = receiptMarkdown(receiptOf());

  it('has all parts', () => {
    for (const part of [
      '# Receipt of search\n',
      '| Verdict | **ready** |\n',
      '| Release | 2f3c1a (epoch 7, code 0123456789abcdef), since 2026-11-20 10:00:00 UTC |\n',
      '| Period | 2026-11-20 10:00:00 UTC to 2026-11-26 10:00:00 UTC (6 days) |\n',
      '| Made | 2026-11-26 11:00:00 UTC by nestjs-studies 0.1.0 |\n',
      '## Candidate trie: ready\n\nReady: with 95 % confidence fewer than 0.1 % of calls differ.\n',
      '| matched | 48,000 | 99.562 % |\n',
      '- differing: 0.02 % (95 % confidence: 0.01 % to 0.04 %)\n',
      '- speed beside the control’s second call, in 5,000 runs: 1.3 × slower\n',
      '- 48,011 runs compared something; 11 of them differ\n',
      '- 12,904 inputs, which say as much as 9,000 independent runs; 0.4 % of coming ones are new\n',
      '- 3,310 subjects, which say as much as 2,000 independent runs; 0 % of coming ones are new\n',
      '- 142 of 168 hours of the week\n',
      '- fields, by the code: \\$.at\n',
      '- 190 runs whose difference the code ignores\n',
      '- 10 runs whose data had changed in between (drift)\n',
      '- 3 runs that differ only as the control differs from itself\n',
      '- what is not drawn: 10 % take part\n',
      '- 26 hours of the week (UTC): Sun, Mon 3–5\n',
      '- 100 calls skipped by tooLarge\n',
      '- of the drawn calls, for a reason in the call: 0.2 % tooLarge\n',
      '- 5 runs in which both threw the same error\n',
      '- 1 run behind earlier ones that had not settled yet\n',
      '| \\$.a  another value | 11 |  |\n',
      '| guardrails.mismatchRate | none |\n',
    ])
      expect(text).toContain(part);
  });

  it('says so where nothing has run, and where nothing is missing', () => {
    expect(receiptMarkdown(receiptOf({ candidates: [], period: { from: null, to: null }, runs: 0 }))).toContain(
      'No candidate has run yet.',
    );
    const notObserved: CandidateReceipt['notObserved'] = {
      hoursOfWeek: [],
      leftOut: [],
      bothThrew: 0,
      nothingLeft: 0,
      learning: 0,
      overBudget: 0,
      crowded: 0,
      late: 0,
      changed: 0,
      early: 0,
      ignored: 0,
      drift: 0,
      waiting: 0,
      timedOut: 0,
      unexamined: 0,
    };
    const whole = receiptOf({
      skipped: {},
      settings: { ...receiptOf().settings, percentEnabled: 100 },
      candidates: [candidateReceipt({ notObserved, differences: [] })],
    });
    expect(receiptMarkdown(whole)).toContain('### Not observed\n\n- nothing\n');
    expect(receiptMarkdown(whole)).not.toContain('Differences by field');
  });

  it('shows what users and callers have named as it is, and as nothing else', () => {
    const hostile = '`<img src=x>` | **bold** [a](http://b) $x$ @team ~~x~~ #1 & _i_\n\u202e';
    const made = receiptMarkdown(
      receiptOf({
        experiment: hostile,
        skipped: { [hostile]: 1 },
        candidates: [
          candidateReceipt({
            name: hostile,
            reason: hostile,
            differences: [{ path: hostile, kind: 'value', count: 1, noise: 0, isNoise: false }],
          }),
        ],
      }),
    );
    expect(made).not.toMatch(/(?<!\\)(?:[<>`[\]$@~&])/);
    expect(made).not.toMatch(/[^\\]\*\*bold/);
    expect(made).not.toContain('\u202e');
  });

  it('escapes every character that could be markup, and keeps all others', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 100 }), (name) => {
        for (const escaped of [markdown(name), sentence(name)]) {
          expect(escaped.replace(/\\([\\`*_[\]<>#|~$&@])/g, '$1')).toBe(name);
          expect(escaped).not.toMatch(/(?<!\\)(?:\\\\)*[`*_[\]<>#|~$&@]/);
        }
      }),
    );
  });

  it('groups hours by day', () => {
    expect(hoursText([])).toBe('');
    expect(hoursText([0, 1, 3, 167])).toBe('Sun 0–2, 3–4, Sat 23–24');
    expect(hoursText(Array.from({ length: 48 }, (_, hour) => hour + 24))).toBe('Mon, Tue');
  });
});

describe('a receipt against an earlier one', () => {
  const change = (before: Partial<CandidateReceipt>, after: Partial<CandidateReceipt>, laxer: Partial<ReceiptSettings> = {}) =>
    compareReceipts(
      receiptOf({ candidates: [candidateReceipt(before)] }),
      receiptOf({ candidates: [candidateReceipt(after)], settings: { ...receiptOf().settings, ...laxer } }),
    );
  const rate = (low: number, high: number) => ({ mismatchRate: { estimate: (low + high) / 2, low, high } });

  it('is the same if nothing has changed', () => {
    const comparison = change({}, {});
    expect(comparison).toMatchObject({ direction: 'same', changes: [] });
    expect(changesText(comparison)).toBe(
      'The same: search, from 2026-11-26 11:00:00 UTC to 2026-11-26 11:00:00 UTC; nothing has changed\n',
    );
  });

  it('is worse or better by its verdict', () => {
    const direction = (before: CandidateReceipt['verdict'], after: CandidateReceipt['verdict']) =>
      change({ verdict: before }, { verdict: after }).direction;
    expect(direction('ready', 'collecting')).toBe('worse');
    expect(direction('ready', 'noisy')).toBe('worse');
    expect(direction('collecting', 'notReady')).toBe('worse');
    expect(direction('noisy', 'collecting')).toBe('same');
    expect(direction('collecting', 'noisy')).toBe('same');
    expect(direction('notReady', 'collecting')).toBe('better');
    expect(direction('noisy', 'ready')).toBe('better');
  });

  it('is worse or better by its rate only where the intervals have nothing in common', () => {
    expect(change(rate(0.01, 0.02), rate(0.021, 0.03)).direction).toBe('worse');
    expect(change(rate(0.01, 0.02), rate(0.019, 0.03)).direction).toBe('same');
    expect(change(rate(0.02, 0.03), rate(0.001, 0.019)).direction).toBe('better');
    expect(change({ mismatchRate: null }, rate(0.5, 0.6)).direction).toBe('same');
  });

  it('is not better because less was asked for', () => {
    for (const laxer of [
      { targetRate: 0.01 },
      { confidence: 0.9 },
      { minSpan: 1 },
      { ignoredByCode: ['$.at', '$.price'] },
      { ignoredByOperators: ['$.price'] },
    ]) {
      const comparison = change({ verdict: 'collecting' }, { verdict: 'ready' }, laxer);
      expect(comparison.direction).toBe('same');
      expect(changesText(comparison)).toContain('(laxer: a better verdict proves less)');
    }
    const stricter = change({ verdict: 'collecting' }, { verdict: 'ready' }, { targetRate: 0.0001, ignoredByCode: [] });
    expect(stricter.direction).toBe('better');
  });

  it('is worse where a candidate is gone, and says that one is new', () => {
    const [one, two] = [receiptOf(), receiptOf({ candidates: [candidateReceipt(), candidateReceipt({ name: 'v3' })] })];
    expect(compareReceipts(one, two)).toMatchObject({ direction: 'same', changes: [{ candidate: 'v3', text: 'is new: ready' }] });
    expect(compareReceipts(two, one)).toMatchObject({ direction: 'worse', changes: [{ candidate: 'v3', text: 'is gone' }] });
  });

  it('says what else has changed', () => {
    const { evidence, notObserved } = candidateReceipt();
    const comparison = change(
      {},
      {
        ...rate(0.1, 0.2),
        speed: null,
        differences: [{ path: '$.b', kind: 'missing', count: 1, noise: 0, isNoise: false }],
        evidence: { ...evidence, runs: 50_000, inputs: { ...evidence.inputs, distinct: 13_000, unseen: 0.002 }, subjects: null },
        notObserved: { ...notObserved, hoursOfWeek: [] },
      },
      { percentEnabled: 50 },
    );
    expect(changesText(comparison)).toBe(`Worse: search, from 2026-11-26 11:00:00 UTC to 2026-11-26 11:00:00 UTC
- trie: differing: 0.02 % (0.01 % to 0.04 %) → 15 % (10 % to 20 %)
  trie: speed: 1.3 × slower → not measured
  trie: fields that differ now: $.b (missing)
  trie: fields that no longer differ: $.a (value)
  trie: runs: 48,011 → 50,000
  trie: inputs: 12,904 → 13,000
  trie: new among coming inputs: 0.4 % → 0.2 %
  trie: subjects: 3,310 → 0
  trie: hours of the week: 142 → 168
  percentEnabled: 10 → 50
`);
    expect(changesMarkdown(comparison)).toContain('- **worse**: trie: differing: 0.02 % (0.01 % to 0.04 %) → 15 %');
    expect(changesMarkdown(comparison)).toContain('- trie: fields that differ now: \\$.b (missing)\n');
  });
});
