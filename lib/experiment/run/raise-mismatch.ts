import { attempt, FAILED } from '../../base/user-function.js';
import { MismatchError } from '../mismatch.error.js';
import type { ExperimentResult } from '../result.js';
import type { SampledCall } from '../sampled-call.js';

/**
 * Throws the error that the caller of a run gets instead of the control's result, if a candidate differed.
 *
 * @throws MismatchError, or what `raiseWith` makes
 */
export function raiseMismatch(result: ExperimentResult | undefined, { definition, self, host }: SampledCall): void {
  if (!result?.mismatched) return;
  const { raiseWith } = definition.options;
  const custom = raiseWith && attempt('raiseWith', host, () => raiseWith.call(self, result));
  throw custom === undefined || custom === FAILED ? new MismatchError(result) : custom;
}
