import type { ExperimentContext } from './experiment-context.js';
import type { Observation } from './observation.js';
import type { Observable } from 'rxjs';

/**
 * Schedule of the behaviours of one run.
 *
 * - `shadow`: the control runs first and its caller gets the value at once; candidates start after it has settled.
 * - `parallel`: all start together; the caller waits for the control alone.
 * - `serial`: one after the other in `order`; the caller waits for all.
 *
 * @publicApi
 */
export type RunMode = 'shadow' | 'parallel' | 'serial';

/**
 * Order of a `serial` run: a rule, or a function that returns the given names in the order to run them.
 *
 * @publicApi
 */
export type RunOrder = 'random' | 'controlFirst' | 'controlLast' | ((names: readonly string[]) => readonly string[]);

/**
 * Value that a behaviour's return type stands for: the resolved value, or the list of an Observable's items.
 *
 * @publicApi
 */
export type ValueOf<Return> = Awaited<Return> extends Observable<infer Emitted> ? Emitted[] : Awaited<Return>;

/**
 * Any function. `any` because parameters are contravariant: no other type accepts every signature and still lets an
 * option such as `compare` be written without annotations.
 *
 * @publicApi
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyFunction = (...args: any[]) => any;

/**
 * Any class, also an abstract one or one with a private constructor.
 *
 * @publicApi
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- no other type accepts private constructors
export type AnyClass = Function & { readonly prototype: object };

/**
 * Candidate of a control: takes the control's parameters, and returns the control's value, at once or later.
 *
 * @publicApi
 */
export type CandidateOf<Control extends AnyFunction> = (
  ...args: Parameters<Control>
) => ReturnType<Control> | Awaited<ReturnType<Control>> | Promise<Awaited<ReturnType<Control>>>;

/**
 * Class, and the function that decides whether two of its instances are equal. Instances of classes that extend it are included. `any`
 * because TypeScript infers no type for each pair of a list.
 *
 * @publicApi
 */
export type ClassEquality = readonly [
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  type: { readonly prototype: any },
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  areEqual: (one: any, other: any) => boolean,
];

/**
 * Rule by which values are compared: the equality of a class, or `'structural'`, with which classes and functions don't count, so that an
 * instance equals a plain object of the same properties, and a `Buffer` a `Uint8Array` of the same bytes.
 *
 * @publicApi
 */
export type EqualityRule = 'structural' | ClassEquality;

/**
 * Run that is about to start, as `runIf` and `beforeRun` receive it.
 *
 * @publicApi
 */
export interface RunStart<Args extends unknown[] = unknown[]> {
  readonly experiment: string;
  readonly context: ExperimentContext;
  readonly args: Readonly<Args>;
}

/**
 * Function that decides whether a difference doesn't count. Receives both values (`undefined` for a side that threw) and both observations.
 *
 * @publicApi
 */
export type IgnoreDifference<Value = unknown> = (
  control: Value | undefined,
  candidate: Value | undefined,
  observations: { readonly control: Observation<Value>; readonly candidate: Observation<Value> },
) => boolean;
