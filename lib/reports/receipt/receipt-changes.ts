import type { RateInterval } from '../statistics/interval.js';
import type { ReadinessState } from '../statistics/measured.js';
import { speedText } from '../statistics/speed.js';
import { epochName } from '../text/epoch.text.js';
import { counted, number, share } from '../text/quantity.text.js';
import { STATES } from '../text/summary.text.js';
import type { CandidateReceipt, Covering, ExperimentReceipt, ReceiptSettings } from './receipt.js';

/** Direction of a change. A change of what was asked for, or seen, is neither better nor worse. */
export type Direction = 'better' | 'same' | 'worse';

/** A change between two receipts. */
export interface ReceiptChange {
  /** Candidate that it is of; null for the experiment. */
  readonly candidate: string | null;
  readonly what: 'verdict' | 'rate' | 'speed' | 'fields' | 'coverage' | 'setting' | 'candidate' | 'release' | 'library';
  readonly direction: Direction;
  /** Description for people. */
  readonly text: string;
}

/** Changes between two receipts of an experiment. */
export interface ReceiptComparison {
  readonly experiment: string;
  /** Times at which the two were made. */
  readonly from: string;
  readonly to: string;
  /** `worse` if anything is; else `better` if anything is. */
  readonly direction: Direction;
  readonly changes: readonly ReceiptChange[];
}

/** Ranks of verdicts. Two that don't tell whether the candidate is good enough have the same. */
const RANKS: Readonly<Record<ReadinessState, number>> = { notReady: 0, collecting: 1, noisy: 1, ready: 2 };

/** Settings whose change makes a verdict easier to reach. A better verdict then proves no better candidate. */
const IS_LAXER: Readonly<Partial<Record<keyof ReceiptSettings, (before: ReceiptSettings, after: ReceiptSettings) => boolean>>> = {
  targetRate: (before, after) => after.targetRate > before.targetRate,
  confidence: (before, after) => after.confidence < before.confidence,
  minSpan: (before, after) => after.minSpan < before.minSpan,
  ignoredByCode: (before, after) => hasMore(before.ignoredByCode, after.ignoredByCode),
  ignoredByOperators: (before, after) => hasMore(before.ignoredByOperators, after.ignoredByOperators),
};

/** Compares a receipt with an earlier one of the same experiment. */
export function compareReceipts(before: ExperimentReceipt, after: ExperimentReceipt): ReceiptComparison {
  const isLaxer = Object.values(IS_LAXER).some((is) => is(before.settings, after.settings));
  const names = [...new Set([...before.candidates, ...after.candidates].map(({ name }) => name))].sort();
  const candidates = names.flatMap((name) => {
    const [one, other] = [before, after].map((receipt) => receipt.candidates.find((candidate) => candidate.name === name));
    return one !== undefined && other !== undefined ? compareCandidates(one, other, isLaxer) : [comingOrGoing(name, other)];
  });
  const changes = [
    ...releaseChanges(before, after),
    ...candidates,
    ...settingChanges(before.settings, after.settings),
    ...libraryChanges(before, after),
  ];
  const has = (direction: Direction) => changes.some((change) => change.direction === direction);
  return {
    experiment: after.experiment,
    from: before.madeAt,
    to: after.madeAt,
    direction: has('worse') ? 'worse' : has('better') ? 'better' : 'same',
    changes,
  };
}

/** A candidate that is gone is no longer compared, which nobody who relies on the verdict may overlook. */
function comingOrGoing(name: string, after: CandidateReceipt | undefined): ReceiptChange {
  return after === undefined
    ? { candidate: name, what: 'candidate', direction: 'worse', text: 'is gone' }
    : { candidate: name, what: 'candidate', direction: 'same', text: `is new: ${STATES[after.verdict]}` };
}

function compareCandidates(before: CandidateReceipt, after: CandidateReceipt, isLaxer: boolean): ReceiptChange[] {
  const change = (what: ReceiptChange['what'], text: string, direction: Direction = 'same'): ReceiptChange => {
    return { candidate: after.name, what, direction, text };
  };
  const verdict = compareVerdicts(before.verdict, after.verdict, isLaxer);
  const fields = compareFields(before, after);
  return [
    ...(before.verdict === after.verdict
      ? []
      : [change('verdict', `verdict: ${STATES[before.verdict]} → ${STATES[after.verdict]}`, verdict)]),
    ...(isSame(before.mismatchRate, after.mismatchRate)
      ? []
      : [
          change(
            'rate',
            `differing: ${rateText(before.mismatchRate)} → ${rateText(after.mismatchRate)}`,
            compareRates(before.mismatchRate, after.mismatchRate, isLaxer),
          ),
        ]),
    ...speedChanges(before, after).map((text) => change('speed', text)),
    ...fields.map((text) => change('fields', text)),
    ...compareCoverage(before, after).map((text) => change('coverage', text)),
  ];
}

