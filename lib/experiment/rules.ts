import { withoutEntities, type Identify } from './default-cleaner.js';
import { attempt, FAILED, type Report } from './guards.js';
import type { IgnoredFields } from './ignored-fields.js';
import type { Ignore } from './options.js';
import type { Scope } from './scope.js';

/** The user's part in comparing, bound to the instance. */
export interface Rules {
  readonly compare?: ((control: unknown, candidate: unknown) => boolean) | undefined;
  readonly compareErrors?: ((control: unknown, candidate: unknown) => boolean) | undefined;
  /** Gives the value itself where the user's function fails, or there is none. */
  readonly clean: (value: unknown) => unknown;
  /** Gives undefined where the user's function fails. */
  readonly diff?: ((control: unknown, candidate: unknown) => unknown) | undefined;
  readonly ignores: readonly Ignore[];
  /** What is left out of the comparison, by the code and by an operator. */
  readonly ignored: readonly IgnoredFields[];
}

/** What a run's rules are made of beside its options. */
export interface RuleParts {
  readonly identify: Identify | undefined;
  /** What an operator leaves out of the comparison. */
  readonly ignored: IgnoredFields | undefined;
}

const NONE: readonly never[] = [];
const NO_RULES: Rules = {
  compare: undefined,
  compareErrors: undefined,
  clean: (value) => value,
  diff: undefined,
  ignores: NONE,
  ignored: NONE,
};

/** The rules of one call. */
export function rulesOf({ definition: { options }, self, report }: Scope, { identify, ignored }: RuleParts): Rules {
  const { compare, compareErrors, clean, diff, ignore } = options;
  const fields = options.ignored ?? ignored;
  if ((compare ?? compareErrors ?? clean ?? diff ?? ignore ?? fields ?? identify) === undefined) return NO_RULES;
  return {
    compare: compare && ((control, candidate) => compare.call(self, control, candidate)),
    compareErrors: compareErrors && ((control, candidate) => compareErrors.call(self, control, candidate)),
    clean: clean === undefined ? cleaningEntities(identify, report) : cleaning((value) => clean.call(self, value), report),
    diff: diff && differing((control, candidate) => diff.call(self, control, candidate), report),
    ignores: ignore === undefined ? NONE : bound(ignore, self),
    ignored: fields === undefined ? NONE : [options.ignored, ignored].filter((one) => one !== undefined),
  };
}

function bound(ignore: Ignore | readonly Ignore[], self: unknown): Ignore[] {
  return [ignore].flat().map(
    (one): Ignore =>
      (control, candidate, both) =>
        one.call(self, control, candidate, both),
  );
}

/** Cleans what there is; where the cleaner fails, the value stays itself. */
function cleaning(clean: (value: unknown) => unknown, report: Report): Rules['clean'] {
  return (value) => {
    if (value === null || value === undefined) return value;
    const cleaned = attempt('clean', report, () => clean(value));
    return cleaned === FAILED ? value : cleaned;
  };
}

function cleaningEntities(identify: Identify | undefined, report: Report): Rules['clean'] {
  if (identify === undefined) return NO_RULES.clean;
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
