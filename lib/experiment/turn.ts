import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from 'node:timers';
import type { OwnContext } from './own.context.js';

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
  private spent = 0;
  private prepared = 0;
  private ended: (() => void)[] = [];
  private isScheduled = false;
  private context: AsyncResource | undefined;

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

  /**
   * Runs functions of the user's that belong to no call, such as a publisher's: in the module's own context, of which each turn has a copy,
   * since they can change its stores.
   */
  forUser(act: () => void): void {
    this.context ??= this.own.run(() => new AsyncResource('StudiesTurn'));
    this.context.runInAsyncScope(act);
  }

  /** Does something in a later turn, after what was to be done before it. Must not throw. */
  later(task: () => void): void {
    this.tasks.push(task);
    this.schedule();
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
    this.context = undefined;
    for (const act of this.ended.splice(0)) act();
    const { tasks } = this;
    const end = performance.now() + PIECE;
    // What is added meanwhile is for the next turn.
    const due = tasks.length;
    let done = 0;
    while (done < due) {
      tasks[done]?.();
      done += 1;
      if (performance.now() >= end) break;
    }
    tasks.splice(0, done);
    if (tasks.length > 0) this.schedule();
  }
}
