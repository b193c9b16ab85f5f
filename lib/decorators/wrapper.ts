import { Script } from 'node:vm';
import { Hidden } from '../base/hidden.js';
import type { DeclaredExperiment } from '../experiment/run/declared-experiment.js';
import type { AnyFunction } from '../experiment/experiment.options.js';

/**
 * Makes what a decorated method runs. `script` evaluates its text, so it may use nothing but its parameters and the language.
 *
 * @param listOf gives its arguments as a list. V8 makes no list of `args` as long as they are only read and passed on: given to `prepare`
 *   itself, the list would be made for every call.
 */
function makeMethod(
  original: AnyFunction,
  property: symbol,
  isOurs: (found: unknown) => found is DeclaredExperiment,
  listOf: (...args: unknown[]) => unknown[],
): AnyFunction {
  return function (this: Readonly<Record<symbol, unknown>> | undefined, ...args: unknown[]): unknown {
    let experiment: unknown;
    try {
      // An instance may be a proxy, which throws where it is asked for what it doesn't know, or invents it.
      experiment = this?.[property];
    } catch {
      // Then there is none.
    }
    if (experiment !== undefined && isOurs(experiment) && experiment.mayDraw()) {
      // eslint-disable-next-line prefer-spread -- what iterates lists may have been replaced
      const run = experiment.prepare(original, this, listOf.apply(undefined, args));
      if (run !== undefined) {
        if (run.isDeferred) return run.deferred();
        let given: unknown;
        run.enterControl();
        try {
          given = original.apply(this, args);
        } catch (error) {
          run.leaveControl();
          throw run.passError(error);
        }
        run.leaveControl();
        return run.passThrough(given);
      }
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
 * V8 keeps what it learns of a function (where its instances have the property, what it calls) with the evaluation that has made it. One
 * evaluation shared by all methods doubles the cost of a call that is not drawn; one script for each method costs memory. So the text is
 * compiled once, and evaluated for each method.
 */
const script = new Script(`'use strict';\n(${makeMethod.toString()});`, { filename: 'nestjs-studies/experiment' });

/** Nothing else of the library's is put on instances under the property of a method. */
const isDeclared = Hidden.is as (found: unknown) => found is DeclaredExperiment;

function listOf(...args: unknown[]): unknown[] {
  return args;
}

/**
 * Wraps a method: what it gives calls the original, with the experiment around it that its instance has under the property. It has the
 * original's name, length and metadata, and what else is on it.
 */
export function wrap(original: AnyFunction, property: symbol): AnyFunction {
  const make = script.runInThisContext() as typeof makeMethod; // its text is that function's
  const method = make(original, property, isDeclared, listOf);
  for (const key of Reflect.ownKeys(original)) {
    // To look at the prototype of a plain function has it made.
    const own = key === 'prototype' ? undefined : Object.getOwnPropertyDescriptor(original, key);
    if (own !== undefined) Object.defineProperty(method, key, own);
  }
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), method);
  }
  return method;
}
