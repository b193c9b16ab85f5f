import type { StudiesError } from '../base/errors.js';
import type { ReadMoment } from './ports/read-moment.js';
import type { StudiesOperation } from '../base/studies-operation.js';
import type { SkipReason } from './skip-reason.js';
import type { WriteMode } from './write-mode.js';

/**
 * Candidate that is being run, as `ExperimentService.current()` returns it.
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

const NO_MOMENTS: readonly ReadMoment[] = [];

/** Content of a run's async context: a control, a candidate or a function of the user's under way. */
export type RunContext = ControlContext | ContainedContext;

/** Content of an async context whose errors that nobody catches are contained. */
export type ContainedContext = CandidateContext | FunctionContext;

/** Control of a drawn call, while it is under way. */
export class ControlContext {
  readonly kind = 'control';

  constructor(
    readonly experiment: string,
    /** Run that this one was called from, if any. */
    private readonly parent: RunContext | undefined,
    /** Moment of its first statements, at which its candidates read; undefined if they read later. */
    private readonly moment?: ReadMoment,
  ) {}

  /** Moments that a statement belongs to which is sent here: those of this control, and of the controls that it was called from. */
  get moments(): readonly ReadMoment[] {
    const outer = this.parent?.kind === 'control' ? this.parent.moments : NO_MOMENTS;
    return this.moment === undefined ? outer : [this.moment, ...outer];
  }

  /** Tells whether it belongs to an experiment, or was called from a run that does. */
  isWithin(experiment: string): boolean {
    return this.experiment === experiment || (this.parent?.isWithin(experiment) ?? false);
  }
}

/** Function of the user's under way, such as `compare`, a publisher or `onError`. */
export class FunctionContext {
  readonly kind = 'function';

  constructor(
    readonly operation: StudiesOperation | 'onError',
    /** Experiment that the function is called for, if there is one. */
    readonly experiment: string | undefined,
    /** Run that the function is called from, if any. */
    private readonly parent: RunContext | undefined,
    /** Object that stays in memory as long as anything in the function's async context does. */
    readonly held: object | undefined,
  ) {}

  /** Tells whether it is called for the experiment, or from a run of it. */
  isWithin(experiment: string): boolean {
    return this.experiment === experiment || (this.parent?.isWithin(experiment) ?? false);
  }
}

/** Waiter for a candidate's result. */
export interface Follower {
  /** Called when nobody waits for the candidate any more. */
  aborted(reason: StudiesError): void;
}

/** Recipient of what is refused to a candidate after its end. */
export interface LateRefusals {
  refusedLate(effect: string): void;
}

/** Conditions under which a candidate runs. */
export interface CandidateConditions {
  readonly inTransaction: 'skip' | 'detached';
  readonly writes: WriteMode;
}

const DEFAULT_CONDITIONS: CandidateConditions = { inTransaction: 'skip', writes: 'refuse' };

/** Candidate under way. Its `AbortSignal` is made when it is first read. */
export class CandidateContext implements CurrentCandidate {
  readonly kind = 'candidate';
  readonly operation = 'candidate';

  #controller: AbortController | undefined;
  #reason: StudiesError | undefined;
  #follower: Follower | undefined;
  #refusal: SkipReason | undefined;
  #made: WeakSet<object> | undefined;
  #effects: Set<string> | undefined;
  #ended: LateRefusals | undefined;

  /** Time, in ms, that the candidate has waited for connections. It doesn't count as its duration. */
  waited = 0;

  /** Number of connections that the candidate waits for now. */
  waits = 0;

  constructor(
    readonly experiment: string,
    readonly candidate: string,
    private readonly conditions: CandidateConditions = DEFAULT_CONDITIONS,
    /** Object that stays in memory as long as anything in the candidate's async context does. */
    readonly held?: object,
    /** Moment at which the candidate reads; undefined if it reads when it runs. */
    readonly moment?: ReadMoment,
  ) {}

  /** Treatment of the candidate's statements that reach a transaction of its caller's. */
  get inTransaction(): CandidateConditions['inTransaction'] {
    return this.conditions.inTransaction;
  }

  /** Treatment of what the candidate writes or sends. */
  get writes(): WriteMode {
    return this.conditions.writes;
  }

  /** Reason why the run is no evidence, if there is one. */
  get refusal(): SkipReason | undefined {
    return this.#refusal;
  }

  /** Tells whether nobody waits for the candidate any more. */
  get isAborted(): boolean {
    return this.#reason !== undefined;
  }

  /** Notes that something was refused to the candidate, so that its run is no evidence. The first reason counts. */
  refuse(reason: SkipReason): void {
    this.#refusal ??= reason;
  }

  /** Notes something that the candidate would have written or sent, such as `INSERT orders`. */
  refuseEffect(effect: string): void {
    this.refuse('refused');
    if (this.#effects?.has(effect)) return;
    (this.#effects ??= new Set()).add(effect);
    this.#ended?.refusedLate(effect);
  }

  /** Notes that the candidate has ended, and who is told what is refused to it afterwards, once for each effect. */
  ended(told: LateRefusals): void {
    this.#ended = told;
  }

  /** Things that the candidate would have written or sent; undefined if there are none. */
  get refusedEffects(): ReadonlySet<string> | undefined {
    return this.#effects;
  }

  /** Notes an object, such as a stream, that was made in the candidate's context. */
  noteMade(object: object): void {
    (this.#made ??= new WeakSet()).add(object);
  }

  /** Tells whether an emitter, such as a stream, was made in the candidate's context. */
  hasMade(emitter: object): boolean {
    return this.#made?.has(emitter) ?? false;
  }

  /** Returns true for every experiment: within a candidate, none is run. */
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

  /** Sets what is told when the candidate is aborted. */
  followedBy(follower: Follower): void {
    this.#follower = follower;
  }

  /** Aborts the candidate, because nobody waits for it any more. The first reason counts. */
  abort(reason: StudiesError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    // A candidate that still waits for a connection timed out for lack of one.
    if (this.waits > 0) this.refuse('noConnection');
    this.#follower?.aborted(reason);
    this.#controller?.abort(reason);
  }
}
