import { Comparing } from '../../comparing/comparing.js';
import type { Equality } from '../../comparing/equality.js';
import { LeftOut } from '../../comparing/left-out.js';
import type { Budget, Slices } from '../../comparing/slices.js';
import { attempt, FAILED, type Report } from '../../base/user-function.js';
import { chain, type MaybePromise } from '../../base/maybe-promise.js';
import type { Execution, Observation, Outcome } from '../observation.js';
import type { Rules } from './rules.js';
import { holdsSingleUse } from '../../values/single-use.js';

/** How a run is compared. */
export interface ComparisonParts {
  readonly rules: Rules;
  readonly report: Report;
  readonly slices: Slices;
  /** ms of CPU that all comparing of the run may take. */
  readonly budget: number;
  /** Whether everything is compared at once, since a caller waits for it. */
  readonly isAtOnce: boolean;
}

/** The longest text that is compared without being taken to be large, in characters. */
const SHORT = 1_024;

/** Compares what the behaviours of a run did, by the user's rules or by value. Never throws and never rejects. */
export class Comparison {
  private readonly budget: Budget;

  constructor(private readonly parts: ComparisonParts) {
    this.budget = { left: parts.budget };
  }

  compare(control: Execution, candidate: Execution): MaybePromise<Equality> {
    if (control.kind === 'returned' && candidate.kind === 'returned') return this.values(control.value, candidate.value);
    if (control.kind === 'threw' && candidate.kind === 'threw') return this.errors(control.error, candidate.error);
    return 'different';
  }

  /** Gives what came of a candidate that settled in time and is not equal to the control. */
  outcomeOfDifference(control: Observation, candidate: Observation): Exclude<Outcome, 'matched' | 'timedOut'> {
    const { rules, report } = this.parts;
    const values = [returnedValue(control), returnedValue(candidate)] as const;
    const isIgnored = rules.ignores.some((ignore) => askUser('ignore', report, () => ignore(...values, { control, candidate })));
    if (isIgnored) return 'ignored';
    return candidate.kind === 'threw' && control.kind === 'returned' ? 'errored' : 'mismatched';
  }

  private values(control: unknown, candidate: unknown): MaybePromise<Equality> {
    const { rules, report } = this.parts;
    const { compare } = rules;
    if (compare !== undefined) {
      if (askUser('compare', report, () => compare(control, candidate))) return 'equal';
      return this.withoutIgnored(control, candidate, true) ?? 'different';
    }
    if (isSimple(control)) return Object.is(control, candidate) ? 'equal' : 'different';
    const values = isComparedCleaned(control, rules)
      ? ([rules.clean(control), rules.clean(candidate)] as const)
      : ([control, candidate] as const);
    const without = this.withoutIgnored(...values, false);
    if (without === undefined) return this.deeply('compare', ...values);
    return chain(without, (equality) => {
      if (equality === 'equal') return equality;
      // Without members by their place, sets that are the same may differ.
      return chain(this.deeply('compare', ...values), (whole) => (whole === 'equal' ? whole : equality));
    });
  }

  /**
   * Compares two values without the fields that are left out; undefined if there are none.
   *
   * @param needsSome whether values in which nothing is left out are no more equal than before
   */
  private withoutIgnored(control: unknown, candidate: unknown, needsSome: boolean): MaybePromise<Equality> | undefined {
    const leftOut = LeftOut.of(this.parts.rules.ignored);
    if (leftOut === undefined || typeof control !== 'object') return undefined;
    const comparing = new Comparing(control, candidate, leftOut);
    return chain(this.advanced('compare', comparing), (equality) =>
      equality === 'equal' && needsSome && !comparing.hasLeftOut ? 'different' : equality,
    );
  }

  private errors(control: unknown, candidate: unknown): MaybePromise<Equality> {
    const { rules, report } = this.parts;
    const { compareErrors } = rules;
    if (compareErrors !== undefined) {
      return askUser('compareErrors', report, () => compareErrors(control, candidate)) ? 'equal' : 'different';
    }
    const messages = attempt('compareErrors', report, () => errorMessages(control, candidate));
    if (messages === FAILED) return 'different';
    if (messages === undefined) return this.deeply('compareErrors', control, candidate);
    return messages === null ? 'different' : this.deeply('compareErrors', ...messages);
  }

  private deeply(operation: 'compare' | 'compareErrors', one: unknown, other: unknown): MaybePromise<Equality> {
    if (isSimple(one)) return Object.is(one, other) ? 'equal' : 'different';
    return this.advanced(operation, new Comparing(one, other));
  }

  /** Compares in slices; where an accessor or a proxy throws, the values differ. */
  private advanced(operation: 'compare' | 'compareErrors', comparing: Comparing): MaybePromise<Equality> {
    const { slices, isAtOnce, report } = this.parts;
    const failed = (error: unknown): Equality => {
      report(operation, error);
      return 'different';
    };
    try {
      const equality = slices.run(comparing, this.budget, isAtOnce);
      return equality instanceof Promise ? equality.catch(failed) : equality;
    } catch (error) {
      return failed(error);
    }
  }
}

/** Whether what the experiment's `clean` gives stands for a value: one that can be used only once has nothing of its own to compare. */
function isComparedCleaned(value: unknown, { clean, withoutEntities }: Rules): boolean {
  return clean !== withoutEntities && holdsSingleUse(value);
}

/** Same class and same message, as in Scientist: gives two messages to compare, null for other classes, undefined for what is no error. */
function errorMessages(control: unknown, candidate: unknown): readonly [string, string] | null | undefined {
  if (!(control instanceof Error) || !(candidate instanceof Error)) return undefined;
  return control.constructor === candidate.constructor ? [control.message, candidate.message] : null;
}

function isSimple(value: unknown): boolean {
  return typeof value === 'string' ? value.length <= SHORT : typeof value !== 'object' || value === null;
}

function askUser(operation: 'compare' | 'compareErrors' | 'ignore', report: Report, ask: () => unknown): boolean {
  const answer = attempt(operation, report, ask);
  return answer !== FAILED && Boolean(answer);
}

function returnedValue(observation: Observation): unknown {
  return observation.kind === 'returned' ? observation.value : undefined;
}
