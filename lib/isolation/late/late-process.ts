import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import process from 'node:process';
import { setImmediate } from 'node:timers';
import type { ContainedContext, RunContext } from '../../experiment/run-context.js';
import type { OwnContext } from '../../base/own-context.js';
import { RenewedProperty } from './renewed-property.js';

/** Parts of the application that the containment of late errors needs. */
export interface LateEnvironment {
  readonly own: OwnContext;
  readonly current: AsyncLocalStorage<RunContext>;
  /** Receives an error of later work of a candidate or a function. Called in the module's own context. Must not throw. */
  failed(context: ContainedContext, error: unknown): void;
}

type Emit = (this: unknown, event: unknown, ...told: unknown[]) => boolean;
type Queue = (callback: () => void) => void;

/**
 * Interception of errors that are thrown in the async context of a candidate or of a user's function and that nobody catches, before anybody
 * is notified of them.
 *
 * Node announces such an error by `process.emit(…)`, which it calls in the async context of what has failed: the promise's, the timer's. So
 * `process.emit` is another function in these contexts, and only there. No listener is added: an application's errors reach only the
 * application's listeners, in their order, or none, and end the process as they always would. (A library shouldn't change what belongs to
 * the process. Here it must, because an error of a candidate or a comparison would end it.)
 */
export class LateProcess {
  private readonly properties: Pick<RenewedProperty<never>, 'renew' | 'end'>[];
  /** Rejections that were intercepted. Node announces later that they were handled after all. */
  private readonly taken = new WeakSet();
  private mayBeAnnounced = false;

  constructor(private readonly environment: LateEnvironment) {
    this.properties = [new RenewedProperty<Emit>(process, 'emit', (emit) => this.readEmit(emit))];
    // Before Node 24, errors of microtasks are announced outside of their context.
    if (!contextsAreFrames()) {
      this.properties.push(new RenewedProperty<Queue>(globalThis, 'queueMicrotask', (queue) => this.readQueue(queue)));
    }
  }

  /** Renews what others, such as tracing agents, have replaced since. */
  renew(): void {
    for (const property of this.properties) property.renew();
  }

  /** Restores the process. */
  end(): void {
    for (const property of this.properties) property.end();
  }

  private get contained(): ContainedContext | undefined {
    const context = this.environment.current.getStore();
    return context === undefined || context.kind === 'control' ? undefined : context;
  }

  private readEmit(emit: Emit): Emit {
    if (this.contained === undefined && !this.mayBeAnnounced) return emit;
    const takes: Emit = (...told) => this.intercept(...told);
    // A wrapper that keeps this function may call it in any context, for any event.
    return function (this: unknown, ...told) {
      return takes(...told) || emit.apply(this, told);
    };
  }

  private readQueue(queue: Queue): Queue {
    const { contained: context } = this;
    if (context === undefined) return queue;
    const take = (error: unknown) => this.take(context, error);
    return function (this: unknown, callback) {
      const contained = () => {
        try {
          callback();
        } catch (error) {
          take(error);
        }
      };
      // The function itself refuses what isn't callable.
      queue.call(this, typeof callback === 'function' ? contained : callback);
    };
  }

  /** Intercepts announcements of errors that are contained. Returns true for those. */
  private intercept(event: unknown, ...[told, more]: unknown[]): boolean {
    if (event === 'rejectionHandled') return this.taken.delete(told as object); // this event carries a promise
    const { contained: context } = this;
    if (context === undefined) return false;
    switch (event) {
      case 'uncaughtExceptionMonitor':
        return true;
      case 'uncaughtException':
        // With `--unhandled-rejections=strict`, the rejection itself is announced next.
        if (more !== 'unhandledRejection') this.takeException(context, told);
        return true;
      case 'unhandledRejection':
        this.takeRejection(context, told, more as Promise<unknown>); // this event carries the error and its promise
        return true;
      case 'warning':
        // With `--unhandled-rejections=warn`, Node warns of intercepted rejections too.
        return (told as Error).name === 'UnhandledPromiseRejectionWarning'; // this event carries an error
      default:
        return false;
    }
  }

  private takeException(context: ContainedContext, error: unknown): void {
    this.take(context, error);
    // Node 24 stays in the context of a tick that has thrown. Work without a context of its own would be attributed to it.
    if (contextsAreFrames()) this.environment.current.enterWith(undefined as unknown as RunContext); // clears the store
  }

  private takeRejection(context: ContainedContext, error: unknown, promise: Promise<unknown>): void {
    this.take(context, error);
    this.taken.add(promise);
    this.environment.own.run(() => handle(promise));
    if (this.mayBeAnnounced) return;
    // The late handling is announced in this turn, outside of all contexts, so that every context has to be checked.
    this.mayBeAnnounced = true;
    this.environment.own.run(() => setImmediate(() => (this.mayBeAnnounced = false)));
  }

  private take(context: ContainedContext, error: unknown): void {
    const { environment } = this;
    environment.own.run(() => environment.failed(context, error));
  }
}

/** Handles a rejection, so that it isn't announced again, whatever is done with it later. */
function handle(promise: Promise<unknown>): void {
  try {
    void Promise.prototype.then.call(promise, undefined, () => undefined);
  } catch {
    // The `then` of a user's subclass of Promise can throw.
  }
}

let areFrames: boolean | undefined;

/** Tells whether Node switches async contexts as whole frames (24), instead of keeping them with each resource. */
function contextsAreFrames(): boolean {
  return (areFrames ??= enteringLeavesResource());
}

function enteringLeavesResource(): boolean {
  const probe = new AsyncLocalStorage<true>();
  const resource = new AsyncResource('StudiesProbe');
  resource.runInAsyncScope(() => probe.enterWith(true));
  const isLeft = resource.runInAsyncScope(() => probe.getStore()) === undefined;
  probe.disable();
  return isLeft;
}
