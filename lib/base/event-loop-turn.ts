import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from 'node:timers';
import type { OwnContext } from './own-context.js';
import { finish, type Steps } from './steps.js';

/** Time, in ms, that callers may spend per turn of the event loop on having their values copied. */
const SPENT = 10;

/** Runs of an application that may be prepared per turn of the event loop. */
const PREPARED = 1_000;

/** Time, in ms, after which the remaining work is left to the next turn. A step that can't be divided may exceed it. */
const PIECE = 4;

/** Time, in ms, after which a turn's work counts until the turn ends. Less isn't worth finding out when it does. */
const SHORT = 1;

/** Something to do. An object that exists anyway is one at no cost. */
export interface Task {
  /** Whose it is, if others are to go on while that is paused. */
  readonly owner?: object | undefined;
  /** Does it. Must not throw. */
  work(): void;
}

/** Something to do in steps, between which there may be other turns. */
export interface SteppedTask extends Pick<Task, 'owner'> {
  /** Returns the steps. Must not throw, nor may they. */
  steps(): Steps<void>;
}

type AnyTask = Task | SteppedTask;

/**
 * Budget of work per turn of the event loop. Bounds what callers have prepared in one turn, and does the rest in later turns, in pieces.
 * Runs its work in the module's own context.
 */
export class Turn {
  private tasks: AnyTask[] = [];
  private deliveries: AnyTask[] = [];
  private readonly paused = new Set<object>();
  private spent = 0;
  private prepared = 0;
  private ended: (() => void)[] = [];
  private isScheduled = false;
  private isPaused = false;
  /** Time at which the work of this turn is to end; undefined if little was done in it. */
  private end: number | undefined;
  /** Tells whether the deliveries come first, because the last turn had no time left for them. */
  private areDeliveriesDue = false;

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

  /** Tells whether our work has taken its time of this turn. What can wait is then to be left to a later one. */
  get isOver(): boolean {
    return this.end !== undefined && performance.now() >= this.end;
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
  later(task: AnyTask): void {
    this.tasks.push(task);
    this.schedule();
  }

  /** Runs the user's code, such as publishing, in a later turn, after all other tasks of that turn. */
  deliver(task: AnyTask): void {
    this.deliveries.push(task);
    this.schedule();
  }

  /** Does steps in later turns, as `deliver` does. Resolves once they are done. */
  complete(steps: Steps<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.deliver({ steps: () => settle(steps, resolve, reject) });
    });
  }

  /** Runs the user's code at once, because a caller waits for it. */
  deliverNow(task: SteppedTask): void {
    this.own.run(() => {
      new AsyncResource('StudiesTurn').runInAsyncScope(() => finish(task.steps()));
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

  private resume(): void {
    this.isPaused = false;
    this.paused.clear();
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
    const begun = performance.now();
    this.end = begun + PIECE;
    if (this.areDeliveriesDue) this.workOffDeliveries(this.end);
    if (!this.isOver) this.workOffTasks(this.end);
    if (!this.isOver) this.workOffDeliveries(this.end);
    this.areDeliveriesDue = !this.areDeliveriesDue && this.deliveries.length > 0;
    const isShort = performance.now() - begun < SHORT;
    if (isShort) this.end = undefined;
    if (!isShort || this.tasks.length > 0 || this.deliveries.length > 0) this.schedule();
  }

  private workOffTasks(end: number): void {
    const { tasks } = this;
    this.tasks = [];
    const left = this.workOff(tasks, end);
    if (left.length > 0) this.tasks = left.concat(this.tasks);
  }

  private workOffDeliveries(end: number): void {
    if (this.deliveries.length === 0) return;
    const { deliveries } = this;
    this.deliveries = [];
    // A user's function can change the stores of the context that it runs in. So each turn runs in a fresh copy of the module's own.
    const left = new AsyncResource('StudiesTurn').runInAsyncScope(() => this.workOff(deliveries, end));
    if (left.length > 0) this.deliveries = left.concat(this.deliveries);
  }

  /**
   * Does tasks: at least one, and no more after that time, or once all are paused. Returns those that are left. A task that throws ends
   * neither the process nor the tasks after it.
   */
  private workOff(tasks: readonly AnyTask[], end: number): AnyTask[] {
    const left: AnyTask[] = [];
    this.resume();
    for (const [index, task] of tasks.entries()) {
      if (this.paused.size > 0 && task.owner !== undefined && this.paused.has(task.owner)) {
        left.push(task);
        continue;
      }
      const rest = this.attempt(task, end);
      if (rest !== undefined) left.push(rest);
      if (this.isPaused || performance.now() >= end) return left.concat(tasks.slice(index + 1));
    }
    return left;
  }

  /** Does a task until its time is over. Returns what is left of it. */
  private attempt(task: AnyTask, end: number): SteppedTask | undefined {
    try {
      if (!('steps' in task)) task.work();
      else {
        const steps = task.steps();
        while (!steps.next().done) if (performance.now() >= end) return { owner: task.owner, steps: () => steps };
      }
    } catch (error) {
      this.failed(error);
    }
    return undefined;
  }
}

function* settle(steps: Steps<void>, resolve: () => void, reject: (error: unknown) => void): Steps<void> {
  try {
    yield* steps;
    resolve();
  } catch (error) {
    reject(error); // passes on what was thrown, whatever it is
  }
}
