import type { UncountedReason } from '../experiment/ordered-run.js';
import { countRuns } from '../recording/tallies/outcomes.js';
import type { Tally } from '../recording/tallies/tally.js';

/**
 * What became of the runs of a candidate. The numbers add up to those of all outcomes.
 *
 * @publicApi
 */
export interface RunAccount extends Readonly<Record<UncountedReason, number>> {
  /** Runs that compared something, which the verdict rests on. */
  readonly compared: number;
  /** Runs whose difference the code ignores. */
  readonly ignored: number;
  /** Runs whose data had changed in between. */
  readonly drift: number;
  /** Runs that wait for an earlier one, or waited when their process ended. */
  readonly waiting: number;
}

/** Accounts for the runs of a candidate. */
export function accountFor({ counts, drifted, evidence }: Pick<Tally, 'counts' | 'drifted' | 'evidence'>): RunAccount {
  const { runs } = countRuns({ counts });
  const known = { compared: evidence.runs, ignored: counts.ignored - drifted, drift: drifted, ...evidence.uncounted };
  const left = Object.values(known).reduce((rest, count) => rest - count, runs);
  return { ...known, waiting: Math.max(left, 0) };
}

/** Part of an account other than the compared runs. */
export type UncomparedPart = Exclude<keyof RunAccount, 'compared'>;

/** Descriptions of the runs of each part, to follow "runs". */
export const UNCOMPARED: Readonly<Record<UncomparedPart, string>> = {
  ignored: 'whose difference the code ignores',
  drift: 'whose data had changed in between (drift)',
  bothThrew: 'in which both threw the same error',
  nothingLeft: 'of whose values everything was left out',
  learning: 'while it was learnt how the control differs from itself',
  overBudget: 'without time to examine the result',
  crowded: 'begun while too many waited for an earlier one',
  late: 'that settled after runs behind them were counted',
  changed: 'during which other fields were left out',
  early: 'before their process had found its epoch',
  waiting: 'behind earlier ones that had not settled yet',
};

/** Lists the parts of an account that have runs, other than the compared ones. */
export function listUncompared(
  account: Omit<RunAccount, 'compared'>,
): readonly (readonly [part: UncomparedPart, count: number])[] {
  const parts = Object.keys(UNCOMPARED) as UncomparedPart[]; // its own keys
  return parts.flatMap((part) => (account[part] > 0 ? [[part, account[part]] as const] : []));
}
