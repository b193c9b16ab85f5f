import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from 'node:timers';
import type { OwnContext } from './own-context.js';

/** ms of one turn of the event loop that callers may spend on having their values copied. */
const SPENT = 10;

/** Runs of an application that may be prepared in one turn of the event loop. */
const PREPARED = 1_000;

/** ms after which what is still to be done is left to the next turn. */
const PIECE = 4;

/**
 * Shares the turns of the event loop: bounds what callers have prepared in one, and does the rest in later ones, in pieces. Runs its work
 * in the module's own context.
 */
export class Turn {
  private readonly tasks: (() => void)[] = [];
  private readonly deliveries: (() => void)[] = [];
  private spent = 0;
  private prepared = 0;
  private ended: (() => void)[] = [];
  private isScheduled = false;

  private readonly workInOwn = () => {
    this.own.run(() => {
      this.work();
    });
  };

  constructor(private readonly own: OwnContext) {}

  /** Whether no run may be prepared in this turn any more. */
  get isSpent(): boolean {
    return this.spent >= SPENT || this.prepared >= PREPARED;
  }

  /**
   * Notes that a caller has spent some ms.
   *
   * @param runs how many runs were prepared in them
   */
  spend(duration: number, runs = 1): void {
    this.prepared += runs;
    this.spent += duration;
    this.schedule();
  }

  /** Does something once this turn has ended. */
  atEnd(act: () => void): void {
    this.ended.push(act);
    this.schedule();
  }

  /** Does something in a later turn, after what was to be done before it. Must not throw. */
  later(task: () => void): void {
    this.tasks.push(task);
    this.schedule();
  }

  /** Does something in a later turn, after all that was to be done in it: what is the user's, such as publishing. Must not throw. */
  deliver(task: () => void): void {
    this.deliveries.push(task);
    this.schedule();
  }

  /** Does it at once, since a caller waits for it. */
  deliverNow(task: () => void): void {
    this.own.run(() => {
      new AsyncResource('StudiesTurn').runInAsyncScope(task);
    });
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(this.workInOwn);
  }

  private work(): void {
    this.isScheduled = false;
    this.spent = 0;
    this.prepared = 0;
    for (const act of this.ended.splice(0)) act();
    const end = performance.now() + PIECE;
    workOff(this.tasks, end);
    // A user's function can change the stores of the context that it runs in: so each turn has a copy of the module's own.
    if (this.deliveries.length > 0) new AsyncResource('StudiesTurn').runInAsyncScope(workOff, undefined, this.deliveries, end);
    if (this.tasks.length > 0 || this.deliveries.length > 0) this.schedule();
  }
}

/** Does what is there, at least one thing, and no more when it is late. What is added meanwhile is for the next turn. */
function workOff(tasks: (() => void)[], end: number): void {
  const due = tasks.length;
  let done = 0;
  while (done < due) {
    tasks[done]?.();
    done += 1;
    if (performance.now() >= end) break;
  }
  tasks.splice(0, done);
}
