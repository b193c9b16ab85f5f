import { withoutEntities, type Identify } from './default-cleaner.js';
import { attempt, FAILED, type Report } from './guards.js';
import type { IgnoredFields } from './ignored-fields.js';
import type { Ignore } from './options.js';
import type { Scope } from './scope.js';

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
  readonly ignores: readonly Ignore[];
  /** What is left out of the comparison, by the code and by an operator. */
  readonly ignored: readonly IgnoredFields[];
  /** Learns of a value that is too large for that. */
  readonly gaveUp?: (() => void) | undefined;
}

/** What a run's rules are made of beside its options. */
export interface RuleParts {
  /** Those of runs without options that have a part in it. */
  readonly usualRules: Rules;
  /** What an operator leaves out of the comparison. */
  readonly ignored: IgnoredFields | undefined;
  /** Says that a value is too large for fields to be left out. */
  readonly reportTooLarge: () => void;
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

/** The rules of one call. */
export function rulesOf(
  { definition: { options }, self, report }: Scope,
  { usualRules: usual, ignored, reportTooLarge }: RuleParts,
): Rules {
  const { compare, compareErrors, clean, diff, ignore } = options;
  const fields = options.ignored ?? ignored;
  if ((compare ?? compareErrors ?? clean ?? diff ?? ignore ?? fields) === undefined) return usual;
  const entities = usual.withoutEntities;
  return {
    compare: compare && ((control, candidate) => compare.call(self, control, candidate)),
    compareErrors: compareErrors && ((control, candidate) => compareErrors.call(self, control, candidate)),
    clean: clean === undefined ? entities : cleaning((value) => clean.call(self, value), entities, report),
    withoutEntities: entities,
    diff: diff && differing((control, candidate) => diff.call(self, control, candidate), report),
    ignores: ignore === undefined ? NONE : bound(ignore, self),
    ignored: fields === undefined ? NONE : [options.ignored, ignored].filter((one) => one !== undefined),
    gaveUp: reportTooLarge,
  };
}

function bound(ignore: Ignore | readonly Ignore[], self: unknown): Ignore[] {
  return [ignore].flat().map(
    (one): Ignore =>
      (control, candidate, both) =>
        one.call(self, control, candidate, both),
  );
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
