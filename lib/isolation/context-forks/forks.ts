import type { CandidateContext } from '../../experiment/run-context.js';
import { StudiesError } from '../../base/errors.js';
import type { ContextFork } from './context-fork.js';

/** Result of a candidate's code. */
type Ended<Value> = { readonly kind: 'returned'; readonly value: Value } | { readonly kind: 'threw'; readonly error: unknown };

/**
 * Runs a candidate within all forks. If a fork fails before it has called the candidate, the candidate doesn't run, and the run is no
 * evidence.
 *
 * @param report receives what a fork throws, or an error about it
 * @throws StudiesError if a fork has failed, otherwise what `act` throws
 */
export function runForked<Value>(
  forks: readonly ContextFork[],
  candidate: CandidateContext,
  act: () => Value,
  report: (error: unknown) => void,
): Value {
  if (forks.length === 0) return act();
  let ended: Ended<Value> | undefined;
  let isOver = false;
  const once = () => {
    if (!isOver) ended ??= settleFork(act);
  };
  const enter = forks.reduceRight<() => void>((next, fork) => () => fork(next, candidate), once);
  try {
    enter();
    if (ended === undefined) throw makeNotCalledError(candidate);
  } catch (error) {
    report(error);
  }
  isOver = true;
  const outcome = ended;
  if (outcome === undefined) {
    candidate.refuse('fork');
    throw makeNotCalledError(candidate);
  }
  if (outcome.kind === 'threw') throw outcome.error;
  return outcome.value;
}

function settleFork<Value>(act: () => Value): Ended<Value> {
  try {
    return { kind: 'returned', value: act() };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

function makeNotCalledError({ experiment, candidate }: CandidateContext): StudiesError {
  return new StudiesError(
    'FORK_FAILED',
    `Candidate "${candidate}" of experiment "${experiment}" was not run: a "fork" of StudiesModule has not called it. ` +
      'Call "next" in it, before it returns.',
    { experiment, candidate },
  );
}
