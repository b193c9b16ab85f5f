import { describe, expect, it } from 'vitest';
import type { ResultLike } from '../../lib/command/api-answers.js';
import { resultText } from '../../lib/command/result.text.js';

const MISMATCH: ResultLike = {
  id: 7,
  candidate: 'trie',
  outcome: 'mismatched',
  ranAt: '2025-11-24T10:00:00.123Z',
  control: { name: 'control', kind: 'returned', value: { city: 'Lyon', size: 3 }, duration: 12.34 },
  observed: { name: 'trie', kind: 'returned', value: { city: 'LYON', total: 1 }, duration: 5 },
  context: { q: 'lyon' },
  differences: [
    { path: '$.city', kind: 'value', control: 'Lyon', candidate: 'LYON' },
    { path: '$.size', kind: 'missing', control: 3 },
    { path: '$.total', kind: 'extra', candidate: 1 },
  ],
  diff: null,
};

const ERROR: ResultLike = {
  ...MISMATCH,
  outcome: 'errored',
  observed: {
    name: 'trie',
    kind: 'threw',
    error: {
      name: 'TypeError',
      message: 'The trie is gone.',
      stack: ['TypeError: The trie is gone.', ...'abcdef'.split('').map((place) => `    at ${place} (trie.js:1:2)`)].join('\n'),
    },
    duration: 5,
  },
  context: {},
  differences: [],
};

describe('a result for a person', () => {
  it('shows what differs, and then both sides', () => {
    expect(resultText(MISMATCH)).toBe(`#7  trie  mismatched  2025-11-24 10:00:00 UTC
  context
    {"q":"lyon"}

  $.city  another value
    control    "Lyon"
    candidate  "LYON"
  $.size  only in the control
    control    3
  $.total  only in the candidate
    candidate  1

  control returned after 12.3 ms
    {"city":"Lyon","size":3}
  candidate returned after 5 ms
    {"city":"LYON","total":1}
`);
  });

  it('shows what failed and where, and then what the control gave', () => {
    expect(resultText(ERROR)).toBe(`#7  trie  errored  2025-11-24 10:00:00 UTC

  candidate threw TypeError after 5 ms: The trie is gone.
    at a (trie.js:1:2)
    at b (trie.js:1:2)
    at c (trie.js:1:2)
    at d (trie.js:1:2)
  control returned after 12.3 ms
    {"city":"Lyon","size":3}
`);
  });

  it('shows what was thrown that is no error', () => {
    expect(resultText({ ...ERROR, observed: { kind: 'threw', error: 'gone', duration: 5 } })).toContain(
      '  candidate threw after 5 ms\n    "gone"\n',
    );
    expect(resultText({ ...ERROR, observed: { kind: 'threw', error: { code: 7 }, duration: 5 } })).toContain(
      '  candidate threw after 5 ms\n    {"code":7}\n',
    );
  });

  it('shows no values where none are kept', () => {
    const bare = { control: { kind: 'returned', duration: 12.3 }, context: {} };

    expect(
      resultText({
        ...MISMATCH,
        ...bare,
        observed: { kind: 'returned', duration: 5 },
        differences: [{ path: '$', kind: 'value' }],
      }),
    ).toBe(`#7  trie  mismatched  2025-11-24 10:00:00 UTC

  $  another value

  control returned after 12.3 ms
  candidate returned after 5 ms
`);
    expect(resultText({ ...ERROR, ...bare, observed: { kind: 'threw', error: { name: 'TypeError' }, duration: 5 } })).toContain(
      '  candidate threw TypeError after 5 ms\n  control',
    );
  });

  it('shows the experiment’s own diff', () => {
    expect(resultText({ ...MISMATCH, diff: '-Lyon\n+LYON\u001b[2J' })).toContain('\n  diff\n    -Lyon\n    +LYON\\u001b[2J\n\n');
    expect(resultText({ ...MISMATCH, diff: { sizes: [3, 4] } })).toContain('\n  diff\n    {"sizes":[3,4]}\n\n');
  });

  it('breaks long values into lines, and says how many are left out', () => {
    const value = Array.from({ length: 50 }, (_, index) => index);
    const text = resultText({ ...MISMATCH, control: { kind: 'returned', value } });

    expect(text).toContain('  control returned\n    [\n      0,\n      1,\n');
    expect(text).toContain('      28,\n    … and 22 more lines, with --json\n');
  });
});
