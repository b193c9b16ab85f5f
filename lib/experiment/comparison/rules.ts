import { withoutEntities, type Identify } from '../../values/default-cleaner.js';
import type { Slices } from '../../comparing/slices.js';
import { attempt, FAILED, type Report } from '../../base/user-function.js';
import type { IgnoredFields } from '../../values/ignored-fields.js';
import type { IgnoreDifference } from '../experiment.options.js';
import type { SampledCall } from '../sampled-call.js';

/** The user's part in comparing, bound to the instance. */
export interface Rules {
  readonly compare?: ((control: unknown, candidate: unknown) => boolean) | undefined;
  readonly compareErrors?: ((control: unknown, candidate: unknown) => boolean) | undefined;
  /** Where the user's function fails, or there is none, what `withoutEntities` gives. */
  readonly clean: (value: unknown) => unknown;
  /** Gives the value with entities as class and id, and itself if it has none. */
  readonly withoutEntities: (value: unknown) => unknown;
  /** Gives undefined where the user's function fails. */
  readonly diff?: ((control: unknown, candidate: unknown) => unknown) | undefined;
  readonly ignores: readonly IgnoreDifference[];
  /** What is left out of the comparison, by the code and by an operator. */
  readonly ignored: readonly IgnoredFields[];
}

/** What a run's rules are made of beside its options. */
export interface RuleParts {
  /** Those of runs without options that have a part in it. */
  readonly usualRules: Rules;
  /** What an operator leaves out of the comparison. */
  readonly ignored: IgnoredFields | undefined;
  /** What all runs of the application share. */
  readonly environment: { readonly slices: Slices; readonly eventLoop: { hold(duration: number): void } };
}

const NONE: readonly never[] = [];

/** The rules where the user has none. */
export function usualRules(identify: Identify | undefined, report: Report): Rules {
  const entities = cleaningEntities(identify, report);
  return {
    compare: undefined,
    compareErrors: undefined,
    clean: entities,
    withoutEntities: entities,
    diff: undefined,
    ignores: NONE,
    ignored: NONE,
  };
}

/**
 * Gives the rules of one call.
 *
 * @param spent takes the ms that a call of one of the user's functions has taken
 */
export function resolveRules(
  { definition: { options }, self, report }: SampledCall,
  { usualRules: usual, ignored, environment: { eventLoop } }: RuleParts,
  spent: (duration: number) => void,
): Rules {
  const { compare, compareErrors, clean, diff, ignore } = options;
  const fields = options.ignored ?? ignored;
  if ((compare ?? compareErrors ?? clean ?? diff ?? ignore ?? fields) === undefined) return usual;
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
    clean: clean === undefined ? entities : cleaning(timed(clean), entities, report),
    withoutEntities: entities,
    diff: diff && differing(timed(diff), report),
    ignores: ignore === undefined ? NONE : [ignore].flat().map((one: IgnoreDifference) => timed(one)),
    ignored: fields === undefined ? NONE : [options.ignored, ignored].filter((one) => one !== undefined),
  };
}

/** Cleans what there is; where the cleaner fails, another does. */
function cleaning(clean: Rules['clean'], otherwise: Rules['clean'], report: Report): Rules['clean'] {
  return (value) => {
    if (value === null || value === undefined) return value;
    const cleaned = attempt('clean', report, () => clean(value));
    return cleaned === FAILED ? otherwise(value) : cleaned;
  };
}

function cleaningEntities(identify: Identify | undefined, report: Report): Rules['clean'] {
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

function differing(diff: (control: unknown, candidate: unknown) => unknown, report: Report): Rules['diff'] {
  return (control, candidate) => {
    const difference = attempt('diff', report, () => diff(control, candidate));
    return difference === FAILED ? undefined : difference;
  };
}
