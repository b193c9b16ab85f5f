import type { ExperimentOptions } from './options.js';

/** What an `@Experiment()` says, apart from any application. */
export interface ExperimentDeclaration {
  readonly name: string;
  /** Class and method, for messages. */
  readonly where: string;
  readonly options: ExperimentOptions;
  /** Methods of the same class, by the candidate's name. */
  readonly candidates: ReadonlyMap<string, PropertyKey>;
}
