import { readCandidates, type Behaviours } from '../experiment/behaviours.js';
import type { DeclaredExperiment } from '../experiment/run/declared-experiment.js';
import type { ExperimentDeclaration } from '../experiment/declaration.js';
import type { ExperimentOptions } from '../experiment/experiment.options.js';
import type { AnyFunction } from '../experiment/option-types.js';

/** Declaration of a decorated method's experiment. There are thousands, so it computes on demand what is rarely needed. */
export class MethodDeclaration implements ExperimentDeclaration {
  /** Hidden property in which instances keep their application's experiment. */
  readonly property: symbol;
  private beside: WeakMap<object, DeclaredExperiment> | undefined;

  /** @param behaviours methods of the same class, with unique names */
  constructor(
    private readonly prototype: object,
    readonly method: string | symbol,
    readonly name: string,
    private readonly behaviours: Behaviours<string>,
    readonly options: ExperimentOptions,
  ) {
    this.property = Symbol(`nestjs-studies:${name}`);
  }

  /** Keeps the experiment of an instance that refuses properties. An instance's own property takes precedence over what is kept here. */
  keepBeside(instance: object, experiment: DeclaredExperiment): void {
    let { beside } = this;
    if (beside === undefined) {
      const kept = new WeakMap<object, DeclaredExperiment>();
      const get = function (this: object): DeclaredExperiment | undefined {
        return kept.get(this);
      };
      // A class that is frozen too refuses the getter, and its methods run alone.
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

  findMethod(method: PropertyKey): AnyFunction | undefined {
    const { [method]: found } = this.prototype as Readonly<Record<PropertyKey, unknown>>; // any object can be read so
    return typeof found === 'function' ? (found as AnyFunction) : undefined; // of unknown signature
  }
}

/** Describes a method by its class and name. */
export function describeMethod(target: object, method: string | symbol): string {
  const { name } = typeof target === 'function' ? target : target.constructor;
  return `${name}.${String(method)}`;
}
