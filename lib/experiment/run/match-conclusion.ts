import type { Execution } from '../observation.js';
import type { CandidateFinding } from '../ordered-run.js';
import type { SettledRun } from './run-ending.js';

/** Concludes a run whose candidates are known to match, without a result, if nobody wants it. Returns whether it did. */
export function concludeMatch({ candidates, evidence, scope, startedAt, state }: SettledRun, control: Execution): boolean {
  const { afterRun, raiseOnMismatch, record } = scope.definition.options;
  const { ignoresMatches, recorder } = state.environment;
  if (!candidates.haveMatched || !ignoresMatches || raiseOnMismatch || afterRun !== undefined) return false;
  const { executions } = candidates;
  if (record && !recorder.matched(state.name, { startedAt, control, candidates: executions }, evidence.ignoredPaths))
    return false;
  state.ran(startedAt);
  const findings: CandidateFinding[] = [];
  for (const { candidate, duration, blocked } of executions) {
    findings.push({ candidate, finding: 'same' });
    state.watch(candidate, { outcome: 'matched', duration, control: control.duration, blocked });
  }
  // Equal values are equal whatever is left out of them.
  evidence.prove(control, findings, evidence.ignoredPaths);
  return true;
}
