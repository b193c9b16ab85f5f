import type { StudiesError } from './errors.js';

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

  constructor(
    readonly experiment: string,
    readonly candidate: string,
    /** The candidate that it is run within, if it is. */
    private readonly parent?: CurrentCandidate,
  ) {}

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
