import { types } from 'node:util';
import { propertyOf } from './kind-of.js';
import { addReached, singleUsesIn } from './single-use.js';

/** Properties that are searched of what is not the candidate's, which takes a few ms. */
const LOOKED_AT = 10_000;

/** Depth of the search from the instance. Its dependencies may lead to the whole application, and so to the candidate's value again. */
const FROM_INSTANCE = 4;

/** Values that are not the candidate's. Everything that can be reached from them is left alone. */
export interface Others {
  /** The `this` of the call. */
  readonly self: unknown;
  /** Value of the control, as far as it is known yet, and the arguments of the call. */
  readonly values: readonly unknown[];
}

type Method = (...args: unknown[]) => unknown;

/** Single-use parts of a candidate's value or error, which nobody will use. None of its methods throws. */
export class Leftovers {
  private constructor(private readonly found: readonly object[]) {}

  /** Finds these parts of a value; undefined if there are none. Runs no code of the value's. */
  static in(value: unknown): Leftovers | undefined {
    try {
      const found = singleUsesIn(value);
      return found.length === 0 ? undefined : new Leftovers(found);
    } catch {
      // A value that can't be searched can't be disposed of.
      return undefined;
    }
  }

  /**
   * Handles the rejections of promises, and of promises within their values. To be called in the turn in which the value is there, before
   * Node reports the rejections.
   */
  handleRejections(others: Others): void {
    this.forEachUnreached(others, (one) => {
      if (types.isPromise(one)) handle(one, (given) => Leftovers.in(given)?.handleRejections(others));
    });
  }

  /**
   * Destroys Node streams that the candidate has made, cancels web streams and bodies, returns iterators, and does the same with the values
   * of promises. Leaves alone what somebody reads already, and streams that are only written to. To be called in the candidate's context.
   *
   * @param isMade tells whether the candidate has made a Node stream
   */
  dispose(others: Others, isMade: (stream: object) => boolean): void {
    this.forEachUnreached(others, (one) => {
      const disposeOf = (value: unknown): void => Leftovers.in(value)?.dispose(others, isMade);
      if (types.isPromise(one)) handle(one, disposeOf);
      else if (findMethod(one, 'pipe') === undefined) release(one, disposeOf);
      else if (isMade(one)) releaseStream(one, disposeOf);
    });
  }

  private forEachUnreached({ self, values }: Others, act: (one: object) => void): void {
    const reached = new Set<object>();
    try {
      addReached(reached, values, LOOKED_AT);
      addReached(reached, [self], LOOKED_AT, FROM_INSTANCE);
    } catch {
      // What is not the candidate's can't be told from what is: so all of it is left alone.
      return;
    }
    for (const one of this.found) if (!reached.has(one)) ignoreErrors(() => act(one));
  }
}

function ignoreErrors(act: () => void): void {
  try {
    act();
  } catch {
    // A part that can't be freed is the candidate's own loss.
  }
}

/** Handles a promise without calling a `then` of its own, and passes its value on. */
function handle(promise: Promise<unknown>, given: (value: unknown) => void = ignore): void {
  void Promise.prototype.then.call(promise, given, ignore);
}

/** @param disposeOf disposes of what the released value held */
function release(value: object, disposeOf: (value: unknown) => void): void {
  const [cancel, finish] = ['cancel', 'return'].map((name) => findMethod(value, name));
  if (findMethod(value, 'getReader') !== undefined) {
    if (cancel !== undefined) handleResult(cancel.call(value));
  } else if (findMethod(value, 'arrayBuffer') !== undefined) {
    disposeOf((value as { body?: unknown }).body); // it may have one
  } else if (findMethod(value, 'next') !== undefined && finish !== undefined) {
    handleResult(finish.call(value));
  }
}

/** Decides whether a Node stream is readable and has no reader. Excludes the process's own streams, which are made when they are first used. */
function isUnread(stream: object): boolean {
  const { fd, readable, listenerCount } = stream as Partial<Record<string, unknown>>; // it may have these
  if (fd === 0 || fd === 1 || fd === 2) return false;
  if (findMethod(stream, 'read') === undefined && readable !== true) return false;
  if (typeof listenerCount !== 'function') return true;
  return listenerCount.call(stream, 'data') === 0 && listenerCount.call(stream, 'readable') === 0;
}

function releaseStream(stream: object, disposeOf: (value: unknown) => void): void {
  const destroy = findMethod(stream, 'destroy');
  if (destroy === undefined || !isUnread(stream)) return;
  const on = findMethod(stream, 'on');
  on?.call(stream, 'error', ignore);
  // A stream that is piped into this one is left without a reader.
  on?.call(stream, 'unpipe', disposeOf);
  destroy.call(stream);
}

/** Handles the promise that an iterator's `return`, or a stream's `cancel`, returns. */
function handleResult(given: unknown): void {
  if (types.isPromise(given)) handle(given);
}

function findMethod(value: object, name: string): Method | undefined {
  const method: unknown = propertyOf(value, name)?.value;
  return typeof method === 'function' ? (method as Method) : undefined; // any function can be called so
}

function ignore(): undefined {
  return undefined;
}
