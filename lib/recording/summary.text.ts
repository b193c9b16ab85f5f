import { escaped } from '../experiment/escaped.js';
import type { CandidateSummary, FieldDifference, Percentiles, Summary } from './summary.js';

/** A summary as the service gives it, or as JSON holds it: with times as ISO 8601. */
export type SummaryLike = Omit<Summary, 'span'> & {
  readonly span: { readonly from: Date | string | null; readonly to: Date | string | null };
};

/** Format characters that turn text around or hide, and halves of characters. */
const DECEPTIVE = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

const STATES = { collecting: 'collecting', notReady: 'not ready', ready: 'ready' };
const OUTCOMES = { matched: 'matched', mismatched: 'mismatched', ignored: 'ignored', errored: 'errored', timedOut: 'timed out' };
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** How many characters of a name, a path or a value are printed. */
const LONGEST = 160;
/** How long the longest bar of the chart is. */
const BAR = 20;

/** A text in one line, in which nothing is left that could steer a terminal or deceive its reader. */
export function printable(text: string): string {
  return escaped(text.replaceAll('\n', '\\u000a')).replace(DECEPTIVE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The summary as a text for a terminal. What has no data is left out. */
export function textOf(summary: SummaryLike): string {
  const blocks = [headOf(summary), ...summary.candidates.map((candidate) => candidateLines(candidate))];
  return blocks.map((lines) => lines.map((line) => `${printable(line).trimEnd()}\n`).join('')).join('\n');
}

function headOf({ name, span, runs, candidates }: SummaryLike): string[] {
  const skipped = Object.entries(candidates[0]?.skipped ?? {}).filter(([, count]) => count > 0);
  return [
    `Experiment ${brief(name)}`,
    row('runs', number(runs)),
    ...spanLines(dateOf(span.from), dateOf(span.to)),
    ...some(skipped, () => [row('skipped', skipped.map(([reason, count]) => `${brief(reason)} ${number(count)}`).join(', '))]),
  ];
}

function spanLines(from: Date | null, to: Date | null): string[] {
  return [
    ...some(from, (date) => [row('first run', date.toISOString())]),
    ...some(to, (date) => [row('last run', date.toISOString())]),
    ...(from && to ? [row('span', inWords(to.getTime() - from.getTime()))] : []),
  ];
}

function candidateLines(candidate: CandidateSummary): string[] {
  const { mismatchRate, durations, delta, noise, readiness } = candidate;
  return [
    `Candidate ${brief(candidate.name)}: ${STATES[readiness.state]}`,
    ...(readiness.reason === '' ? [] : [`  ${readiness.reason}`]),
    ...countLines(candidate.counts),
    ...some(mismatchRate, (rate) => [row('differing', `${share(rate.estimate)} of runs${bounds(rate)}`)]),
    ...durationLines(durations),
    ...some(delta, ({ p5, p50, p95 }) => [
      row(
        'saved',
        `${ms(p50)} in the median (5th percentile ${ms(p5)}, 95th ${ms(p95)})${p5 < 0 ? '; below 0 it is later' : ''}`,
      ),
    ]),
    ...chart(candidate.speedup),
    ...some(candidate.differences, (all) => ['', '  differences by field', ...all.flatMap((one) => differenceLines(one))]),
    ...some(noise, ({ runs, rate }) =>
      runs > 0 && rate
        ? [
            '',
            `  noise: compared with itself, the control differs in ${share(rate.estimate)} of ${number(runs)} runs${bounds(rate)}`,
          ]
        : [],
    ),
  ];
}

function countLines(counts: CandidateSummary['counts']): string[] {
  const outcomes = Object.entries(OUTCOMES).map(([key, title]) => ({ title, count: counts[key as keyof typeof OUTCOMES] }));
  const total = outcomes.reduce((sum, { count }) => sum + count, 0);
  return outcomes
    .filter(({ count }) => count > 0)
    .map(({ title, count }) => row(title, `${number(count).padStart(number(total).length)}  ${share(count / total)}`));
}

function durationLines({ control, candidate }: CandidateSummary['durations']): string[] {
  const rows: (readonly [string, Percentiles])[] = [];
  if (control) rows.push(['control', control]);
  if (candidate) rows.push(['candidate', candidate]);
  const cells = (texts: string[]): string => texts.map((text) => text.padStart(10)).join('');
  return some(rows, () => [
    '',
    row('duration', cells(['p50', 'p90', 'p95', 'p99'])),
    ...rows.map(([title, { p50, p90, p95, p99 }]) => row(title, cells([p50, p90, p95, p99].map((duration) => ms(duration))))),
    '',
  ]);
}

/** Bars of the logarithm, since otherwise one extreme would leave nothing to see of the rest. */
function chart(speedup: CandidateSummary['speedup']): string[] {
  const bars = speedup.map(({ percentile, factor }) => ({
    percentile,
    factor,
    height: Math.log2(Math.max(Math.abs(factor), 1)),
  }));
  const highest = Math.max(...bars.map(({ height }) => height), Number.EPSILON);
  const slower = bars.some(({ factor }) => factor < -1) ? BAR : 0;
  const faster = bars.some(({ factor }) => factor > 1) ? BAR : 0;
  return some(bars, () => [
    '',
    `  speedup by percentile (${slower > 0 ? '-2x: half as fast, ' : ''}2x: twice as fast)`,
    ...bars.map(({ percentile, factor, height }) => {
      const bar = '█'.repeat(Math.round((height / highest) * BAR) || 0);
      const sides = `${(factor < 0 ? bar : '').padStart(slower)}│${(factor > 0 ? bar : '').padEnd(faster)}`;
      const title = `${number(percentile)} %`.padStart(7);
      return `  ${title} ${sides} ${`${significant(factor)}x`.padStart(8)}${percentile === 50 ? '  <- median' : ''}`;
    }),
  ]);
}

function differenceLines({ path, kind, count, noise, example }: FieldDifference): string[] {
  const inNoise = noise > 0 ? `, and in ${runsIn(noise)} of the control compared with itself` : '';
  return [
    `    ${brief(path)}  ${brief(kind)}, in ${runsIn(count)}${inNoise}`,
    ...some(example, (given) =>
      (['control', 'candidate'] as const).flatMap((side) =>
        given[side] === undefined ? [] : [`      ${side.padEnd(10)}${brief(JSON.stringify(given[side]))}`],
      ),
    ),
  ];
}

function runsIn(count: number): string {
  return `${number(count)} ${count === 1 ? 'run' : 'runs'}`;
}

function row(title: string, text: string): string {
  return `  ${title.padEnd(12)}${text}`;
}

/** The lines of what is there, and of what isn't, none. */
function some<Value extends object>(value: Value | null, lines: (value: Value) => string[]): string[] {
  return value === null || (Array.isArray(value) && value.length === 0) ? [] : lines(value);
}

function brief(text: string): string {
  const start = Array.from(text.slice(0, 2 * LONGEST + 2));
  return printable(start.length <= LONGEST ? text : `${start.slice(0, LONGEST).join('')}…`);
}

function dateOf(time: Date | string | null): Date | null {
  if (time === null) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The two greatest units of a time, such as "2 hours, 5 minutes". */
function inWords(duration: number): string {
  const greatest = UNITS.findIndex(([, length]) => duration >= length);
  if (greatest < 0) return 'less than a second';
  let left = duration;
  const words = UNITS.slice(greatest, greatest + 2).map(([unit, length]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    return count === 0 ? '' : `${number(count)} ${unit}${count === 1 ? '' : 's'}`;
  });
  return words.filter((word) => word !== '').join(', ');
}

function bounds({ low, high }: NonNullable<CandidateSummary['mismatchRate']>): string {
  return ` (95 % confidence: ${share(low)} to ${share(high)})`;
}

/** A share in percent, exact enough never to look like none or all where it isn't. */
function share(rate: number): string {
  const percent = rate * 100;
  const rest = Math.min(percent, 100 - percent);
  const decimals = rest > 0 ? Math.min(Math.max(Math.ceil(-Math.log10(rest)) + 2, 0), 6) : 0;
  return `${known(percent, () => String(Number(percent.toFixed(decimals))))} %`;
}

function ms(duration: number): string {
  return Math.abs(duration) < 1_000 ? `${significant(duration)} ms` : `${significant(duration / 1_000)} s`;
}

function significant(value: number): string {
  return known(value, () => String(Number(Number(value.toPrecision(3)).toFixed(4)) + 0));
}

function number(value: number): string {
  return known(value, () => value.toLocaleString('en-US'));
}

/** JSON from elsewhere may hold anything. */
function known(value: number, text: () => string): string {
  return Number.isFinite(value) ? text() : '?';
}
