import type { ExperimentOptions } from './experiment.options.js';
import type { AnyFunction } from './option-types.js';

/** Content of an `@Experiment()`, independent of any application. */
export interface ExperimentDeclaration {
  readonly name: string;
  /** Class and method, for messages. */
  readonly where: string;
  readonly options: ExperimentOptions;
  /** Candidates that are methods of the same class: their names, and those methods. */
  readonly candidates: ReadonlyMap<string, PropertyKey>;
  /** Finds a method of the class, if it has it. */
  findMethod(method: PropertyKey): AnyFunction | undefined;
}
