import { types } from 'node:util';
import type { QueryRunner } from 'typeorm';
import type { CandidateContext, ControlContext, RunContext } from '../experiment/run-context.js';

/** Owner of a guard, which provides candidates' runners. */
export interface RunnerGuardOwner {
  /** Returns the candidate in whose context this is called, if any. */
  running(): CandidateContext | undefined;
  /** Returns the run in whose context this is called, if any. */
  readonly context: RunContext | undefined;
  /**
   * Notes that a control sends a statement.
   *
   * @param connected resolves when its connection is there. Whoever sends the statement handles its rejection
   */
  controlSends(runner: QueryRunner, control: ControlContext, connected: Promise<unknown>): void;
  /** Notes that a transaction begins outside of candidates. */
  began(runner: QueryRunner): void;
  /**
   * Returns the runner that replaces one of the caller's for a candidate.
   *
   * @throws StudiesError when the candidate may have none
   */
  inPlaceOf(runner: QueryRunner, candidate: CandidateContext): QueryRunner;
  /** Returns the replacement of a caller's runner, if there is one already. */
  knownInPlaceOf(runner: QueryRunner, candidate: CandidateContext): QueryRunner | undefined;
}

/** Methods of any driver's runners that send something, or change what the next statement finds. All others use these. */
const SENDING_METHODS = ['query', 'stream', 'startTransaction', 'commitTransaction', 'rollbackTransaction'];

/** Methods that end a runner, which only its caller may do. */
const ENDING_METHODS: readonly PropertyKey[] = [
  'release',
  'releasePostgresConnection',
  'releaseConnection',
  'flush',
  Symbol.asyncDispose,
];

/** Methods that change a runner at once. */
const CHANGING_METHODS = ['enableSqlMemory', 'disableSqlMemory', 'clearSqlMemory'];

/** State in which a candidate sees its caller's runner, before it has used its replacement. */
const UNUSED = { isReleased: false, isTransactionActive: false, transactionDepth: 0 };
const HIDDEN = ['isReleased', 'isTransactionActive', 'transactionDepth'] as const;

type Method = (this: QueryRunner, ...args: unknown[]) => unknown;
type Methods = Record<PropertyKey, unknown>;

/**
 * Guard of the application's query runners. A candidate's statement never reaches one, however the candidate got it. The statement is
 * refused before it is sent, or sent on a runner of the candidate's own.
 *
 * The guard is put on each runner, and not on its class. Its methods are made once per class, so that guarding a runner costs little.
 */
export class RunnerGuard {
  /** Guarding methods, by the runner's prototype. */
  private readonly guards = new Map<object, Methods>();
  private readonly mark = Symbol('nestjs-studies:guard');
  private readonly hidden = new WeakSet<QueryRunner>();
  /** Control whose statement is being sent in this very call. */
  private sending: ControlContext | undefined;

  constructor(private readonly owner: RunnerGuardOwner) {}

  guard(runner: QueryRunner): QueryRunner {
    if (this.mark in runner) return runner;
    // If the runner has methods of its own, such as the guard of another application, these are wrapped.
    if (Object.hasOwn(runner, 'query')) return Object.assign(runner, this.makeGuard(runner as unknown as Methods)); // looked up by name
    const prototype = Object.getPrototypeOf(runner) as object;
    let guard = this.guards.get(prototype);
    if (guard === undefined) {
      guard = this.makeGuard(prototype as Methods);
      this.guards.set(prototype, guard);
    }
    return Object.assign(runner, guard);
  }

  /** Sends a control's statement. Runners connect, if they must, before that returns. */
  private watch(control: ControlContext, send: () => unknown): unknown {
    const { sending } = this;
    this.sending = control;
    try {
      return send();
    } finally {
      this.sending = sending;
    }
  }

  private makeGuard(guarded: Methods): Methods {
    const guard: Methods = { [this.mark]: true };
    const add = (names: readonly PropertyKey[], wrapped: (method: Method, name: PropertyKey) => Method) => {
      for (const name of names) {
        const method = guarded[name];
        if (typeof method !== 'function') continue;
        guard[name] = wrapped(method as Method, name);
      }
    };
    const { owner } = this;
    const begin = (runner: QueryRunner) => {
      if (!this.hidden.has(runner)) hideState(owner, runner);
      this.hidden.add(runner);
      owner.began(runner);
    };
    const sends = (control: ControlContext, act: () => unknown) => this.watch(control, act);
    add(SENDING_METHODS, (method, name) => {
      const isBeginning = name === 'startTransaction';
      const isStatement = name === 'query' || name === 'stream';
      return function (...args) {
        const { context } = owner;
        if (context?.kind === 'candidate') return callOwnRunner(owner, this, context, name, args);
        if (isBeginning) begin(this);
        if (isStatement && context?.kind === 'control' && context.moments.length > 0)
          return sends(context, () => method.apply(this, args));
        return method.apply(this, args);
      };
    });
    const connects = (runner: QueryRunner, connected: unknown) => {
      if (this.sending === undefined || !types.isPromise(connected)) return;
      try {
        owner.controlSends(runner, this.sending, connected);
      } catch {
        // The caller must not notice. Its candidates read later, which is counted.
      }
    };
    add(['connect'], (method) => {
      return function (...args) {
        const candidate = owner.running();
        if (candidate !== undefined) return callOwnRunner(owner, this, candidate, 'connect', args);
        const connected = method.apply(this, args);
        connects(this, connected);
        return connected;
      };
    });
    add(ENDING_METHODS, (method) => {
      return function (...args) {
        const candidate = owner.running();
        if (candidate === undefined) return method.apply(this, args);
        return owner.knownInPlaceOf(this, candidate)?.release() ?? Promise.resolve();
      };
    });
    add(CHANGING_METHODS, (method) => {
      return function (...args) {
        const candidate = owner.running();
        if (candidate === undefined) return method.apply(this, args);
        owner.inPlaceOf(this, candidate);
        return undefined;
      };
    });
    return guard;
  }
}

/** Calls a method on the candidate's own runner instead of its caller's. Rejects if the candidate may have none. */
function callOwnRunner(
  owner: RunnerGuardOwner,
  runner: QueryRunner,
  candidate: CandidateContext,
  name: PropertyKey,
  args: unknown[],
): unknown {
  try {
    const own = owner.inPlaceOf(runner, candidate) as unknown as Record<PropertyKey, Method>;
    return own[name]?.apply(own as unknown as QueryRunner, args); // it is of the same class
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Hides a runner's state from candidates. TypeORM checks the state first: it would refuse a runner that has ended, or omit the transaction
 * that a candidate needs.
 */
function hideState(owner: RunnerGuardOwner, runner: QueryRunner): void {
  for (const key of HIDDEN) {
    const fields = runner as unknown as Record<typeof key, unknown>; // the drivers' classes have all of them
    const before = Object.getOwnPropertyDescriptor(runner, key);
    let value = fields[key];
    Object.defineProperty(runner, key, {
      configurable: true,
      enumerable: true,
      get: () => {
        const candidate = owner.running();
        if (candidate === undefined) return before?.get === undefined ? value : (before.get.call(runner) as unknown);
        const own = owner.knownInPlaceOf(runner, candidate) as unknown as typeof fields | undefined;
        return (own ?? UNUSED)[key];
      },
      set: (next: unknown) => {
        if (owner.running() !== undefined) return;
        value = next;
        before?.set?.call(runner, next);
      },
    });
  }
}
