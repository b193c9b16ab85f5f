import { readCandidates, type Behaviours } from '../experiment/behaviours.js';
import type { DeclaredExperiment } from '../experiment/run/declared-experiment.js';
import type { ExperimentDeclaration } from '../experiment/declaration.js';
import type { ExperimentOptions } from '../experiment/experiment.options.js';

/** What the decorator of a method says. There are thousands: what is rarely asked for is made when it is. */
export class MethodDeclaration implements ExperimentDeclaration {
  /** The hidden property by which instances know their application's experiment. */
  readonly property: symbol;
  private beside: WeakMap<object, DeclaredExperiment> | undefined;

  /** @param behaviours methods of the same class, no two of one name */
  constructor(
    private readonly prototype: object,
    readonly method: string | symbol,
    readonly name: string,
    private readonly behaviours: Behaviours<string>,
    readonly options: ExperimentOptions,
  ) {
    this.property = Symbol(`nestjs-studies:${name}`);
  }

  /** Keeps the experiment of an instance that takes no property. The others' own properties come before what is found here. */
  keepBeside(instance: object, experiment: DeclaredExperiment): void {
    let { beside } = this;
    if (beside === undefined) {
      const kept = new WeakMap<object, DeclaredExperiment>();
      const get = function (this: object): DeclaredExperiment | undefined {
        return kept.get(this);
      };
      // A class that is frozen too can't be told of it, and goes on without.
      Reflect.defineProperty(this.prototype, this.property, { get, configurable: true });
      beside = this.beside = kept;
    }
    beside.set(instance, experiment);
  }

  get where(): string {
    return describeMethod(this.prototype, this.method);
  }

  get candidates(): ReadonlyMap<string, string> {
    return readCandidates(this.where, this.behaviours);
  }
}

/** Class and method. */
export function describeMethod(target: object, method: string | symbol): string {
  const { name } = typeof target === 'function' ? target : target.constructor;
  return `${name}.${String(method)}`;
}
