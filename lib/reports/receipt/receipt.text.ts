import { differenceText } from '../text/difference.text.js';
import { epochName } from '../text/epoch.text.js';
import { hoursText } from '../text/hours.text.js';
import { list, markdown, sentence, table } from '../text/markdown.js';
import { counted, dateOf, duration, inWords, number, share, timeText } from '../text/quantity.text.js';
import { speedText } from '../statistics/speed.js';
import { listUncompared, UNCOMPARED } from '../run-account.js';
import { STATES } from '../text/summary.text.js';
import type { Percentiles } from '../summary.js';
import type { CandidateReceipt, Covering, ExperimentReceipt, NotObserved, ReceiptEpoch, ReceiptSettings } from './receipt.js';

/** Hours of a week. */
const WEEK = 168;

/** Number of differing fields that are listed. */
const FIELDS = 50;

/** Renders a receipt as Markdown. */
export function receiptMarkdown(receipt: ExperimentReceipt): string {
  const { experiment, candidates } = receipt;
  const lines = [
    `# Receipt of ${markdown(experiment)}`,
    '',
    ...headLines(receipt),
    ...(candidates.length === 0 ? ['No candidate has run yet.', ''] : candidates.flatMap((one) => candidateLines(one, receipt))),
    '## Settings',
    '',
    ...settingLines(receipt.settings),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function headLines({ verdict, epoch, period, runs, madeAt, libraryVersion }: ExperimentReceipt): string[] {
  const [from, to] = [dateOf(period.from), dateOf(period.to)];
  const span = from === null || to === null ? 'none' : `${text(from)} to ${text(to)} (${inWords(to.getTime() - from.getTime())})`;
  const version = libraryVersion === '' ? '' : ` ${markdown(libraryVersion)}`;
  return table(
    ['Verdict', `**${STATES[verdict]}**`],
    [
      ...(epoch === null ? [] : [['Release', epochText(epoch)]]),
      ['Period', span],
      ['Runs', number(runs)],
      ['Made', `${text(madeAt)} by nestjs-studies${version}`],
    ],
  );
}

function epochText(epoch: ReceiptEpoch): string {
  const { number: epochNumber, fingerprint, begunAt, current } = epoch;
  const earlier = current ? '' : '; an earlier one';
  return `${markdown(epochName(epoch))} (epoch ${epochNumber}, code ${markdown(fingerprint)}), since ${text(begunAt)}${earlier}`;
}

function candidateLines(candidate: CandidateReceipt, receipt: ExperimentReceipt): string[] {
  const { name, verdict, reason, evidence } = candidate;
  const { inputs, subjects } = evidence;
  return [
    `## Candidate ${markdown(name)}: ${STATES[verdict]}`,
    '',
    sentence(reason),
    '',
    '### Figures',
    '',
    ...figureLines(candidate),
    '### Coverage',
    '',
    ...list([
      `${counted(evidence.runs, 'run')} compared something; ${number(evidence.differing)} of them differ`,
      coveringText('input', inputs),
      ...(subjects === null ? [] : [coveringText('subject', subjects)]),
      `${number(WEEK - candidate.notObserved.hoursOfWeek.length)} of ${WEEK} hours of the week`,
    ]),
    '### Ignored',
    '',
    ...list(ignoredItems(candidate, receipt.settings)),
    '### Not observed',
    '',
    ...list(notObservedItems(candidate.notObserved, receipt)),
    ...differenceLines(candidate),
  ];
}

function figureLines({ counts, mismatchRate, noise, durations, speed }: CandidateReceipt): string[] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const outcomes = Object.entries(counts).filter(([, count]) => count > 0);
  const interval = ({ estimate, low, high }: NonNullable<typeof mismatchRate>) =>
    `${share(estimate)} (95 % confidence: ${share(low)} to ${share(high)})`;
  return [
    ...table(
      ['Outcome', 'Runs', 'Share'],
      outcomes.map(([outcome, count]) => [outcome, number(count), share(count / total)]),
    ),
    ...list([
      ...(mismatchRate === null ? ['no runs'] : [`differing: ${interval(mismatchRate)}`]),
      ...(noise.rate === null ? [] : [`the control against itself, in ${counted(noise.runs, 'run')}: ${interval(noise.rate)}`]),
      ...(speed === null
        ? []
        : [`speed beside the control’s second call, in ${counted(speed.runs, 'run')}: ${speedText(speed)}`]),
    ]),
    ...table(
      ['Duration', '50 %', '90 %', '95 %', '99 %'],
      [...durationRow('control', durations.control), ...durationRow('candidate', durations.candidate)],
    ),
  ];
}

function durationRow(title: string, percentiles: Percentiles | null): string[][] {
  if (percentiles === null) return [];
  const { p50, p90, p95, p99 } = percentiles;
  return [[title, ...[p50, p90, p95, p99].map(duration)]];
}

function coveringText(noun: string, { distinct, effectiveRuns, unseen }: Covering): string {
  return (
    `${counted(distinct, noun)}, which say as much as ${counted(effectiveRuns, 'independent run')}; ` +
    `${share(unseen)} of coming ones are new`
  );
}

function ignoredItems({ evidence, notObserved }: CandidateReceipt, settings: ReceiptSettings): readonly string[] {
  const { ignoredByCode, ignoredByOperators } = settings;
  const { ignored, drift } = notObserved;
  return orNothing([
    ...(ignoredByCode.length === 0 ? [] : [`fields, by the code: ${paths(ignoredByCode)}`]),
    ...(ignoredByOperators.length === 0 ? [] : [`fields, by operators: ${paths(ignoredByOperators)}`]),
    ...counts([
      [ignored, UNCOMPARED.ignored],
      [drift, UNCOMPARED.drift],
      [evidence.excused, 'that differ only as the control differs from itself'],
    ]),
  ]);
}

function notObservedItems(not: NotObserved, { skipped, settings }: ExperimentReceipt): readonly string[] {
  const skips = Object.entries(skipped).filter(([, count]) => count > 0);
  const hours = not.hoursOfWeek.length;
  return orNothing([
    ...(settings.percentEnabled < 100 ? [`what is not drawn: ${number(settings.percentEnabled)} % take part`] : []),
    ...(hours === 0
      ? []
      : [`${counted(hours, 'hour')} of the week (UTC)${hours === WEEK ? '' : `: ${hoursText(not.hoursOfWeek)}`}`]),
    ...skips.map(([reason, count]) => `${counted(count, 'call')} skipped by ${markdown(reason)}`),
    ...(not.leftOut.length === 0
      ? []
      : [
          `of the drawn calls, for a reason in the call: ${not.leftOut.map((one) => `${share(one.share)} ${markdown(one.why)}`).join(', ')}`,
        ]),
    ...counts([
      ...listUncompared(not)
        .filter(([part]) => part !== 'ignored' && part !== 'drift')
        .map(([part, runs]) => [runs, UNCOMPARED[part]] as const),
      [not.timedOut, 'whose candidate gave no value in time'],
      [not.unexamined, 'that differ, in fields that were not searched for'],
    ]),
  ]);
}

function counts(items: readonly (readonly [count: number, which: string])[]): string[] {
  return items.filter(([count]) => count > 0).map(([count, which]) => `${counted(count, 'run')} ${which}`);
}

function orNothing(items: readonly string[]): readonly string[] {
  return items.length === 0 ? ['nothing'] : items;
}

function differenceLines({ differences }: CandidateReceipt): string[] {
  if (differences.length === 0) return [];
  const left = differences.length - FIELDS;
  const rows = differences
    .slice(0, FIELDS)
    .map((one) => [markdown(differenceText(one)), number(one.count), one.isNoise ? number(one.noise) : '']);
  return [
    '### Differences by field',
    '',
    ...table(['Field', 'Runs', 'Noise'], rows),
    ...(left > 0 ? [`And ${number(left)} more, in the JSON.`, ''] : []),
  ];
}

function settingLines(settings: ReceiptSettings): string[] {
  const { guardrails, namedSubjects, startsAt, endsAt } = settings;
  return table(
    ['Setting', 'Value'],
    [
      ['percentEnabled', `${number(settings.percentEnabled)} %`],
      ['targetRate', share(settings.targetRate)],
      ['confidence', share(settings.confidence)],
      ['minSpan', counted(settings.minSpan, 'hour')],
      ...(startsAt === null ? [] : [['startsAt', text(startsAt)]]),
      ...(endsAt === null ? [] : [['endsAt', text(endsAt)]]),
      ...(namedSubjects === 0 ? [] : [['subjects', `${number(namedSubjects)} that always take part`]]),
      ...Object.entries(guardrails).map(([name, limit]) => [
        `guardrails.${name}`,
        limit === null ? 'none' : number(Number(limit)),
      ]),
      ['version', number(settings.version)],
    ],
  );
}

function paths(given: readonly string[]): string {
  return given.map(markdown).join(', ');
}

function text(time: Date | string): string {
  const date = dateOf(time);
  return date === null ? '?' : timeText(date);
}
