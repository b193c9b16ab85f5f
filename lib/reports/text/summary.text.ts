import type { Speed } from '../statistics/speed.js';
import type { RateInterval } from '../statistics/interval.js';
import type { RecordedEpoch } from '../recorded-epoch.js';
import type { CandidateSummary, Percentiles, ExperimentSummary } from '../summary.js';
import { listUncompared, UNCOMPARED } from '../run-account.js';
import { differenceText, sideLines } from './difference.text.js';
import { brief, printable, wrapped } from './printable.js';
import { counted, dateOf, duration, inWords, number, share, timeText } from './quantity.text.js';
import { epochName } from './epoch.text.js';
import { speedupChart } from './speedup-chart.js';
import type { FieldDifference } from '../../recording/differences/field-difference.js';

/** An epoch, with times of either form. */
type EpochLike = Omit<RecordedEpoch, 'begunAt' | 'seenAt'> & Readonly<Record<'begunAt' | 'seenAt', Date | string>>;

/** A summary as the service returns it, or as JSON holds it, with times as ISO 8601. */
export type SummaryLike = Omit<ExperimentSummary, 'span' | 'epoch'> & {
  readonly epoch: EpochLike | null;
  readonly span: { readonly from: Date | string | null; readonly to: Date | string | null };
};

/** Names of the states of readiness. */
export const STATES = { collecting: 'collecting', notReady: 'not ready', noisy: 'noisy', ready: 'ready' };

const OUTCOMES = [
  ['matched', 'matched'],
  ['mismatched', 'mismatched'],
  ['ignored', 'ignored'],
  ['errored', 'errored'],
  ['timedOut', 'timed out'],
] as const;

/** Names of the calls that speedups are over. */
const CALLS = { firstCall: 'first call', secondCall: 'second call' };

/** Number of differing fields that are printed. */
const FIELDS = 20;

