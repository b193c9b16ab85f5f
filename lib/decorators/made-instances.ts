import { isThenable } from '../base/user-function.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { isFactory, isSingleton, type ProviderEntry } from './host.js';
import { putExperiments } from './injection.js';
import { findDecoratedMethods } from './metadata.js';
import type { MethodDeclaration } from './method-declaration.js';

type Make = (...dependencies: unknown[]) => unknown;

/** Calls back with what a factory makes, before anybody gets it, and with what it has made for singletons before. */
export function onMade(entry: ProviderEntry, see: (made: unknown) => void): void {
  for (const made of entry.getStaticTransientInstances()) see(made?.instance);
  const make = entry.metatype as Make; // a provider with `inject` has a factory
  const seen = (made: unknown) => {
    see(made);
    return made;
  };
  entry.metatype = function (this: unknown, ...dependencies: unknown[]) {
    const made = make.apply(this, dependencies);
    return isThenable(made) ? Promise.resolve(made).then(seen) : seen(made);
  };
}

/**
 * Instances that factories of the application make per request or per injection. Nest injects nothing into what a factory returns, so this
 * puts their experiments on them, before anybody gets them.
 */
export class MadeInstances {
  private readonly watched = new WeakSet<ProviderEntry>();
  private readonly methods = new WeakMap<object, readonly MethodDeclaration[]>();

  constructor(private readonly registry: ExperimentRegistry) {}

  /** Watches the factory of a provider, if it has one that is called more than once. Calling this again does nothing. */
  watch(entry: ProviderEntry): void {
    if (!isFactory(entry) || entry.isAlias || isSingleton(entry) || this.watched.has(entry)) return;
    this.watched.add(entry);
    onMade(entry, (made) => this.put(made));
  }

  private put(made: unknown): void {
    try {
      if (typeof made === 'object' && made !== null) putExperiments(made, this.methodsOf(made), this.registry);
    } catch {
      // Something that can't be inspected, such as a mock, has no experiments.
    }
  }

  private methodsOf(made: object): readonly MethodDeclaration[] {
    const prototype = Object.getPrototypeOf(made) as object | null; // typed as any
    if (prototype === null) return [];
    const known = this.methods.get(prototype);
    if (known !== undefined) return known;
    const found = findDecoratedMethods(prototype);
    this.methods.set(prototype, found);
    return found;
  }
}