function compareVerdicts(before: ReadinessState, after: ReadinessState, isLaxer: boolean): Direction {
  const step = RANKS[after] - RANKS[before];
  if (step < 0) return 'worse';
  return step > 0 && !isLaxer ? 'better' : 'same';
}

/** Rates differ if their intervals have nothing in common. */
function compareRates(before: RateInterval | null, after: RateInterval | null, isLaxer: boolean): Direction {
  if (before === null || after === null) return 'same';
  if (after.low > before.high) return 'worse';
  return after.high < before.low && !isLaxer ? 'better' : 'same';
}

function speedChanges({ speed: before }: CandidateReceipt, { speed: after }: CandidateReceipt): string[] {
  const [one, other] = [before, after].map((speed) => (speed === null ? 'not measured' : speedText(speed)));
  return one === other ? [] : [`speed: ${one} → ${other}`];
}

function compareFields(before: CandidateReceipt, after: CandidateReceipt): string[] {
  const [one, other] = [before, after].map(
    ({ differences }) => new Set(differences.map(({ path, kind }) => `${path} (${kind})`)),
  );
  const only = (set: Set<string> = new Set(), without: Set<string> = new Set()) =>
    [...set].filter((field) => !without.has(field));
  return [...listed('fields that differ now', only(other, one)), ...listed('fields that no longer differ', only(one, other))];
}

function compareCoverage({ evidence: before, notObserved: missed }: CandidateReceipt, after: CandidateReceipt): string[] {
  const { evidence, notObserved } = after;
  const hours = [missed, notObserved].map(({ hoursOfWeek }) => 168 - hoursOfWeek.length) as [number, number]; // two in, two out
  return [
    ...changed('runs', before.runs, evidence.runs, number),
    ...changed('inputs', before.inputs.distinct, evidence.inputs.distinct, number),
    ...changed('new among coming inputs', before.inputs.unseen, evidence.inputs.unseen, share),
    ...changed('subjects', distinctOf(before.subjects), distinctOf(evidence.subjects), number),
    ...changed('hours of the week', ...hours, number),
  ];
}

function distinctOf(covering: Covering | null): number {
  return covering?.distinct ?? 0;
}

function settingChanges(before: ReceiptSettings, after: ReceiptSettings): ReceiptChange[] {
  const names = Object.keys(after) as (keyof ReceiptSettings)[]; // it has no other keys
  return names
    .filter((name) => name !== 'version' && !isSame(before[name], after[name]))
    .map((name) => {
      const laxer = IS_LAXER[name]?.(before, after) === true ? ' (laxer: a better verdict proves less)' : '';
      const text = `${name}: ${JSON.stringify(before[name])} → ${JSON.stringify(after[name])}${laxer}`;
      return { candidate: null, what: 'setting', direction: 'same', text };
    });
}

function releaseChanges({ epoch: before }: ExperimentReceipt, { epoch: after }: ExperimentReceipt): ReceiptChange[] {
  if (before?.number === after?.number) return [];
  const [one, other] = [before, after].map((epoch) => (epoch === null ? 'none' : `${epochName(epoch)} (epoch ${epoch.number})`));
  return [{ candidate: null, what: 'release', direction: 'same', text: `release: ${one} → ${other}` }];
}

function libraryChanges(
  { libraryVersion: before }: ExperimentReceipt,
  { libraryVersion: after }: ExperimentReceipt,
): ReceiptChange[] {
  if (before === after) return [];
  return [{ candidate: null, what: 'library', direction: 'same', text: `nestjs-studies: ${before || '?'} → ${after || '?'}` }];
}

function rateText(rate: RateInterval | null): string {
  return rate === null ? 'no runs' : `${share(rate.estimate)} (${share(rate.low)} to ${share(rate.high)})`;
}

function changed(what: string, before: number, after: number, format: (value: number) => string): string[] {
  return before === after ? [] : [`${what}: ${format(before)} → ${format(after)}`];
}

function listed(title: string, fields: readonly string[]): string[] {
  if (fields.length === 0) return [];
  const left = fields.length - 10;
  return [`${title}: ${fields.slice(0, 10).join(', ')}${left > 0 ? ` and ${counted(left, 'more field')}` : ''}`];
}

function hasMore(before: readonly string[], after: readonly string[]): boolean {
  return after.some((path) => !before.includes(path));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
