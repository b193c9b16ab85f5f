import { Inject, Optional } from '@nestjs/common';
import { candidatesOf } from '../experiment/behaviours.js';
import type { ExperimentDeclaration } from '../experiment/declaration.js';
import { StudiesError } from '../experiment/errors.js';
import type { ExperimentRegistry } from '../experiment/experiment.registry.js';
import type { AnyFunction, CandidateOf, ExperimentOptions } from '../experiment/options.js';
import { check, nameSchema, optionShape } from '../experiment/validation.js';
import { z } from 'zod';
import { addDecoratedMethod } from './metadata.js';
import { wrap } from './wrapper.js';
import { EXPERIMENT_REGISTRY } from './tokens.js';

/**
 * What `@Experiment()` takes: the experiment's options, and which methods of the same class are its candidates. Candidates of
 * other classes are named by `@Candidate()`.
 *
 * @publicApi
 */
export interface ExperimentDecoratorOptions extends ExperimentOptions {
  /**
   * Unique in the application, 1 to 100 characters.
   *
   * @default `ClassName.methodName`
   */
  name?: string;

  /** The method of the same class that is the one candidate. It gets the same arguments, and the same `this`. */
  candidate?: string;

  /** Methods of the same class, by the name of the candidate. */
  candidates?: Readonly<Record<string, string>>;
}

/** The methods that options name as candidates. */
type CandidateMethods<Options> =
  | (Options extends { candidate: infer Method extends string } ? Method : never)
  | (Options extends { candidates: infer Methods extends Readonly<Record<string, string>> } ? Methods[keyof Methods] : never);

/** Refuses what is no option: an inferred type would take it. */
type NoOthers<Options> = Record<Exclude<keyof Options, keyof ExperimentDecoratorOptions>, never>;

/** Asks of a class that it has all the candidates that the options name, with the signature of the control. */
type HasCandidates<Options, Control extends AnyFunction> = { [Method in CandidateMethods<Options>]: CandidateOf<Control> };

/** Asks of the options that their functions take what the control takes and gives; the text is what the compiler then shows. */
type Fits<Options, Control extends AnyFunction> =
  Pick<Options, keyof Options & keyof ExperimentOptions> extends ExperimentOptions<Control>
    ? unknown
    : 'A function of the options does not fit the signature of the method.';

/** Decorates a method that the options fit. */
export type ExperimentDecorator<Options> = <Control extends AnyFunction, Target extends HasCandidates<Options, Control>>(
  target: Target & Fits<Options, Control>,
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

/**
 * Makes a method the control of an experiment. The method goes on answering as before; for the calls that the experiment's
 * percentage draws, its candidates run beside it and are compared with it.
 *
 * Works on methods of controllers, providers, resolvers and gateways, in any order with other decorators. An instance that
 * Nest did not make, or of an application without `StudiesModule`, runs the method alone.
 *
 * @throws StudiesError when an option is wrong, or what is decorated is not a method of instances
 * @publicApi
 */
export function Experiment<const Options extends ExperimentDecoratorOptions>(
  options: Options & NoOthers<Options>,
): ExperimentDecorator<Options> {
  return (target, method, descriptor) => {
    // A property has no descriptor, whatever the types say.
    const { value: original } = { ...descriptor };
    const declaration = declarationOf(target, method, original, options);
    const property = Symbol(`nestjs-studies:${declaration.name}`);
    inject(target, property, declaration);
    addDecoratedMethod(target, { method, property, declaration });
    descriptor.value = wrapped(original as AnyFunction, property) as NonNullable<typeof original>; // it keeps the signature
    return descriptor;
  };
}

function declarationOf(target: object, method: string | symbol, original: unknown, options: ExperimentDecoratorOptions) {
  const where = `@Experiment() on ${nameOf(target)}.${String(method)}`;
  if (typeof target === 'function' || typeof original !== 'function') {
    throw new StudiesError(
      'UNSUPPORTED_METHOD',
      `${where}: only a method of instances can be an experiment's control. Decorate one, or use ExperimentService.wrap().`,
    );
  }
  const given = check(schema, options, where);
  const { name = `${nameOf(target)}.${String(method)}`, candidate, candidates, ...rest } = given;
  check(nameSchema, name, `${where}: the name "${name}"`);
  return {
    name,
    where: `${nameOf(target)}.${String(method)}`,
    options: rest as ExperimentOptions, // the schema knows these options as functions, without their signatures
    candidates: [...candidatesOf(where, { candidate, candidates })],
  } satisfies ExperimentDeclaration;
}

/** Lets Nest put the experiment on each instance, where neither `Object.keys` nor a deep comparison sees it. */
function inject(target: object, property: symbol, declaration: ExperimentDeclaration): void {
  Object.defineProperty(target, property, {
    configurable: true,
    get: () => undefined,
    set(this: object, registry: ExperimentRegistry) {
      if (!Object.isExtensible(this)) return;
      Object.defineProperty(this, property, { value: registry.attach(declaration), configurable: true, writable: true });
    },
  });
  Inject(EXPERIMENT_REGISTRY)(target, property);
  Optional()(target, property);
}

/** The method with its experiment around it, under its own name, with its length and its metadata. */
function wrapped(original: AnyFunction, property: symbol): AnyFunction {
  const method = wrap(original, property);
  const { prototype: _, ...properties }: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(original);
  Object.defineProperties(method, properties);
  for (const key of Reflect.getOwnMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), method);
  }
  return method;
}

function nameOf(target: object): string {
  return typeof target === 'function' ? target.name : target.constructor.name;
}
