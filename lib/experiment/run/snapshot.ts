import type { CopiedArguments, RefusedArgument } from '../../values/copying/copier.js';
import { CopyBudget } from '../../values/copying/copy-budget.js';
import { StudiesError } from '../../base/errors.js';
import type { ExperimentState } from './experiment-state.js';
import { attempt, FAILED } from '../../base/user-function.js';
import { countParameters } from './parameter-count.js';
import { findPath } from '../../values/copying/live-path.js';
import type { SampledCall } from '../sampled-call.js';
import type { SkipReason } from '../skip-reason.js';

/** Copy of the candidates' arguments, and the budget that is left for copying. */
export interface Snapshot {
  readonly args: unknown[];
  readonly budget: CopyBudget;
  /** True if it is a copy of all arguments of the call, and these are ordinary data: primitives, plain objects and lists, and nothing else. */
  readonly isPlain: boolean;
}

/**
 * Copies the arguments of the candidates before the control can change them: those that `candidateArgs` makes, if there is one, otherwise
 * those of the call.
 *
 * @param control function that the arguments are for
 * @returns the reason to skip the call if there are none
 */
export function takeSnapshot(
  scope: SampledCall,
  state: ExperimentState,
  control: (...args: never) => unknown,
): Snapshot | SkipReason {
  const { candidateArgs, copyBudget } = scope.definition.options;
  const budget = new CopyBudget(copyBudget);
  const made = candidateArgs === undefined ? undefined : makeArguments(candidateArgs, scope, budget);
  if (made === FAILED) return 'candidateArgs';
  const copied = copyArguments(made, scope, state, budget, control);
  if (copied === 'resting') return 'tooLarge';
  state.copyRest.note(budget);
  if (copied.kind === 'copied') {
    const { value, isPlain } = copied;
    return { args: value, budget, isPlain: isPlain && made === undefined && value.length === scope.args.length };
  }
  state.environment.turn.spend(budget.spent, 0);
  if (copied.kind === 'tooLarge') return 'tooLarge';
  state.explain('liveArguments', () => describePlace(copied, scope.args));
  return 'liveArguments';
}

function copyArguments(
  made: readonly unknown[] | undefined,
  { args, definition }: SampledCall,
  { copyRest, environment }: ExperimentState,
  budget: CopyBudget,
  control: (...args: never) => unknown,
): CopiedArguments | 'resting' {
  const { copier } = environment;
  const { isolate, shared } = definition.options;
  if (isolate === 'none') return made ? { kind: 'copied', value: [...made], isPlain: false } : copier.checkAll(args, shared);
  if (copyRest.isResting) return 'resting';
  if (made !== undefined) return copier.copyMade(made, budget, shared);
  const copied = copier.copyAll(args, budget, shared);
  if (copied.kind !== 'refused') return copied;
  const count = countParameters(control);
  return count === undefined || copied.index < count ? copied : copier.copyAll(args.slice(0, count), budget, shared);
}

function makeArguments(
  candidateArgs: (...args: never) => readonly unknown[],
  { self, args, host, definition }: SampledCall,
  budget: CopyBudget,
) {
  const begun = performance.now();
  const made = attempt('candidateArgs', host, () => {
    const made: unknown = Reflect.apply(candidateArgs, self, args);
    if (Array.isArray(made)) return made as unknown[];
    throw new StudiesError(
      'INVALID_OPTIONS',
      `"candidateArgs" of experiment "${definition.name}" returned no list. Return the list of the candidates' arguments.`,
      { experiment: definition.name },
    );
  });
  budget.spent += performance.now() - begun;
  return made;
}

function describePlace({ index, value, what }: RefusedArgument, args: readonly unknown[]): string {
  const path = findPath(value, args[index]);
  const where = `argument ${index + 1}`;
  if (path === undefined) return `${where} holds ${what}`;
  return `${where}${path && `, at "${path}",`} is ${what}`;
}
