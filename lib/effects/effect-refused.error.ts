import { StudiesError } from '../base/errors.js';
import type { CandidateContext } from '../experiment/run-context.js';

/**
 * Error about something that a candidate would have written or sent. Nothing was sent, and the run is no evidence.
 *
 * @publicApi
 */
export class EffectRefusedError extends StudiesError {
  override readonly name = 'EffectRefusedError';

  constructor(
    /** The effect, such as `INSERT orders`. */
    readonly effect: string,
    experiment: string,
    candidate: string,
    options?: ErrorOptions,
  ) {
    super(
      'EFFECT_REFUSED',
      `${effect} of candidate "${candidate}" of experiment "${experiment}" was refused before it was sent: candidates only read. ` +
        'If it may happen besides what the control does, set writes: "allow".',
      { experiment, candidate, effect },
      options,
    );
  }
}

/** Effect of a statement that doesn't say so, of which the database has told. */
export const HIDDEN_WRITE = 'a function or trigger that writes';

/** Refuses an effect of a candidate, so that its run is no evidence. Returns the error for the candidate. */
export function refuseEffect(candidate: CandidateContext, effect: string, cause?: unknown): EffectRefusedError {
  candidate.refuseEffect(effect);
  return new EffectRefusedError(effect, candidate.experiment, candidate.candidate, { cause });
}
