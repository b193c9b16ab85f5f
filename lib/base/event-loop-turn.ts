import { AsyncResource } from 'node:async_hooks';
import { setImmediate } from 'node:timers';
import type { OwnContext } from './own-context.js';

/** Time, in ms, that callers may spend per turn of the event loop on having their values copied. */
const SPENT = 10;

/** Runs of an application that may be prepared per turn of the event loop. */
const PREPARED = 1_000;

/** Time, in ms, after which the remaining work is left to the next turn. */
const PIECE = 4;

/** Something to do, and whose it is, if others are to go on while that is paused. */
interface Task {
  readonly act: () => void;
  readonly owner?: object | undefined;
}

/**
 * Budget of work per turn of the event loop. Bounds what callers have prepared in one turn, and does the rest in later turns, in pieces.
 * Runs its work in the module's own context.
 */
export class Turn {
  private readonly tasks: Task[] = [];
  private readonly deliveries: Task[] = [];
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

  /**
   * Does something in a later turn, after the tasks that wait already. The task must not throw.
   *
   * @param owner whose task it is, for `pause`
   */
  later(act: () => void, owner?: object): void {
    this.tasks.push({ act, owner });
    this.schedule();
  }

  /** Runs the user's code, such as publishing, in a later turn, after all other tasks of that turn. The task must not throw. */
  deliver(act: () => void): void {
    this.deliveries.push({ act });
    this.schedule();
  }

  /** Runs the user's code at once, because a caller waits for it. */
  deliverNow(task: () => void): void {
    this.own.run(() => {
      new AsyncResource('StudiesTurn').runInAsyncScope(task);
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
    workOff(this.tasks, () => this.isPaused || performance.now() >= end, this.failed, this.paused);
    // A user's function can change the stores of the context that it runs in. So each turn runs in a fresh copy of the module's own.
    if (this.deliveries.length > 0)
      new AsyncResource('StudiesTurn').runInAsyncScope(
        workOff,
        undefined,
        this.deliveries,
        () => performance.now() >= end,
        this.failed,
      );
    if (this.tasks.length > 0 || this.deliveries.length > 0) this.schedule();
  }
}

/**
 * Does the tasks that are due: at least one, and no more once that is enough. Tasks added meanwhile, and those of whom is paused, wait for
 * the next turn. A task that throws ends neither the process nor the tasks after it.
 */
function workOff(tasks: Task[], isEnough: () => boolean, failed: (error: unknown) => void, paused?: ReadonlySet<object>): void {
  const due = tasks.length;
  const left: Task[] = [];
  let done = 0;
  for (const task of tasks.slice(0, due)) {
    done += 1;
    if (task.owner !== undefined && paused?.has(task.owner)) {
      left.push(task);
      continue;
    }
    try {
      task.act();
    } catch (error) {
      failed(error);
    }
    if (isEnough()) break;
  }
  tasks.splice(0, done, ...left);
}
