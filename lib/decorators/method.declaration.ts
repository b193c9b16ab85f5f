import { candidatesOf, type Behaviours } from '../experiment/behaviours.js';
import type { ExperimentDeclaration } from '../experiment/declaration.js';
import type { ExperimentOptions } from '../experiment/options.js';

/** What the decorator of a method says. There are thousands: what is rarely asked for is made when it is. */
export class MethodDeclaration implements ExperimentDeclaration {
  /** The hidden property by which instances know their application's experiment. */
  readonly property: symbol;

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

  get where(): string {
    return whereOf(this.prototype, this.method);
  }

  get candidates(): ReadonlyMap<string, string> {
    return candidatesOf(this.where, this.behaviours);
  }
}

/** Class and method. */
export function whereOf(target: object, method: string | symbol): string {
  const { name } = typeof target === 'function' ? target : target.constructor;
  return `${name}.${String(method)}`;
}
