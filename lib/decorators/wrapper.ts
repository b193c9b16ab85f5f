import { compileFunction } from 'node:vm';
import type { DeclaredExperiment } from '../experiment/experiment.registry.js';
import type { AnyFunction } from '../experiment/options.js';

/**
 * What a decorated method runs. It is compiled for each method anew, since V8 keeps what it has learned of a function (where its
 * instances have the property, what it calls) with the function's text: shared by all decorated methods, a call that is not drawn
 * costs twice as much.
 */
const SOURCE = `'use strict';
return function (...args) {
  const experiment = this?.[property];
  if (experiment !== undefined && experiment.mayDraw()) return drawn.apply(this, args);
  switch (args.length) {
    case 0: return original.call(this);
    case 1: return original.call(this, args[0]);
    case 2: return original.call(this, args[0], args[1]);
    case 3: return original.call(this, args[0], args[1], args[2]);
    default: return original.apply(this, args);
  }
};`;

/** The method that calls the original, with the experiment around it that its instance has under the property. */
export function wrap(original: AnyFunction, property: symbol): AnyFunction {
  function drawn(this: Record<symbol, DeclaredExperiment>, ...args: unknown[]): unknown {
    return this[property]?.call(original, this, args);
  }
  const make = compileFunction(SOURCE, ['original', 'property', 'drawn'], { filename: 'nestjs-studies/experiment' });
  return (make as AnyFunction)(original, property, drawn) as AnyFunction; // the source says so
}
