/** What a process knows of the candidates of its code, which may not have been observed yet. */
export interface KnownCandidates {
  /** Returns the names of an experiment's candidates; empty for an experiment that the process doesn't know. */
  candidatesOf(experiment: string): readonly string[];
}
