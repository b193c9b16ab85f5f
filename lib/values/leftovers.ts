import { types } from 'node:util';
import { propertyOf } from './kind-of.js';
import { addReached, singleUsesIn } from './single-use.js';

/** How many properties of what is not the candidate's are looked at: what takes a few ms. */
const LOOKED_AT = 10_000;

/** How far from an instance: what it needs may lead to all of the application, and so to the candidate's value again. */
const FROM_INSTANCE = 4;

/** What is not the candidate's: what can be reached from it is left alone. */
export interface Others {
  /** The `this` of the call. */
  readonly self: unknown;
  /** What the control gave, as far as it is known yet, and the arguments of the call. */
  readonly values: readonly unknown[];
}

type Method = (...args: unknown[]) => unknown;

/** What a candidate's value, or its error, holds that can be used only once, and that nobody will use. Nothing of it throws. */
export class Leftovers {
  private constructor(private readonly found: readonly object[]) {}

  /** Finds what a value holds; undefined where there is nothing. Runs no code of the value's. */
  static in(value: unknown): Leftovers | undefined {
    try {
      const found = singleUsesIn(value);
      return found.length === 0 ? undefined : new Leftovers(found);
    } catch {
      // What can't be looked at can't be disposed of.
      return undefined;
    }
  }

  /**
   * Handles the rejections of promises, also those in what they give: to be called in the turn in which the value is there, before Node
   * tells of them.
   */
  handleRejections(others: Others): void {
    this.each(others, (one) => {
      if (types.isPromise(one)) handle(one, (given) => Leftovers.in(given)?.handleRejections(others));
    });
  }

  /**
   * Destroys streams, cancels bodies, returns iterators, and does the same with what promises give. What somebody reads already, and what
   * is only written to, is left alone. To be called in the candidate's context.
   */
  dispose(others: Others): void {
    this.each(others, (one) => {
      const disposeOf = (value: unknown): void => Leftovers.in(value)?.dispose(others);
      if (types.isPromise(one)) handle(one, disposeOf);
      else release(one, disposeOf);
    });
  }

  private each({ self, values }: Others, act: (one: object) => void): void {
    const reached = new Set<object>();
    addReached(reached, values, LOOKED_AT);
    addReached(reached, [self], LOOKED_AT, FROM_INSTANCE);
    for (const one of this.found) if (!reached.has(one)) leniently(() => act(one));
  }
}

function leniently(act: () => void): void {
  try {
    act();
  } catch {
    // What can't be freed is its candidate's loss.
  }
}

/** Learns what a promise gives, without a `then` of its own. */
function handle(promise: Promise<unknown>, given: (value: unknown) => void = ignore): void {
  void Promise.prototype.then.call(promise, given, ignore);
}

/** @param disposeOf disposes of what is left by what is released */
function release(value: object, disposeOf: (value: unknown) => void): void {
  const [destroy, cancel, finish] = ['destroy', 'cancel', 'return'].map((name) => findMethod(value, name));
  if (findMethod(value, 'pipe') !== undefined) {
    if (destroy !== undefined && isUnread(value)) destroyStream(value, destroy, disposeOf);
  } else if (findMethod(value, 'getReader') !== undefined) {
    if (cancel !== undefined) settle(cancel.call(value));
  } else if (findMethod(value, 'arrayBuffer') !== undefined) {
    disposeOf((value as { body?: unknown }).body); // it may have one
  } else if (findMethod(value, 'next') !== undefined && finish !== undefined) {
    settle(finish.call(value));
  }
}

/** Whether a Node stream has something to read that nobody reads, and isn't its process's or a request that came from outside. */
function isUnread(stream: object): boolean {
  if (stream === process.stdin || stream === process.stdout || stream === process.stderr) return false;
  const { readable, method, httpVersion, listenerCount } = stream as Partial<Record<string, unknown>>; // it may have these
  if (findMethod(stream, 'read') === undefined && readable !== true) return false;
  if (typeof method === 'string' && httpVersion !== undefined) return false;
  if (typeof listenerCount !== 'function') return true;
  return listenerCount.call(stream, 'data') === 0 && listenerCount.call(stream, 'readable') === 0;
}

function destroyStream(stream: object, destroy: Method, disposeOf: (value: unknown) => void): void {
  const on = findMethod(stream, 'on');
  on?.call(stream, 'error', ignore);
  // What is piped into it is left by it, and held by nobody else.
  on?.call(stream, 'unpipe', disposeOf);
  destroy.call(stream);
}

/** Takes what an iterator's `return`, or a stream's `cancel`, gives. */
function settle(given: unknown): void {
  if (types.isPromise(given)) handle(given);
}

function findMethod(value: object, name: string): Method | undefined {
  const method: unknown = propertyOf(value, name)?.value;
  return typeof method === 'function' ? (method as Method) : undefined; // any function can be called so
}

function ignore(): undefined {
  return undefined;
}