/** Renders a summary as text for a terminal. Parts without data are left out. */
export function summaryText(summary: SummaryLike): string {
  const blocks = [headLines(summary), ...summary.candidates.flatMap((candidate) => candidateBlocks(candidate))];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${printable(line).trimEnd()}\n`).join(''))
    .join('\n');
}

function headLines({ name, epoch, span, runs, skipped, refused }: SummaryLike): string[] {
  const [from, to] = [dateOf(span.from), dateOf(span.to)];
  const skips = Object.entries(skipped).filter(([, count]) => count > 0);
  return [
    `Experiment ${brief(name)}`,
    ...(epoch === null ? [] : epochLines(epoch)),
    row('runs', number(runs)),
    ...(from === null ? [] : [row('first', timeText(from))]),
    ...(to === null ? [] : [row('last', timeText(to))]),
    ...(from === null || to === null ? [] : [row('span', inWords(to.getTime() - from.getTime()))]),
    ...(skips.length === 0
      ? []
      : [row('skipped', skips.map(([reason, count]) => `${number(count)} by ${brief(reason)}`).join(', '))]),
    ...(refused.length === 0
      ? []
      : [row('refused', refused.map(({ effect, count }) => `${brief(effect)} in ${counted(count, 'run')}`).join(', '))]),
  ];
}

function epochLines(epoch: EpochLike): string[] {
  const begun = dateOf(epoch.begunAt);
  const since = begun === null ? '' : `, since ${timeText(begun)}`;
  return [
    row('release', `${brief(epochName(epoch))}${since}`),
    ...(epoch.current ? [] : [row('', 'an earlier one: other code runs now')]),
  ];
}

function candidateBlocks(candidate: CandidateSummary): string[][] {
  const { name, readiness, durations, delta, speedup, speedupOver, speed } = candidate;
  return [
    [`Candidate ${brief(name)}: ${STATES[readiness.state]}`, ...wrapped(readiness.reason, '  ')],
    [...countLines(candidate), ...accountLines(candidate), ...rateLines(candidate), ...readLines(candidate)],
    [
      ...durationLines(durations),
      ...(delta === null ? [] : deltaLines(delta, speed !== null)),
      ...(speed === null ? [] : speedLines(speed)),
    ],
    speedup.length === 0
      ? []
      : [
          `  speedup by percentile, over the ${CALLS[speedupOver]} (2x: twice as fast, -2x: half)`,
          ...speedupChart(speedup).map((line) => `  ${line}`),
        ],
    differenceLines(candidate),
  ];
}

function countLines({ counts, drift }: CandidateSummary): string[] {
  const total = OUTCOMES.reduce((sum, [outcome]) => sum + counts[outcome], 0);
  return OUTCOMES.filter(([outcome]) => counts[outcome] > 0).map(([outcome, title]) => {
    const count = number(counts[outcome]).padStart(number(total).length);
    const drifted = outcome === 'ignored' && drift > 0 ? `  ${number(drift)} of them drift: the data moved in between` : '';
    return row(title, `${count}  ${share(counts[outcome] / total).padStart(9)}${drifted}`);
  });
}

function accountLines({ account }: CandidateSummary): string[] {
  const left = listUncompared(account).filter(([part]) => part !== 'ignored' && part !== 'drift');
  if (left.length === 0) return [];
  return [
    row('compared', counted(account.compared, 'run')),
    ...left.map(([part, count]) => row('', `not ${number(count)} ${UNCOMPARED[part]}`)),
  ];
}

function rateLines({ mismatchRate, noise }: CandidateSummary): string[] {
  return [
    ...(mismatchRate === null ? [] : [row('differing', `${share(mismatchRate.estimate)} of runs${bounds(mismatchRate)}`)]),
    ...(noise.rate === null
      ? []
      : [
          row('noise', `${share(noise.rate.estimate)} of ${counted(noise.runs, 'run')}${bounds(noise.rate)}`),
          row('', 'in which the control was compared with itself'),
        ]),
  ];
}

function readLines({ reads }: CandidateSummary): string[] {
  if (reads === null) return [];
  const { sameMoment, later } = reads;
  const total = sameMoment + later;
  return [
    row('read', `at the same moment: ${share(sameMoment / total)}; later: ${share(later / total)} of ${counted(total, 'run')}`),
  ];
}

function bounds({ low, high }: RateInterval): string {
  return ` (95 % confidence: ${share(low)} to ${share(high)})`;
}

function durationLines({ control, candidate }: CandidateSummary['durations']): string[] {
  const cells = (texts: string[]): string => texts.map((text) => text.padStart(11)).join('');
  const line = (title: string, { p50, p90, p95, p99 }: Percentiles) => row(title, cells([p50, p90, p95, p99].map(duration)));
  return [
    ...((control ?? candidate) ? [row('percentile', cells(['50 %', '90 %', '95 %', '99 %']))] : []),
    ...(control === null ? [] : [line('control', control)]),
    ...(candidate === null ? [] : [line('candidate', candidate)]),
  ];
}

function deltaLines({ p5, p50, p95 }: NonNullable<CandidateSummary['delta']>, isSpeedKnown: boolean): string[] {
  return [
    row('saved', `${duration(p50)} in the median (5th percentile ${duration(p5)}, 95th ${duration(p95)})`),
    ...(isSpeedKnown ? [row('', "beside the control's first call")] : []),
    ...(p5 < 0 ? [row('', 'below 0 the candidate was later than the control')] : []),
  ];
}

function speedLines({ runs, speedup, total, warmUp }: Speed): string[] {
  const factor = (ratio: number) => `${ratio.toFixed(2)}x`;
  return [
    row(
      'speed',
      `${factor(speedup.estimate)} (95 % confidence: ${factor(speedup.low)} to ${factor(speedup.high)}), ${factor(total)} in total`,
    ),
    row('', `over the control's second call, in ${counted(runs, 'run')}, at random before it or after`),
    row('warm-up', `${factor(warmUp)} by coming second`),
  ];
}

function differenceLines({ differences, examined, counts, noise }: CandidateSummary): string[] {
  if (differences.length === 0) return [];
  const looked =
    examined < counts.mismatched ? `, looked for in ${number(examined)} of ${number(counts.mismatched)} mismatches` : '';
  const left = differences.length - FIELDS;
  return [
    `  differences by field${looked}`,
    ...differences
      .slice(0, FIELDS)
      .flatMap((one) => [
        `${number(one.count).padStart(7)}  ${differenceText(one)}${noiseText(one, noise.runs)}`,
        ...sideLines(one.example ?? {}).map((line) => `           ${line}`),
      ]),
    ...(left > 0 ? [`         and ${number(left)} more, as JSON`] : []),
  ];
}

function noiseText({ noise, isNoise }: FieldDifference, runs: number): string {
  return isNoise ? `; noise ${number(noise)} of ${number(runs)}` : '';
}

function row(title: string, text: string): string {
  return `  ${title.padEnd(12)}${text}`;
}
