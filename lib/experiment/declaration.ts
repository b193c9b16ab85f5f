import type { ExperimentOptions } from './experiment.options.js';

/** What an `@Experiment()` says, apart from any application. */
export interface ExperimentDeclaration {
  readonly name: string;
  /** Class and method, for messages. */
  readonly where: string;
  readonly options: ExperimentOptions;
  /** The candidates that are methods of the same class: their names, and those methods. */
  readonly candidates: ReadonlyMap<string, PropertyKey>;
}
