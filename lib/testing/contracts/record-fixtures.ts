import type { RecordedResultRow } from '../../recording/storage/recorded-result.storage.js';
import { Tally } from '../../recording/tallies/tally.js';
import type { TallyContent } from '../../recording/tallies/tally.js';
import type { ExperimentEpoch } from '../../recording/recorded.js';
import type { TallyRow } from '../../recording/tallies/tally-row.js';

/** Start of a minute and an hour in the tests, in ms since the epoch. */
export const NOW = Date.UTC(2026, 10, 24, 12);
/** Experiment of most tests. */
export const SEARCH: ExperimentEpoch = { experimentId: 1, epoch: 0 };
/** Another experiment. */
export const OTHER: ExperimentEpoch = { experimentId: 2, epoch: 0 };

/** Texts of attackers, for values, contexts and names. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  `'; DROP TABLE records_studies_tally; --`,
  '"quoted" \\ %_ ?1 $1 :name ${code} {{code}}',
  '\u001b[2J\u001b]0;title\u0007',
  'half \ud800 characters \udc00',
  'NUL \0 and \u0085 \u2028 \u2029 \u200b \ufeff \u202e',
  '🙂🙃 𝒳 ß ss',
];

/** Names of candidates, also of attackers: without control characters and half characters. */
export const NAMES = [
  ...HOSTILE.slice(0, 3),
  '🙂',
  '🙃',
  'search',
  'Search',
  'séarch',
  '__proto__',
  'constructor',
  '𝒳'.repeat(50),
];

/** Makes the content of a tally with so many runs. */
export const content = (runs: number): TallyContent => ({ ...new Tally().toContent(), runs, firstAt: NOW, lastAt: NOW });

/** Makes a row of the total. */
export const total = (of: ExperimentEpoch, writer: number, runs: number, candidate = 'v2'): TallyRow => ({
  ...of,
  tier: 'total',
  startsAt: 0,
  candidate,
  writer,
  content: content(runs),
});

/** Makes the row of a minute with one run. */
export const minute = (of: ExperimentEpoch, writer: number, startsAt: number, candidate = 'v2'): TallyRow => ({
  ...total(of, writer, 1, candidate),
  tier: 'minute',
  startsAt,
});

/** Makes a result. */
export const sample = (id: string, of = SEARCH): RecordedResultRow => ({
  ...of,
  id: id.padEnd(16, '0'),
  candidate: 'v2',
  outcome: 'mismatched',
  ranAt: new Date(NOW + 123),
  control: { value: id },
  observed: { value: 1.5 },
  context: { user: 1 },
  differences: [{ path: '$', kind: 'type', control: id, candidate: 1.5 }],
  diff: null,
});

/** Lists the ids of results, without the zeros that fill them up. */
export const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id.replace(/0+$/, ''));

/** Lists the keys of tallies, in a fixed order. */
export const keysOf = (rows: readonly TallyRow[]) =>
  rows.map(({ tier, startsAt, candidate, writer }) => `${tier} ${startsAt} ${candidate} ${writer}`).sort();
