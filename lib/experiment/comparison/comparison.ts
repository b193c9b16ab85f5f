import { hasComparedPart } from '../../comparing/compared-part.js';
import { Comparing } from '../../comparing/comparing.js';
import type { Equality } from '../../comparing/equality.js';
import { LeftOut } from '../../comparing/left-out.js';
import type { Budget, Slices } from '../../comparing/slices.js';
import { attempt, type FunctionHost } from '../../base/user-function.js';
import { chain, type MaybePromise } from '../../base/maybe-promise.js';
import type { Execution, Observation, Outcome } from '../observation.js';
import { isTrue, type Rules } from './comparison-rules.js';
import { holdsSingleUse } from '../../values/single-use.js';

/** Parts that a comparison needs. */
export interface ComparisonParts {
  readonly rules: Rules;
  readonly host: FunctionHost;
  readonly slices: Slices;
  /** CPU time, in ms, that all comparing of the run may take. */
  readonly budget: number;
  /** Tells whether everything is compared at once, because a caller waits for it. */
  readonly isAtOnce: boolean;
}

/** Longest text, in characters, that is compared outside of the slices. */
const SHORT = 1_024;

/** Comparison of a run's behaviours, by the user's rules or by value. Never throws and never rejects. */
export class Comparison {
  /** First part of the values that can't be compared, for people; undefined if there is none. */
  obstacle: string | undefined;
  private readonly budget: Budget;
  /** Result of the user's `clean` for the control's value, if that was compared last. */
  private cleaned: { readonly value: unknown } | undefined;

  constructor(private readonly parts: ComparisonParts) {
    this.budget = { left: parts.budget };
  }

  compare(control: Execution, candidate: Execution): MaybePromise<Equality> {
    this.cleaned = undefined;
    if (control.kind === 'returned' && candidate.kind === 'returned') return this.values(control.value, candidate.value);
    if (control.kind === 'threw' && candidate.kind === 'threw') return this.compareThrown(control.error, candidate.error);
    return 'different';
  }

  /**
   * Tells whether the control and a candidate match because nothing was left to compare: every field is left out, or `clean` makes nothing
   * of a value that can't be compared by itself.
   *
   * @param isKnown whether the two were found equal without comparing them here
   */
  comparesNothing(control: Execution, isKnown: boolean): boolean {
    const { ignored, equality } = this.parts.rules;
    const cleaned = isKnown ? undefined : this.cleaned;
    if (control.kind === 'threw') return false;
    if (cleaned !== undefined && cleaned.value === undefined) return true;
    return ignored.length > 0 && !hasComparedPart(cleaned === undefined ? control.value : cleaned.value, ignored, equality);
  }

  /**
   * Decides the outcome of a candidate that settled in time and is not equal to the control.
   *
   * @param observe makes its observation, which only functions of the user's need
   */
  judgeDifference(
    control: Observation,
    candidate: Execution,
    observe: () => Observation,
  ): Exclude<Outcome, 'matched' | 'timedOut'> {
    if (this.parts.rules.ignores.length > 0 && this.isIgnored(control, observe())) return 'ignored';
    return candidate.kind === 'threw' && control.kind === 'returned' ? 'errored' : 'mismatched';
  }

  private isIgnored(control: Observation, candidate: Observation): boolean {
    const { rules, host } = this.parts;
    const compareValues = [returnedValue(control), returnedValue(candidate)] as const;
    return rules.ignores.some((ignore) => askUser('ignore', host, () => ignore(...compareValues, { control, candidate })));
  }

