import { NOTHING_LEFT, type Measured, type Missing, type ReadinessState, type Seen } from './measured.js';
import { speedText } from './speed.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Minutes that nobody waits for: 100 inputs that are each asked in every minute of a day come to as many. */
const MANY_MINUTES = 150_000;

/** Runs from which on it is worth telling that few inputs were seen. */
const MANY_RUNS = 100;

/** Longest list of fields, and longest name of one. */
const FIELDS = 3;
const LONGEST = 60;

/** First words of each state's sentence. */
const BEGINNINGS: Readonly<Record<ReadinessState, string>> = {
  ready: 'Ready',
  notReady: 'Not ready',
  noisy: 'Too noisy',
  collecting: 'Collecting',
};

/**
 * Makes the sentence or two that explain a state to people. It is the same everywhere: in summaries, on the page, in the command, in the API
 * and in receipts.
 */
export function explainReadiness(state: ReadinessState, measured: Measured, missing: Missing): string {
  const release = measured.release === undefined ? '' : ` for release ${measured.release}`;
  return `${BEGINNINGS[state]}${release}: ${explain(state, measured, missing)}`;
}

function explain(state: ReadinessState, measured: Measured, missing: Missing): string {
  switch (state) {
    case 'ready':
      return `${claim(measured, 'fewer')}${besideNoise(measured)}. ${basisText(measured)}`;
    case 'notReady':
      return `${claim(measured, 'more')}: ${seenText(measured)}${mostText(measured)}.`;
    case 'noisy':
      return `${seenText(measured)}. ${noiseText(measured)}`;
    case 'collecting':
      return `${seenText(measured)}. ${missingText(measured, missing)}${recurringText(measured, missing)}${uncomparedText(measured)}`;
    default:
      return state satisfies never;
  }
}

/** Says what a claim rests on, and what it leaves open. */
function basisText(measured: Measured): string {
  const { runs, inputs, subjects, span, ignored, speed } = measured;
  const of = [count(Math.round(inputs.distinct), 'input'), ...(subjects === undefined ? [] : [subjectsText(subjects)])];
  const parts = [
    `Compared ${count(runs, 'run')} of ${of.join(' and ')} over ${spanText(span)}`,
    `${percent(inputs.unseen, 2)} of coming inputs are new`,
    ...(ignored.length === 0 ? [] : [`left out: ${listFields(ignored)}`]),
    ...(speed === null ? [] : [speedText(speed)]),
  ];
  return `${parts.join('; ')}.`;
}

function listFields(paths: readonly string[]): string {
  const named = paths
    .slice(0, FIELDS)
    .map((path) => (path.length > LONGEST ? `${path.slice(0, LONGEST).toWellFormed()}…` : path));
  const left = paths.length - named.length;
  return left > 0 ? `${named.join(', ')} and ${left} more` : named.join(', ');
}

function mostText({ mostly }: Measured): string {
  return mostly === undefined ? '' : `, most often ${mostly}`;
}

/** Says that the control differs from itself too often, in which field, and what to do. */
function noiseText({ pairs, noisiest, targetRate }: Measured): string {
  const { pairs: calls, varied } = pairs ?? { pairs: 0, varied: 0 };
  const most = noisiest === undefined ? '' : `, most often in ${noisiest}`;
  const [what, leave] = noisiest === '$error' ? ['the errors', 'mend'] : ['such fields', 'leave out'];
  return (
    `Called again, the control itself differs in ${number(varied)} of ${count(calls, 'run')}${most}. ` +
    `So ${percent(targetRate)} of calls could be wrong and not be told from that: ${leave} ${what}, or make ${what} the same with "clean".`
  );
}

function claim({ confidence, targetRate, leftOut, candidates }: Measured, than: 'fewer' | 'more'): string {
  const share = sumShares(leftOut);
  const isPartial = share > targetRate;
  const each = candidates > 1 ? ' for each candidate alone' : '';
  const whose = isPartial ? 'the calls that were compared differ' : 'calls differ';
  const left = isPartial ? `; ${percent(share, 2)} were left out (${leftOut.map(({ why }) => why).join(', ')})` : '';
  return `with ${percent(confidence)} confidence${each} ${than} than ${percent(targetRate)} of ${whose}${left}`;
}

function seenText(measured: Measured): string {
  const { runs, differences } = measured;
  return `${number(differences)} of ${number(runs)} runs differ${besideNoise(measured)}`;
}

function missingText({ inputs: seen }: Measured, { runs, inputs, visits, subjects, hours }: Missing): string {
  if (runs === null) return 'Too many more runs without a difference are needed.';
  if (runs === 0) return `${count(hours, 'more hour')} ${hours === 1 ? 'is' : 'are'} needed.`;
  const doesRecur = visits !== null && visits < MANY_MINUTES && seen.visits > 2 * seen.distinct;
  const instead = doesRecur ? ` (or of known ones in ${count(visits, 'more minute')})` : '';
  const of = [
    ...(inputs !== null && inputs > 0 ? [`${count(inputs, 'new input')}${instead}`] : []),
    ...(subjects !== null && subjects > 0 ? [count(subjects, 'new subject')] : []),
  ];
  const over = hours > 0 ? `, over ${count(hours, 'more hour')}` : '';
  const needed = `${count(runs, 'more run')} without a difference ${runs === 1 ? 'is' : 'are'} needed`;
  return `${needed}${of.length === 0 ? '' : `, of ${of.join(' and ')}`}${over}.`;
}

/** Says that the same few inputs come again and again, if that is what a candidate waits for, and what to do. */
function recurringText({ runs, inputs: { distinct } }: Measured, { runs: needed, inputs }: Missing): string {
  const isWhatLacks = inputs !== null && inputs > 0 && inputs === needed;
  if (!isWhatLacks || runs < MANY_RUNS || distinct * 2 > runs) return '';
  const seen = Math.round(distinct);
  const again = seen === 1 ? 'the same one again says' : 'the same ones again say';
  return (
    ` Only ${count(seen, 'input')} ${seen === 1 ? 'was' : 'were'} seen, and ${again} little. ` +
    'If more than the arguments tells calls apart, name it with "coverage".'
  );
}

/** Says which calls were not compared, if they are many enough for the target to hide in them, and what to do. */
function uncomparedText({ leftOut, ignored, targetRate }: Measured): string {
  const share = sumShares(leftOut);
  if (share <= targetRate) return '';
  const nothing = leftOut.find(({ why }) => why === NOTHING_LEFT)?.share ?? 0;
  const cover =
    nothing * 2 < share ? '' : `: what is left out${ignored.length === 0 ? '' : ` (${listFields(ignored)})`} is all there is`;
  return ` ${percent(share, 2)} of calls were not compared (${leftOut.map(({ why }) => why).join(', ')})${cover}.`;
}

function sumShares(shares: Measured['leftOut']): number {
  return shares.reduce((sum, { share }) => sum + share, 0);
}

/** Describes the runs that differ as the control does. */
function besideNoise({ excused }: Measured): string {
  return excused === 0 ? '' : `, beside ${number(excused)} that differ as the control differs from itself`;
}

function subjectsText({ distinct }: Seen): string {
  return count(Math.round(distinct), 'subject');
}

function spanText(span: number): string {
  if (span >= 2 * DAY) return count(Math.floor(span / DAY), 'day');
  if (span >= 2 * HOUR) return count(Math.floor(span / HOUR), 'hour');
  return count(Math.max(Math.round(span / 60_000), 1), 'minute');
}

function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function percent(share: number, decimals = 4): string {
  return `${Number((share * 100).toFixed(decimals))} %`;
}
