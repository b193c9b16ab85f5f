import type { StudiesError } from './errors.js';
import type { SkipReason } from './run.recorder.js';

/**
 * The candidate that is being run, as `ExperimentService.current()` gives it.
 *
 * @publicApi
 */
export interface Current {
  /** The experiment's name. */
  readonly experiment: string;
  /** The candidate's name. */
  readonly candidate: string;
  /** Fires when nobody waits for the candidate any more: it has timed out, or the application stops. */
  readonly signal: AbortSignal;
}

/** A candidate under way. Its `AbortSignal` is made when it is first asked for. */
export class CurrentCandidate implements Current {
  #controller: AbortController | undefined;
  #reason: StudiesError | undefined;
  #onAbort: ((reason: StudiesError) => void) | undefined;
  #refusal: SkipReason | undefined;

  /** ms for which it has waited for connections, which is no part of its time. */
  waited = 0;

  constructor(
    readonly experiment: string,
    readonly candidate: string,
    /** The candidate that it is run within, if it is. */
    private readonly parent?: CurrentCandidate,
    /** What becomes of its statements that reach a transaction of its caller's. */
    readonly inTransaction: 'skip' | 'detached' = 'skip',
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

  /** Whether it belongs to an experiment, or is run within a candidate that does. */
  isWithin(experiment: string): boolean {
    return this.experiment === experiment || (this.parent?.isWithin(experiment) ?? false);
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

  abort(reason: StudiesError): void {
    this.#reason = reason;
    this.#onAbort?.(reason);
    this.#controller?.abort(reason);
  }
}
