import { newSortableId } from '../../dist/base/sortable-id.js';
import { Tally } from '../../dist/recording/tallies/tally.js';
import { ALL_WRITERS, EXPERIMENT_ITSELF } from '../../dist/recording/tallies/tally-row.js';
import { HOUR, MINUTE, ROLL_UPS, rolledUpBefore, periodStart } from '../../dist/recording/tallies/period-tier.js';

const HOURS = 90 * 24;
const RUNS_AN_HOUR = 10_000_000 / HOURS;

/** Durations in ms: log-normal, by median and deviation of the logarithm. */
const CONTROL = { median: 20, deviation: 0.5 };
export const CANDIDATES = [
  { name: 'cached', median: 12, deviation: 0.8 },
  { name: 'rewritten', median: 25, deviation: 0.4 },
];

const SHARES = { mismatched: 0.02, skipped: 0.01, repeated: 0.05, noise: 0.01 };

const FIELDS = Array.from({ length: 200 }, (_, index) => ({
  path: `$.cities[*].details.field${index}`,
  kind: 'value',
  control: `what the control says of field ${index}`,
  candidate: `what the candidate says of field ${index}`,
}));

/** The rows of 10 million runs in 90 days, as writers leave them: minutes of each, hours of all, and then the totals of each. */
export function* tallyRows(writers, now) {
  const totals = writers.map(() => newTallies());
  for (const period of periods(now)) {
    const parts = totals.map((total) => {
      const part = counted(period, Math.ceil(period.runs / writers.length));
      add(total, part, true);
      return part;
    });
    const groups = period.tier === 'minute' ? parts.map((part, index) => [writers[index], [part]]) : [[ALL_WRITERS, parts]];
    for (const [writer, group] of groups) yield* rowsOf(summed(group), { ...period, writer });
  }
  for (const [index, total] of totals.entries()) yield* rowsOf(total, { tier: 'total', startsAt: 0, writer: writers[index] });
}

/** Minutes as far as they are not made hours yet, and hours for the time before. */
function* periods(now) {
  const minutesFrom = rolledUpBefore(ROLL_UPS[0], now);
  for (let startsAt = periodStart('hour', now) - HOURS * HOUR; startsAt < minutesFrom; startsAt += HOUR)
    yield { tier: 'hour', startsAt, length: HOUR, runs: RUNS_AN_HOUR };
  for (let startsAt = minutesFrom; startsAt < now; startsAt += MINUTE)
    yield { tier: 'minute', startsAt, length: MINUTE, runs: RUNS_AN_HOUR / 60 };
}

/** By candidate, the tallies of so many runs in a period. */
function counted({ startsAt, length }, runs) {
  const tallies = newTallies();
  const itself = tallies.get(EXPERIMENT_ITSELF);
  for (let run = 0; run < runs; run += 1) {
    const ranAt = startsAt + Math.floor((length * run) / runs);
    const control = { duration: durationOf(CONTROL) };
    itself.ran(ranAt);
    if (Math.random() < SHARES.skipped) itself.skip('maxConcurrent');
    if (Math.random() < SHARES.repeated) observe(itself, SHARES.noise);
    for (const candidate of CANDIDATES) {
      const tally = tallies.get(candidate.name);
      tally.ran(ranAt);
      tally.measured(control, { duration: durationOf(candidate) });
      observe(tally, SHARES.mismatched);
    }
  }
  return tallies;
}

function observe(tally, mismatches) {
  const outcome = Math.random() < mismatches ? 'mismatched' : 'matched';
  tally.observed({ outcome });
  if (outcome === 'mismatched') tally.differed(Math.random() < 0.5 ? [someField()] : [someField(), someField()], true);
}

/** One of the fields, the first ones much more often than the last. */
function someField() {
  return FIELDS[Math.floor(FIELDS.length * Math.random() ** 3)];
}

/** Box and Muller. */
function durationOf({ median, deviation }) {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return median * Math.exp(deviation * normal);
}

function newTallies() {
  return new Map([EXPERIMENT_ITSELF, ...CANDIDATES.map(({ name }) => name)].map((name) => [name, new Tally()]));
}

function add(sums, tallies, withDifferences) {
  for (const [name, tally] of tallies) sums.get(name).append(tally, withDifferences);
}

/** As periods are kept: without the fields that differ. */
function summed(group) {
  const sums = newTallies();
  for (const tallies of group) add(sums, tallies, false);
  return sums;
}

function rowsOf(tallies, { tier, startsAt, writer }) {
  return [...tallies].map(([candidate, tally]) => ({ tier, startsAt, candidate, writer, content: tally.toContent() }));
}

/** As many samples as are kept, of 4 KB each. */
export function sampleRows(now) {
  const observation = { kind: 'returned', value: 'a city '.repeat(260), duration: 20 };
  return Array.from({ length: 1_000 }, (_, index) => ({
    id: newSortableId(now - index * MINUTE),
    candidate: CANDIDATES[index % CANDIDATES.length].name,
    outcome: 'mismatched',
    ranAt: new Date(now - index * MINUTE),
    control: observation,
    observed: observation,
    context: { user: index },
    differences: [FIELDS[index % FIELDS.length]],
    diff: null,
  }));
}
