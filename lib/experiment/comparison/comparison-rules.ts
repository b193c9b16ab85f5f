import { withoutEntities, type Identify } from '../../values/default-cleaner.js';
import type { Slices } from '../../comparing/slices.js';
import { attempt, FAILED, type FunctionHost, type Report } from '../../base/user-function.js';
import type { AreEqual, EqualityRules } from '../../values/equality-rules.js';
import type { IgnoredFields } from '../../values/ignored-fields.js';
import type { IgnoreDifference } from '../option-types.js';
import type { SampledCall } from '../sampled-call.js';

/** User's functions for comparing, bound to the instance. */
export interface Rules {
  readonly compare?: ((control: unknown, candidate: unknown) => boolean) | undefined;
  readonly compareErrors?: ((control: unknown, candidate: unknown) => boolean) | undefined;
  /** Rules of deep equality. */
  readonly equality: EqualityRules | undefined;
  /** Asks a function of these rules whether two instances are equal. They are not if it fails. */
  readonly askEquality?: ((areEqual: AreEqual, one: object, other: object) => boolean) | undefined;
  /** Cleans a value. If the user's function fails, or there is none, returns what `withoutEntities` returns. */
  readonly clean: (value: unknown) => unknown;
  /** Returns the value with entities replaced by class and id; the value itself if it has none. */
  readonly withoutEntities: (value: unknown) => unknown;
  /** Returns undefined if the user's function fails. */
  readonly diff?: ((control: unknown, candidate: unknown) => unknown) | undefined;
  readonly ignores: readonly IgnoreDifference[];
  /** Fields that the code or an operator excludes from the comparison. */
  readonly ignored: readonly IgnoredFields[];
}

/** Parts of a run's rules besides its options. */
export interface RuleParts {
  /** Rules of runs whose options contain none. */
  readonly usualRules: Rules;
  /** Fields that an operator excludes from the comparison. */
  readonly ignored: IgnoredFields | undefined;
  /** Paths of these fields. */
  readonly ignoredPaths: readonly string[];
  /** Parts that all runs of the application share. */
  readonly environment: { readonly slices: Slices; readonly eventLoop: { hold(duration: number): void } };
}

const NONE: readonly never[] = [];

/** Makes the rules of experiments without any of the user's. */
export function usualRules(identify: Identify | undefined, report: Report): Rules {
  const entities = makeEntityCleaner(identify, report);
  return {
    compare: undefined,
    compareErrors: undefined,
    equality: undefined,
    clean: entities,
    withoutEntities: entities,
    diff: undefined,
    ignores: NONE,
    ignored: NONE,
  };
}

/**
 * Makes the rules of one call.
 *
 * @param spent receives the ms that a call of one of the user's functions has taken
 */
export function resolveRules(
  { definition: { options }, self, host }: SampledCall,
  { usualRules: usual, ignored, environment: { eventLoop } }: RuleParts,
  spent: (duration: number) => void,
): Rules {
  const { compare, compareErrors, equality, clean, diff, ignore } = options;
  const fields = options.ignored ?? ignored;
  if ((compare ?? compareErrors ?? equality ?? clean ?? diff ?? ignore ?? fields) === undefined) return usual;
  const entities = usual.withoutEntities;
  const timed = <Args extends unknown[], Value>(call: (...args: Args) => Value): ((...args: Args) => Value) => {
    return (...args) => {
      const begun = performance.now();
      try {
        return call.apply(self, args);
      } finally {
        const duration = performance.now() - begun;
        eventLoop.hold(duration);
        spent(duration);
      }
    };
  };
  return {
    compare: compare && timed(compare),
    compareErrors: compareErrors && timed(compareErrors),
    equality,
    askEquality: (areEqual, one, other) => isTrue(attempt('equality', host, () => timed(areEqual)(one, other))),
    clean: clean === undefined ? entities : makeCleaner(timed(clean), entities, host),
    withoutEntities: entities,
    diff: diff && makeDiff(timed(diff), host),
    ignores: ignore === undefined ? NONE : [ignore].flat().map((one: IgnoreDifference) => timed(one)),
    ignored: fields === undefined ? NONE : [options.ignored, ignored].filter((one) => one !== undefined),
  };
}

/** Decides about the answer of a user's function. It counts as no if the function has failed. */
export function isTrue(answer: unknown): boolean {
  return answer !== FAILED && Boolean(answer);
}

/** Makes a cleaner that skips null and undefined, and falls back to another one when the user's fails. */
function makeCleaner(clean: Rules['clean'], otherwise: Rules['clean'], host: FunctionHost): Rules['clean'] {
  return (value) => {
    if (value === null || value === undefined) return value;
    const cleaned = attempt('clean', host, () => clean(value));
    return cleaned === FAILED ? otherwise(value) : cleaned;
  };
}

function makeEntityCleaner(identify: Identify | undefined, report: Report): Rules['clean'] {
  if (identify === undefined) return (value) => value;
  return (value) => {
    try {
      return withoutEntities(value, identify);
    } catch (error) {
      report('clean', error);
      return value;
    }
  };
}

function makeDiff(diff: (control: unknown, candidate: unknown) => unknown, host: FunctionHost): Rules['diff'] {
  return (control, candidate) => {
    const difference = attempt('diff', host, () => diff(control, candidate));
    return difference === FAILED ? undefined : difference;
  };
}
