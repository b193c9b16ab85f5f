/** Facts that a process knows of the code of experiments. */
export interface KnownCode {
  /** Returns the names of an experiment's candidates, observed or not; empty for an experiment that the process doesn't know. */
  candidatesOf(experiment: string): readonly string[];
  /** Returns the fields that the code leaves out of the comparison, as far as the process knows it. */
  ignoredPathsOf(experiment: string): readonly string[];
}
