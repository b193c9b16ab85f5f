import type { ExperimentResult } from '../experiment/result.js';
import { Publisher } from '../publishing/publisher.js';

/**
 * Keeps all results in memory, for tests to look at.
 *
 * @publicApi
 */
export class RecordingPublisher extends Publisher {
  private readonly kept: ExperimentResult[] = [];

  publish(result: ExperimentResult): void {
    this.kept.push(result);
  }

  /** The results so far, oldest first; of one experiment, if a name is given. */
  results(experiment?: string): ExperimentResult[] {
    return this.kept.filter((result) => experiment === undefined || result.experiment === experiment);
  }

  /** Returns the number of runs of an experiment, or of all. */
  runs(experiment?: string): number {
    return this.results(experiment).length;
  }

  /** Forgets all results. */
  clear(): void {
    this.kept.length = 0;
  }
}
