import { Script } from 'node:vm';
import { Hidden } from '../base/hidden.js';
import type { AnyFunction } from '../experiment/experiment.options.js';

/**
 * Makes what a decorated method runs. It is compiled once, and run for each method anew: V8 keeps what it learns of a function (where
 * its instances have the property, what it calls) with the run that has made it. Made by one run for all methods, a call that is not
 * drawn costs twice as much; compiled for each, a method takes the memory of a script more.
 *
 * V8 makes no list of the arguments as long as they are only read and passed on, which `listOf` is for: given to `prepare` itself, the list
 * would be made for every call.
 *
 * An instance may be a proxy, which throws where it is asked for what it doesn't know, or invents it: what isn't an experiment is none.
 */
const script = new Script(
  `'use strict';
(original, property, isOurs, listOf) => function (...args) {
  let experiment;
  try {
    experiment = this?.[property];
  } catch {}
  if (experiment !== undefined && isOurs(experiment) && experiment.mayDraw()) {
    const run = experiment.prepare(original, this, listOf.apply(undefined, args));
    if (run !== undefined) {
      if (run.isDeferred) return run.deferred();
      let given;
      run.enter();
      try {
        given = original.apply(this, args);
      } catch (error) {
        run.leave();
        throw run.failed(error);
      }
      run.leave();
      return run.gave(given);
    }
  }
  switch (args.length) {
    case 0: return original.call(this);
    case 1: return original.call(this, args[0]);
    case 2: return original.call(this, args[0], args[1]);
    case 3: return original.call(this, args[0], args[1], args[2]);
    default: return original.apply(this, args);
  }
};`,
  { filename: 'nestjs-studies/experiment' },
);

type Make = (
  original: AnyFunction,
  property: symbol,
  isOurs: (found: unknown) => boolean,
  listOf: (...args: unknown[]) => unknown[],
) => AnyFunction;

function listOf(...args: unknown[]): unknown[] {
  return args;
}

/**
 * The method that calls the original, with the experiment around it that its instance has under the property. It has the
 * original's name, length and metadata, and what else is on it.
 */
export function wrap(original: AnyFunction, property: symbol): AnyFunction {
  const make = script.runInThisContext() as Make; // the source says so
  const method = make(original, property, Hidden.is, listOf);
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
