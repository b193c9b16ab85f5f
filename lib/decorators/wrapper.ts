import { Script } from 'node:vm';
import { Hidden } from '../base/hidden.js';
import type { DeclaredExperiment } from '../experiment/run/declared-experiment.js';
import type { AnyFunction } from '../experiment/option-types.js';

/**
 * Makes the function that replaces a decorated method. `script` evaluates its text, so it may use only its parameters and the language.
 * What is rarely needed stands in functions of its own: each variable here takes room on the stack of methods that call themselves.
 *
 * @param listOf returns its arguments as a list. V8 allocates no list for `args` as long as they are only read and passed on. Passing
 * `args` itself to `runSampled` would allocate one for every call
 */
function makeMethod(
  original: AnyFunction,
  property: symbol,
  isOurs: (found: unknown) => found is DeclaredExperiment,
  listOf: (...args: unknown[]) => unknown[],
): AnyFunction {
  function findExperiment(self: Readonly<Record<symbol, unknown>> | undefined): unknown {
    try {
      // An instance may be a proxy, which throws for unknown properties, or invents them.
      return self?.[property];
    } catch {
      return undefined; // Then there is no experiment.
    }
  }

  function runSampled(experiment: DeclaredExperiment, self: unknown, args: unknown[]): unknown {
    const run = experiment.prepare(original, self, args);
    if (run === undefined) return original.apply(self, args);
    if (run.isDeferred) return run.deferred();
    let given: unknown;
    run.enterControl();
    try {
      given = original.apply(self, args);
    } catch (error) {
      run.leaveControl();
      throw run.passError(error);
    }
    run.leaveControl();
    return run.passThrough(given);
  }

  return function (this: Readonly<Record<symbol, unknown>> | undefined, ...args: unknown[]): unknown {
    const experiment = findExperiment(this);
    if (experiment !== undefined && isOurs(experiment) && experiment.mayDraw()) {
      // eslint-disable-next-line prefer-spread -- spreading runs the iterator of lists, which may have been replaced
      return runSampled(experiment, this, listOf.apply(undefined, args));
    }
    switch (args.length) {
      case 0:
        return original.call(this);
      case 1:
        return original.call(this, args[0]);
      case 2:
        return original.call(this, args[0], args[1]);
      case 3:
        return original.call(this, args[0], args[1], args[2]);
      default:
        return original.apply(this, args);
    }
  };
}

/**
 * Text of `makeMethod`, compiled once and evaluated for each method. V8 keeps its caches for a function (where instances have the property,
 * what it calls) per evaluation. A single evaluation for all methods doubles the cost of an unsampled call, and a script for each method
 * costs memory.
 */
const script = new Script(`'use strict';\n(${makeMethod.toString()});`, { filename: 'nestjs-studies/experiment' });

/** Tells experiments from other values. The library puts nothing else under the property of a method. */
const isDeclared = Hidden.is as (found: unknown) => found is DeclaredExperiment;

function listOf(...args: unknown[]): unknown[] {
  return args;
}

/**
 * Wraps a method. The wrapper calls the original, within the experiment that its instance has under the property. It keeps the original's
 * name, length, metadata and other properties.
 */
export function wrap(original: AnyFunction, property: symbol): AnyFunction {
  const make = script.runInThisContext() as typeof makeMethod; // its text is that function's
  const method = make(original, property, isDeclared, listOf);
  // Decorators tell asynchronous methods by what they inherit from.
  Object.setPrototypeOf(method, Object.getPrototypeOf(original) as object | null); // typed as any
  for (const key of Reflect.ownKeys(original)) {
    // Reading the prototype of a plain function creates it.
    const own = key === 'prototype' ? undefined : Object.getOwnPropertyDescriptor(original, key);
    if (own !== undefined) Object.defineProperty(method, key, own);
  }
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), method);
  }
  return method;
}
