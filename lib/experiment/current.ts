import type { StudiesError } from '../base/errors.js';
import type { SkipReason } from './skip-reason.js';

/**
 * The candidate that is being run, as `ExperimentService.current()` gives it.
 *
 * @publicApi
 */
export interface CurrentCandidate {
  /** The experiment's name. */
  readonly experiment: string;
  /** The candidate's name. */
  readonly candidate: string;
  /** Fires when nobody waits for the candidate any more: it has timed out, or the application stops. */
  readonly signal: AbortSignal;
}

/** A control or a candidate under way: what the async context of a run holds. */
export type RunContext = ControlContext | CandidateContext;

/** A control whose call is drawn, while it is under way. */
export class ControlContext {
  readonly kind = 'control';

  constructor(
    readonly experiment: string,
    /** The run that this one was called from, if any. */
    private readonly parent: RunContext | undefined,
  ) {}

  /** Tells whether it belongs to an experiment, or was called from a run that does. */
  isWithin(experiment: string): boolean {
    return this.experiment === experiment || (this.parent?.isWithin(experiment) ?? false);
  }
}

/** A candidate under way. Its `AbortSignal` is made when it is first asked for. */
export class CandidateContext implements CurrentCandidate {
  readonly kind = 'candidate';

  #controller: AbortController | undefined;
  #reason: StudiesError | undefined;
  #onAbort: ((reason: StudiesError) => void) | undefined;
  #refusal: SkipReason | undefined;

  /** ms for which it has waited for connections, which is no part of its time. */
  waited = 0;

  /** How many connections it waits for now. */
  waits = 0;

  constructor(
    readonly experiment: string,
    readonly candidate: string,
    /** What becomes of its statements that reach a transaction of its caller's. */
    readonly inTransaction: 'skip' | 'detached' = 'skip',
    /** What is held for as long as anything in its async context lives. */
    readonly held?: object,
  ) {}

  /** Why what it did is no evidence, if so. */
  get refusal(): SkipReason | undefined {
    return this.#refusal;
  }

  /** Whether nobody waits for it any more. */
  get isAborted(): boolean {
    return this.#reason !== undefined;
  }

  /** Says that something was refused to it, so that what it did is no evidence. The first reason counts. */
  refuse(reason: SkipReason): void {
    this.#refusal ??= reason;
  }

  /** Holds for every experiment: within a candidate, none is run. */
  isWithin(): boolean {
    return true;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** What to do when the candidate is aborted. */
  onAbort(listener: (reason: StudiesError) => void): void {
    this.#onAbort = listener;
  }

  /** Tells it that nobody waits for it any more. The first reason counts. */
  abort(reason: StudiesError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    // Who has no connection can't be in time.
    if (this.waits > 0) this.refuse('noConnection');
    this.#onAbort?.(reason);
    this.#controller?.abort(reason);
  }
}
