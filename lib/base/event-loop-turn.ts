import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from 'node:timers';
import type { OwnContext } from './own-context.js';

/** Time, in ms, that callers may spend per turn of the event loop on having their values copied. */
const SPENT = 10;

/** Runs of an application that may be prepared per turn of the event loop. */
const PREPARED = 1_000;

/** Time, in ms, after which the remaining work is left to the next turn. */
const PIECE = 4;

/** Something to do. An object that exists anyway is one at no cost. */
export interface Task {
  /** Whose it is, if others are to go on while that is paused. */
  readonly owner?: object | undefined;
  /** Does it. Must not throw. */
  work(): void;
}

/**
 * Budget of work per turn of the event loop. Bounds what callers have prepared in one turn, and does the rest in later turns, in pieces.
 * Runs its work in the module's own context.
 */
export class Turn {
  private tasks: Task[] = [];
  private deliveries: Task[] = [];
  private readonly paused = new Set<object>();
  private spent = 0;
  private prepared = 0;
  private ended: (() => void)[] = [];
  private isScheduled = false;
  private isPaused = false;

  private readonly workInOwn = () => {
    this.own.run(() => {
      this.work();
    });
  };

  /** @param failed takes what a task throws, which is an error of this library. Must not throw */
  constructor(
    private readonly own: OwnContext,
    private readonly failed: (error: unknown) => void = () => undefined,
  ) {}

  /** Tells whether this turn has no room for another run to be prepared. */
  get isSpent(): boolean {
    return this.spent >= SPENT || this.prepared >= PREPARED;
  }

  /**
   * Counts time, in ms, that a caller has spent.
   *
   * @param runs number of runs that were prepared in that time
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

  /** Does something in a later turn, after the tasks that wait already. */
  later(task: Task): void {
    this.tasks.push(task);
    this.schedule();
  }

  /** Runs the user's code, such as publishing, in a later turn, after all other tasks of that turn. */
  deliver(task: Task): void {
    this.deliveries.push(task);
    this.schedule();
  }

  /** Runs the user's code at once, because a caller waits for it. */
  deliverNow(task: Task): void {
    this.own.run(() => {
      new AsyncResource('StudiesTurn').runInAsyncScope(() => task.work());
    });
  }

  /**
   * Leaves the waiting tasks to the next turn. What the task under way has begun may settle before that, without waiting for anything but
   * its promises.
   *
   * @param owner whose tasks to leave; by default all
   */
  pause(owner?: object): void {
    if (owner === undefined) this.isPaused = true;
    else this.paused.add(owner);
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
    this.isPaused = false;
    this.paused.clear();
    const { tasks } = this;
    this.tasks = [];
    const left = this.workOff(tasks, end);
    if (left.length > 0) this.tasks = left.concat(this.tasks);
    // A user's function can change the stores of the context that it runs in. So each turn runs in a fresh copy of the module's own.
    if (this.deliveries.length > 0) new AsyncResource('StudiesTurn').runInAsyncScope(() => this.workOffDeliveries(end));
    if (this.tasks.length > 0 || this.deliveries.length > 0) this.schedule();
  }

  private workOffDeliveries(end: number): void {
    this.isPaused = false;
    this.paused.clear();
    const { deliveries } = this;
    this.deliveries = [];
    const left = this.workOff(deliveries, end);
    if (left.length > 0) this.deliveries = left.concat(this.deliveries);
  }

  /**
   * Does tasks: at least one, and no more after that time, or once all are paused. Returns those that are left. A task that throws ends
   * neither the process nor the tasks after it.
   */
  private workOff(tasks: readonly Task[], end: number): Task[] {
    const left: Task[] = [];
    for (const [index, task] of tasks.entries()) {
      if (this.paused.size > 0 && task.owner !== undefined && this.paused.has(task.owner)) {
        left.push(task);
        continue;
      }
      try {
        task.work();
      } catch (error) {
        this.failed(error);
      }
      if (this.isPaused || performance.now() >= end) return left.concat(tasks.slice(index + 1));
    }
    return left;
  }
}
