import { isDeepStrictEqual } from 'node:util';
import { attempt, FAILED, type Report } from './guards.js';
import { without } from './pruning.js';
import type { Execution, Observation, Outcome } from './observation.js';
import { isReadOnce } from './read-once.js';
import type { Rules } from './rules.js';

/** Whether two executions are the same, by the user's rules or by value. */
export function areEqual(control: Execution, candidate: Execution, rules: Rules, report: Report): boolean {
  if (control.kind === 'returned' && candidate.kind === 'returned') {
    const values = [control.value, candidate.value] as const;
    // What can be read only once has no value of its own to compare: `clean` says what stands for it.
    const [one, other] = rules.compare === undefined && isReadOnce(control.value) ? values.map(rules.clean) : values;
    if (typeof control.value !== 'object' && rules.compare === undefined)
      return isDeepStrictEqual(control.value, candidate.value);
    return (
      asked('compare', report, () => (rules.compare ?? isDeepStrictEqual)(one, other)) ||
      (rules.ignored.length > 0 && asked('compare', report, () => areEqualWithout(one, other, rules)))
    );
  }
  if (control.kind === 'threw' && candidate.kind === 'threw') {
    return asked('compareErrors', report, () => (rules.compareErrors ?? errorsAreEqual)(control.error, candidate.error));
  }
  return false;
}

/** Whether two values that differ are the same without the fields that are left out; if they have none, nothing speaks for it. */
function areEqualWithout(control: unknown, candidate: unknown, { ignored, gaveUp }: Rules): boolean {
  const [one, other] = [without(control, ignored, gaveUp), without(candidate, ignored, gaveUp)];
  return (one !== control || other !== candidate) && isDeepStrictEqual(one, other);
}

/** What came of a candidate that settled in time and is not equal to the control. */
export function outcomeOfDifference(
  control: Observation,
  candidate: Observation,
  rules: Rules,
  report: Report,
): Exclude<Outcome, 'matched' | 'timedOut'> {
  const values = [valueOf(control), valueOf(candidate)] as const;
  const isIgnored = rules.ignores.some((ignore) => asked('ignore', report, () => ignore(...values, { control, candidate })));
  if (isIgnored) return 'ignored';
  return candidate.kind === 'threw' && control.kind === 'returned' ? 'errored' : 'mismatched';
}

/** Same class and same message, as in Scientist; what is thrown without being an error is compared by value. */
function errorsAreEqual(control: unknown, candidate: unknown): boolean {
  if (!(control instanceof Error) || !(candidate instanceof Error)) return isDeepStrictEqual(control, candidate);
  return control.constructor === candidate.constructor && control.message === candidate.message;
}

function asked(operation: 'compare' | 'compareErrors' | 'ignore', report: Report, ask: () => unknown): boolean {
  const answer = attempt(operation, report, ask);
  return answer !== FAILED && Boolean(answer);
}

function valueOf(observation: Observation): unknown {
  return observation.kind === 'returned' ? observation.value : undefined;
}
