import { readCandidates } from '../experiment/behaviours.js';
import { StudiesError } from '../base/errors.js';
import type { ExperimentOptions } from '../experiment/experiment.options.js';
import type { AnyFunction, CandidateOf } from '../experiment/option-types.js';
import { check, nameSchema, optionShape } from '../experiment/validation.js';
import { z } from 'zod';
import { injectExperiments } from './injection.js';
import { addDecoratedMethod, findOwnDecoratedMethods } from './metadata.js';
import { MethodDeclaration, describeMethod } from './method-declaration.js';
import { wrap } from './wrapper.js';

/**
 * Options of `@Experiment()`: those of the experiment, and the methods of the same class that are its candidates. Candidates in other
 * classes use `@Candidate()`.
 *
 * @publicApi
 */
export interface ExperimentDecoratorOptions extends ExperimentOptions {
  /**
   * Name of the experiment, unique in the application, 1 to 100 characters.
   *
   * @default `ClassName.methodName`
   */
  name?: string;

  /** Method of the same class that is the only candidate. It gets the same arguments, and the same `this`. */
  candidate?: string;

  /** Methods of the same class, by the name of the candidate. */
  candidates?: Readonly<Record<string, string>>;
}

/**
 * Methods that options name as candidates.
 *
 * @publicApi
 */
export type CandidateMethods<Options> =
  | (Options extends { candidate: infer Method extends string } ? Method : never)
  | (Options extends { candidates: infer Methods extends Readonly<Record<string, string>> } ? Methods[keyof Methods] : never);

/**
 * Check that refuses unknown options, which an inferred type would accept.
 *
 * @publicApi
 */
export type OnlyExperimentOptions<Options> = Record<Exclude<keyof Options, keyof ExperimentDecoratorOptions>, never>;

/**
 * Check that a class has all candidates of the options, with the signature of the control.
 *
 * @publicApi
 */
export type HasCandidates<Options, Control extends AnyFunction> = { [Method in CandidateMethods<Options>]: CandidateOf<Control> };

/**
 * Check that functions of the options fit the control's parameters and return type. The compiler shows the text if they don't.
 *
 * @publicApi
 */
export type FitsMethod<Options, Control extends AnyFunction> =
  Pick<Options, keyof Options & keyof ExperimentOptions> extends ExperimentOptions<Control>
    ? unknown
    : 'A function of the options does not fit the signature of the method.';

/**
 * Decorator of a method that the options fit.
 *
 * @publicApi
 */
export type ExperimentDecorator<Options> = <Control extends AnyFunction, Target extends HasCandidates<Options, Control>>(
  target: Target & FitsMethod<Options, Control>,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Control>,
) => TypedPropertyDescriptor<Control>;

const schema = z
  .strictObject({
    ...optionShape,
    name: nameSchema,
    candidate: z.string().min(1),
    candidates: z.record(nameSchema, z.string().min(1)),
  })
  .partial();

/** Options of methods whose decorators only name candidates: one object for thousands. */
const NO_OPTIONS: ExperimentOptions = Object.freeze({});

/**
 * Makes a method the control of an experiment. The method keeps answering as before. For the calls that the experiment's percentage draws,
 * its candidates run beside it and are compared with it.
 *
 * Works on methods of controllers, providers, resolvers and gateways, in any order with other decorators. On an instance that Nest did not
 * make, or in an application without `StudiesModule`, the method runs alone.
 *
 * @throws StudiesError when an option is wrong, or when something other than a method of instances is decorated
 * @publicApi
 */
export function Experiment<const Options extends ExperimentDecoratorOptions>(
  options: Options & OnlyExperimentOptions<Options>,
): ExperimentDecorator<Options> {
  return (target, method, descriptor) => {
    // A property has no descriptor, whatever the types say.
    const { value: original } = { ...descriptor };
    const declaration = declareMethod(target, method, original, options);
    if (findOwnDecoratedMethods(target).length === 0) injectExperiments(target);
    addDecoratedMethod(target, declaration);
    descriptor.value = wrap(original as AnyFunction, declaration.property) as NonNullable<typeof original>; // it keeps the signature
    return descriptor;
  };
}

function declareMethod(target: object, method: string | symbol, original: unknown, options: ExperimentDecoratorOptions) {
  const where = `@Experiment() on ${describeMethod(target, method)}`;
  if (typeof target === 'function' || typeof original !== 'function') {
    throw new StudiesError(
      'UNSUPPORTED_METHOD',
      `${where}: only a method of instances can be an experiment's control. Decorate one, or use ExperimentService.wrap().`,
    );
  }
  const { name = describeMethod(target, method), candidate, candidates, ...rest } = check(schema, options, where);
  check(nameSchema, name, `${where}: the name "${name}"`);
  readCandidates(where, { candidate, candidates }); // refuses two of one name
  // The schema knows these options as functions, without their signatures.
  const others = Object.keys(rest).length === 0 ? NO_OPTIONS : (rest as ExperimentOptions);
  return new MethodDeclaration(target, method, name, { candidate, candidates }, others);
}
