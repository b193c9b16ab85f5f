import type { Control, ExperimentRun } from './experiment-run.js';

/**
 * Calls a control, with the experiment around it if the call runs one. Gives what the control gives. Also called for calls that run none,
 * so that the control's stack is the same. (The wrapper of decorated methods does the same in place, and adds no frame at all.)
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