  private values(control: unknown, candidate: unknown): MaybePromise<Equality> {
    const { rules, host } = this.parts;
    const { compare } = rules;
    if (compare !== undefined) {
      if (askUser('compare', host, () => compare(control, candidate))) return 'equal';
      return this.compareWithoutIgnored(control, candidate, true) ?? 'different';
    }
    if (isSimple(control)) return Object.is(control, candidate) ? 'equal' : 'different';
    const compareCleaned = () => {
      this.cleaned = { value: rules.clean(control) };
      return this.compareByValue(this.cleaned.value, rules.clean(candidate));
    };
    const isCleaned = rules.clean !== rules.withoutEntities;
    if (isCleaned && holdsSingleUse(control)) return compareCleaned();
    return chain(this.compareByValue(control, candidate), (equality) =>
      equality === 'notComparable' && isCleaned ? compareCleaned() : equality,
    );
  }

  private compareByValue(...values: readonly [control: unknown, candidate: unknown]): MaybePromise<Equality> {
    const without = this.compareWithoutIgnored(...values, false);
    if (without === undefined) return this.compareDeeply('compare', ...values);
    return chain(without, (equality) => {
      if (equality === 'equal') return equality;
      // Where members are ignored by their place, equal sets may differ without them.
      return chain(this.compareDeeply('compare', ...values), (whole) => (whole === 'equal' ? whole : equality));
    });
  }

  /**
   * Compares two values without the ignored fields. Undefined if no fields are ignored.
   *
   * @param needsSome whether the values count as equal only if a field was ignored
   */
  private compareWithoutIgnored(control: unknown, candidate: unknown, needsSome: boolean): MaybePromise<Equality> | undefined {
    const leftOut = LeftOut.of(this.parts.rules.ignored);
    if (leftOut === undefined || typeof control !== 'object') return undefined;
    const comparing = this.makeComparing(control, candidate, leftOut);
    return chain(this.runInSlices('compare', comparing), (equality) =>
      equality === 'equal' && needsSome && !comparing.hasLeftOut ? 'different' : equality,
    );
  }

  private compareThrown(control: unknown, candidate: unknown): MaybePromise<Equality> {
    const { rules, host } = this.parts;
    const { compareErrors } = rules;
    if (compareErrors !== undefined) {
      return askUser('compareErrors', host, () => compareErrors(control, candidate)) ? 'equal' : 'different';
    }
    const leftOut = LeftOut.ofThrown(rules.ignored);
    if (leftOut === undefined || isSimple(control)) return this.compareDeeply('compareErrors', control, candidate);
    return this.runInSlices('compareErrors', this.makeComparing(control, candidate, leftOut));
  }

  private compareDeeply(operation: 'compare' | 'compareErrors', one: unknown, other: unknown): MaybePromise<Equality> {
    if (isSimple(one)) return Object.is(one, other) ? 'equal' : 'different';
    return this.runInSlices(operation, this.makeComparing(one, other));
  }

  private makeComparing(one: unknown, other: unknown, leftOut?: LeftOut): Comparing {
    const { equality, askEquality } = this.parts.rules;
    return new Comparing(one, other, leftOut, equality, askEquality);
  }

  /** Compares in slices. Values count as different if an accessor or a proxy throws. */
  private runInSlices(operation: 'compare' | 'compareErrors', comparing: Comparing): MaybePromise<Equality> {
    const { slices, isAtOnce, host } = this.parts;
    const failed = (error: unknown): Equality => {
      host.report(operation, error);
      return 'different';
    };
    const answered = (equality: Equality): Equality => {
      if (equality === 'notComparable') this.obstacle = comparing.obstacle;
      return equality;
    };
    try {
      const equality = slices.run(comparing, this.budget, isAtOnce);
      return equality instanceof Promise ? equality.then(answered).catch(failed) : answered(equality);
    } catch (error) {
      return failed(error);
    }
  }
}

/** Decides whether a value is compared outside of the slices: a primitive other than a long text. */
function isSimple(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= SHORT;
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

function askUser(operation: 'compare' | 'compareErrors' | 'ignore', host: FunctionHost, ask: () => unknown): boolean {
  return isTrue(attempt(operation, host, ask));
}

function returnedValue(observation: Observation): unknown {
  return observation.kind === 'returned' ? observation.value : undefined;
}
