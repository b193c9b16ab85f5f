import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import process from 'node:process';
import { setImmediate } from 'node:timers';
import type { CandidateContext, RunContext } from '../../experiment/current.js';
import type { OwnContext } from '../../base/own-context.js';
import { ContextualProperty } from './contextual-property.js';

/** What containing late errors needs of the application. */
export interface LateSurroundings {
  readonly own: OwnContext;
  readonly current: AsyncLocalStorage<RunContext>;
  /** Takes what a candidate's later work has thrown. Called in the module's own context. Must not throw. */
  failed(candidate: CandidateContext, error: unknown): void;
}

type Emit = (this: unknown, event: unknown, ...told: unknown[]) => boolean;
type Queue = (callback: () => void) => void;

/**
 * Takes the errors that nobody catches where they are thrown in a candidate's async context, before anybody is told of them.
 *
 * Node tells of such an error by `process.emit(…)`, which it calls in the async context of what has failed: the promise's, the timer's. So
 * `process.emit` reads otherwise in the contexts of candidates, and only there. No listener is added: an application's errors find the
 * application's listeners alone, in their order, or none, and end the process as they always would. (A library shouldn't change what belongs
 * to the process. Here it must: what a candidate throws would end it.)
 */
export class LateProcess {
  private readonly properties: { end(): void }[];
  /** Rejections that were taken, of which Node would say that they have been handled after all. */
  private readonly taken = new WeakSet();
  private isToldOfTaken = false;

  constructor(private readonly surroundings: LateSurroundings) {
    this.properties = [new ContextualProperty<Emit>(process, 'emit', (emit) => this.readEmit(emit))];
    // Until Node 24, an error of a microtask is told outside of its context.
    if (!contextsAreFrames()) {
      this.properties.push(new ContextualProperty<Queue>(globalThis, 'queueMicrotask', (queue) => this.readQueue(queue)));
    }
  }

  /** Lets go of the process. */
  end(): void {
    for (const property of this.properties) property.end();
  }

  private get candidate(): CandidateContext | undefined {
    const context = this.surroundings.current.getStore();
    return context?.kind === 'candidate' ? context : undefined;
  }

  private readEmit(emit: Emit): Emit {
    if (this.candidate === undefined && !this.isToldOfTaken) return emit;
    const takes: Emit = (...told) => this.takes(...told);
    // Kept by those who wrap it, it may be called in any context, for any event.
    return function (this: unknown, ...told) {
      return takes(...told) || emit.apply(this, told);
    };
  }

  private readQueue(queue: Queue): Queue {
    const { candidate } = this;
    if (candidate === undefined) return queue;
    const take = (error: unknown) => this.take(candidate, error);
    return function (this: unknown, callback) {
      const contained = () => {
        try {
          callback();
        } catch (error) {
          take(error);
        }
      };
      // It is for the function itself to refuse what can't be called.
      queue.call(this, typeof callback === 'function' ? contained : callback);
    };
  }

  /** Takes what is told of candidates' errors. Gives whether it was. */
  private takes(event: unknown, ...[told, more]: unknown[]): boolean {
    if (event === 'rejectionHandled') return this.taken.delete(told as object); // it is told of promises
    const { candidate } = this;
    if (candidate === undefined) return false;
    switch (event) {
      case 'uncaughtExceptionMonitor':
        return true;
      case 'uncaughtException':
        // With `--unhandled-rejections=strict` the rejection itself is told of next.
        if (more !== 'unhandledRejection') this.takeException(candidate, told);
        return true;
      case 'unhandledRejection':
        this.takeRejection(candidate, told, more as Promise<unknown>); // it is told with its promise
        return true;
      case 'warning':
        // With `--unhandled-rejections=warn` Node warns of rejections that were taken, too.
        return (told as Error).name === 'UnhandledPromiseRejectionWarning'; // it is told of errors
      default:
        return false;
    }
  }

  private takeException(candidate: CandidateContext, error: unknown): void {
    this.take(candidate, error);
    // Node 24 goes on in the context of a tick that has thrown: what has no context of its own would be taken to be the candidate's.
    if (contextsAreFrames()) this.surroundings.current.enterWith(undefined as unknown as RunContext); // none is put in its place
  }

  private takeRejection(candidate: CandidateContext, error: unknown, promise: Promise<unknown>): void {
    this.take(candidate, error);
    this.taken.add(promise);
    this.surroundings.own.run(() => handle(promise));
    if (this.isToldOfTaken) return;
    // That it was handled late is told in this turn, in no context, so that all have to be asked.
    this.isToldOfTaken = true;
    this.surroundings.own.run(() => setImmediate(() => (this.isToldOfTaken = false)));
  }

  private take(candidate: CandidateContext, error: unknown): void {
    const { surroundings } = this;
    surroundings.own.run(() => surroundings.failed(candidate, error));
  }
}

/** Handles a rejection, so that nothing is told of it again, whatever its candidate does with it later. */
function handle(promise: Promise<unknown>): void {
  try {
    void Promise.prototype.then.call(promise, undefined, () => undefined);
  } catch {
    // A class of promises of the user's can fail in it.
  }
}

let areFrames: boolean | undefined;

/** Whether Node puts async contexts in place whole, as frames (24), and doesn't keep them with each resource. */
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
