import { hanging, mutating, throwing, type Method } from './bad-candidates';
import { studies } from './studies';

export interface TriedOptions {
  /** Whether the method only reads, so that a candidate may call it and ruin what it gets. */
  readonly reads?: boolean;
  /** Further options of the experiment. */
  readonly options?: object;
}

/**
 * Makes a method the control of an experiment with three bad candidates: one changes all that it can reach, one throws, one never ends.
 * Does nothing when experiments are absent.
 */
export function Tried(name: string, { reads = false, options = {} }: TriedOptions = {}): MethodDecorator {
  return (target, method, descriptor) => {
    if (studies === undefined) return;
    const control = descriptor.value as Method;
    const candidates = { mutates: mutating(control, reads), throws: throwing, hangs: hanging };
    const names = Object.entries(candidates).map(([candidate, value]) => {
      const property = `${String(method)}_${candidate}`;
      Object.defineProperty(target, property, { value, configurable: true, writable: true });
      return [candidate, property];
    });
    const experiment = studies.Experiment({ ...options, name, candidates: Object.fromEntries(names) });
    // The compiler can't know the methods that were just added.
    (experiment as unknown as MethodDecorator)(target, method, descriptor);
  };
}
