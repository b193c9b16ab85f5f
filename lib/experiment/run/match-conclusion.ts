import { hasComparedPart } from '../../comparing/compared-part.js';
import type { Execution } from '../observation.js';
import type { CandidateFinding } from '../ordered-run.js';
import type { SettledRun } from './run-ending.js';

/** Concludes a run whose candidates are known to match, without a result, if nobody wants it. Returns whether it did. */
export function concludeMatch({ candidates, evidence, scope, startedAt, state }: SettledRun, control: Execution): boolean {
  const { afterRun, raiseOnMismatch, record, ignored, equality } = scope.definition.options;
  const { ignoresMatches, recorder } = state.environment;
  if (!candidates.haveMatched || !ignoresMatches || raiseOnMismatch || afterRun !== undefined) return false;
  const { executions } = candidates;
  if (record && !recorder.matched(state.name, { startedAt, control, candidates: executions }, evidence.ignoredPaths))
    return false;
  state.times.note(startedAt);
  const findings: CandidateFinding[] = [];
  const leftOut = [ignored, state.ignored].filter((one) => one !== undefined);
  // A run that would not have shown a difference doesn't show that there is none.
  const isCompared = leftOut.length === 0 || control.kind === 'threw' || hasComparedPart(control.value, leftOut, equality);
  for (const { candidate, duration, blocked } of executions) {
    findings.push({ candidate, finding: isCompared ? 'same' : 'nothingLeft' });
    state.watch(candidate, { outcome: 'matched', duration, control: control.duration, blocked });
  }
  evidence.prove(control, findings, evidence.ignoredPaths);
  return true;
}
