import type { QueryRunner } from 'typeorm';
import type { CandidateContext } from '../experiment/current.js';

/** What stands in for a caller's query runner. */
export interface RunnerGuardOwner {
  /** Gives the candidate in whose context this is asked, if any. */
  running(): CandidateContext | undefined;
  /** Takes that a transaction is begun, outside of candidates. */
  began(runner: QueryRunner): void;
  /** Gives the runner that a candidate has in place of one of its caller's. @throws StudiesError when it may have none */
  inPlaceOf(runner: QueryRunner, candidate: CandidateContext): QueryRunner;
  /** Gives that runner, if there is one already. */
  knownInPlaceOf(runner: QueryRunner, candidate: CandidateContext): QueryRunner | undefined;
}

/** Methods of any driver's runners that send something, or change what the next statement finds. All others go through these. */
const ASKING = ['query', 'stream', 'connect', 'startTransaction', 'commitTransaction', 'rollbackTransaction'];

/** Those that end a runner: it is its caller's to end. */
const ENDING: readonly PropertyKey[] = [
  'release',
  'releasePostgresConnection',
  'releaseConnection',
  'flush',
  Symbol.asyncDispose,
];

/** Those that change a runner at once. */
const CHANGING = ['enableSqlMemory', 'disableSqlMemory', 'clearSqlMemory'];

/** What a candidate sees of a runner that it has in place of its caller's, before it has used it. */
const UNUSED = { isReleased: false, isTransactionActive: false, transactionDepth: 0 };
const HIDDEN = ['isReleased', 'isTransactionActive', 'transactionDepth'] as const;

type Method = (this: QueryRunner, ...args: unknown[]) => unknown;
type Methods = Record<PropertyKey, unknown>;

/**
 * Guards query runners of the application: a candidate's statement never reaches one, however the candidate got it. It is refused before
 * it is sent, or sent on a runner of its own.
 *
 * It is put on each runner, and nothing on its class. The methods are made once for a class, so that a runner costs little to guard.
 */
export class RunnerGuard {
  /** What is put on runners, by their prototype. */
  private readonly guards = new Map<object, Methods>();
  private readonly mark = Symbol('nestjs-studies:guard');
  private readonly hidden = new WeakSet<QueryRunner>();

  constructor(private readonly owner: RunnerGuardOwner) {}

  guard(runner: QueryRunner): QueryRunner {
    if (this.mark in runner) return runner;
    // Where something is on it already, such as the guard of another application, it goes around that.
    if (Object.hasOwn(runner, 'query')) return Object.assign(runner, this.guardOf(runner as unknown as Methods));
    const prototype = Object.getPrototypeOf(runner) as object;
    let guard = this.guards.get(prototype);
    if (guard === undefined) {
      guard = this.guardOf(prototype as Methods);
      this.guards.set(prototype, guard);
    }
    return Object.assign(runner, guard);
  }

  private guardOf(guarded: Methods): Methods {
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
      if (!this.hidden.has(runner)) hide(owner, runner);
      this.hidden.add(runner);
      owner.began(runner);
    };
    add(ASKING, (method, name) => {
      const isBeginning = name === 'startTransaction';
      return function (...args) {
        const candidate = owner.running();
        if (candidate !== undefined) return asked(owner, this, candidate, name, args);
        if (isBeginning) begin(this);
        return method.apply(this, args);
      };
    });
    add(ENDING, (method) => {
      return function (...args) {
        const candidate = owner.running();
        if (candidate === undefined) return method.apply(this, args);
        return owner.knownInPlaceOf(this, candidate)?.release() ?? Promise.resolve();
      };
    });
    add(CHANGING, (method) => {
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

/** Has a candidate's own runner do what was asked of its caller's, or nobody. */
function asked(
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
 * Hides from candidates how far a runner is: TypeORM looks before it asks, and would refuse by itself what has ended, or leave out the
 * transaction that a candidate needs.
 */
function hide(owner: RunnerGuardOwner, runner: QueryRunner): void {
  for (const key of HIDDEN) {
    const fields = runner as unknown as Record<typeof key, unknown>; // the drivers' own classes have all of them
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
