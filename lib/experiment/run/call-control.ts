import type { ExperimentRun } from './experiment-run.js';
import type { Control } from './run-behaviours.js';

/**
 * Calls a control, within its experiment if the call runs one, and returns what the control returns. Calls without a run take the same
 * path, so that the control's stack is the same. (The wrapper of decorated methods does the same in place, and adds no frame at all.)
 */
export function callControl(run: ExperimentRun | undefined, control: Control, self: unknown, args: unknown[]): unknown {
  if (run === undefined) return control.apply(self, args);
  if (run.isDeferred) return run.deferred();
  let given: unknown;
  run.enterControl();
  try {
    given = control.apply(self, args);
  } catch (error) {
    run.leaveControl();
    throw run.passError(error);
  }
  run.leaveControl();
  return run.passThrough(given);
}
