/** Reasons why a run that has a result is no evidence about a candidate. */
export const UNCOUNTED_REASONS = [
  /** Both threw the same error, so that no values were compared. */
  'bothThrew',
  /** Everything that could be compared was left out. */
  'nothingLeft',
  /** The control's difference from itself was still being learnt. */
  'learning',
  /** There was no time to examine it, which was decided when it began. */
  'overBudget',
  /** Too many runs waited for an earlier one when it began. */
  'crowded',
  /** It settled after the runs that waited for it had been counted. */
  'late',
  /** Meanwhile an operator left other fields out of the comparison. */
  'changed',
  /** It settled before the process had found its epoch in the storage, and too many waited for that already. */
  'early',
] as const satisfies readonly UncountedReason[];

/**
 * Reason why a run that has a result is no evidence about a candidate: `bothThrew`, both threw the same error; `nothingLeft`, everything was
 * left out of the comparison; `learning`, how the control differs from itself was not known yet; `overBudget`, there was no time to examine
 * it; `crowded`, too many runs waited for an earlier one; `late`, it settled after runs that had waited for it were counted; `changed`, an
 * operator left out other fields meanwhile; `early`, it came before the process had found its epoch.
 *
 * @publicApi
 */
export type UncountedReason = 'bothThrew' | 'nothingLeft' | 'learning' | 'overBudget' | 'crowded' | 'late' | 'changed' | 'early';

/**
 * What a run shows of a candidate: the same as the control, or not, or different only as the control is from itself; or nothing, because both
 * threw the same error, or because everything was left out of the comparison.
 */
export type Finding = 'same' | 'differs' | 'excused' | Extract<UncountedReason, 'bothThrew' | 'nothingLeft'>;

/** A run that is evidence for or against its candidates. Such runs come in the order of their starts. */
export interface OrderedRun {
  /** Start, in ms since the epoch, to the second. */
  readonly startedAt: number;
  /** Hash of 32 bits of what was asked. */
  readonly input: number;
  /** Hash of 32 bits of the subject, if the experiment knows it. */
  readonly subject: number | undefined;
  /** True if the run was drawn while all subjects took part. */
  readonly isForAll: boolean;
  readonly findings: readonly CandidateFinding[];
}

/** Finding of a run about one candidate. */
export interface CandidateFinding {
  readonly candidate: string;
  readonly finding: Finding;
}
