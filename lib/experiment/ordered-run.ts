/**
 * What a run shows of a candidate: the same as the control, or not, or different only as the control is from itself; or nothing, because both
 * threw the same error, or because everything was left out of the comparison.
 */
export type Finding = 'same' | 'differs' | 'excused' | 'bothThrew' | 'empty';

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
