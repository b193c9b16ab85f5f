import { differenceText, sideLines } from '../reports/text/difference.text.js';
import { brief, jsonLines } from '../reports/text/printable.js';
import { dateOf, duration, timeText } from '../reports/text/quantity.text.js';
import { isItem, type Item, type ResultLike } from './api-answers.js';

/** Number of printed lines of a value, and of a stack. */
const LINES = { value: 30, stack: 4 };

/** Longest value that is printed on one line, in characters. */
const SHORT = 72;

/** Renders a result for people: first what differs or failed, then the rest of both sides. */
export function resultText(result: ResultLike): string {
  const { id, ranAt, candidate, outcome, control, observed, context, differences, diff } = result;
  const sides = [behaviourLines('control', control), behaviourLines('candidate', observed)];
  const blocks = [
    [
      headLines(id, candidate, outcome, ranAt),
      ...(isItem(context) && Object.keys(context).length > 0 ? ['  context', ...valueLines(context)] : []),
    ],
    differences.flatMap((one) => [`  ${differenceText(one)}`, ...sideLines(one).map((line) => `    ${line}`)]),
    diff === null || diff === undefined ? [] : ['  diff', ...diffLines(diff)],
    (outcome === 'errored' ? sides.reverse() : sides).flat(),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join(''))
    .join('\n');
}

function headLines(id: unknown, candidate: string, outcome: string, ranAt: unknown): string {
  const time = dateOf(ranAt);
  const parts = [`#${String(id)}`, candidate, outcome, ...(time === null ? [] : [timeText(time)])];
  return parts.map(brief).join('  ');
}

/** Renders the observation of a side: its value, or its error with the place where it was thrown. */
function behaviourLines(side: string, { kind, value, error, duration: ms }: Item): string[] {
  const time = typeof ms === 'number' ? ` after ${duration(ms)}` : '';
  if (kind !== 'threw') return [`  ${side} returned${time}`, ...(value === undefined ? [] : valueLines(value))];
  const { name, message, stack } = isItem(error) ? error : {};
  if (typeof name !== 'string') return [`  ${side} threw${time}`, ...(error === undefined ? [] : valueLines(error))];
  return [
    `  ${side} threw ${brief(name)}${time}${typeof message === 'string' ? `: ${brief(message)}` : ''}`,
    ...(typeof stack === 'string' ? stackLines(stack) : []),
  ];
}

/** Returns the places in a stack, without the error itself. */
function stackLines(stack: string): string[] {
  const places = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return places.slice(0, LINES.stack).map((line) => `    ${brief(line.trim())}`);
}

/** Renders a diff, which is a text of several lines, or data. */
function diffLines(diff: unknown): string[] {
  return typeof diff === 'string' ? shortened(diff.split('\n')) : valueLines(diff);
}

function valueLines(value: unknown): string[] {
  const line = JSON.stringify(value);
  return shortened(line.length <= SHORT ? [line] : jsonLines(value));
}

function shortened(lines: string[]): string[] {
  const left = lines.length - LINES.value;
  return [
    ...lines.slice(0, LINES.value).map((line) => `    ${brief(line)}`),
    ...(left > 0 ? [`    … and ${left} more lines, with --json`] : []),
  ];
}
