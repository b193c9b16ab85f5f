import { StudiesError } from '../base/errors.js';
import type { OwnContext } from '../base/own-context.js';
import { settlesWithin } from '../base/settles-within.js';
import type { ExperimentRow } from '../storage/experiment-row.js';
import type { ExperimentCache } from '../sync/experiment-cache.js';
import type { Hold } from '../sync/held-off.js';
import type { StorageHealth } from '../database/storage-health.js';

/**
 * Longest time, in ms, that an operator waits until the database has stored that an experiment is off. This process obeys at
 * once.
 */
export const STORED_WITHIN = 2_000;

/** Wait before another attempt, in ms: the first, and the longest. */
const WAIT = { first: 1_000, longest: 30_000 } as const;

/**
 * Stores that an experiment is off.
 *
 * @param isLater true if the operator has already been answered, so that others may have changed the experiment since
 * @throws StudiesError if it can't be stored; any other error if another attempt may succeed
 */
export type StoreOff = (isLater: boolean) => Promise<ExperimentRow>;

interface Off {
  readonly hold: Hold;
  readonly store: StoreOff;
  wait: number;
  isAnswered: boolean;
}

/** Stores that an experiment is off, when this process already obeys: at once if possible, otherwise as soon as it is. */
export class TurningOff {
  private readonly storing = new Set<Promise<unknown>>();
  private readonly waiting = new Map<Off, NodeJS.Timeout>();
  private isStopped = false;

  /** @param failed called when an experiment that was reported as off could not stay so. Must not throw */
  constructor(
    private readonly own: OwnContext,
    private readonly view: ExperimentCache,
    private readonly health: StorageHealth,
    private readonly failed: (error: unknown, experiment: string) => void,
  ) {}

  /**
   * Stores it, and waits for that for a limited time.
   *
   * @returns the stored row, or undefined when storing continues in the background
   * @throws StudiesError if it can't be stored; the experiment is then as it was before
   */
  async turnOff(hold: Hold, store: StoreOff): Promise<ExperimentRow | undefined> {
    const off = { hold, store, wait: WAIT.first, isAnswered: false };
    const stored = this.own.run(() => this.try(off));
    try {
      return (await settlesWithin(STORED_WITHIN, stored)) ? await stored : undefined;
    } finally {
      off.isAnswered = true;
    }
  }

  /** Tries once more to store what is not stored, and then stops trying. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const [off, timer] of this.waiting) {
      clearTimeout(timer);
      void this.try(off);
    }
    this.waiting.clear();
    await Promise.allSettled(this.storing);
  }

  private try(off: Off): Promise<ExperimentRow | undefined> {
    const attempt = this.attempt(off).finally(() => this.storing.delete(attempt));
    this.storing.add(attempt);
    attempt.catch((error: unknown) => {
      if (off.isAnswered && !isGone(error)) this.failed(error, off.hold.name);
    });
    return attempt;
  }

  private async attempt(off: Off): Promise<ExperimentRow | undefined> {
    try {
      const row = await off.store(off.isAnswered);
      this.view.release(off.hold);
      this.health.success('writing');
      return row;
    } catch (error) {
      if (isRefusal(error)) {
        this.view.release(off.hold);
        throw error;
      }
      this.health.failure('writing', error);
      this.again(off);
      return undefined;
    }
  }

  private again(off: Off): void {
    if (this.isStopped) {
      this.failed(lost(off.hold.name), off.hold.name);
      return;
    }
    const timer = setTimeout(() => {
      this.waiting.delete(off);
      void this.try(off);
    }, off.wait);
    timer.unref();
    this.waiting.set(off, timer);
    off.wait = Math.min(off.wait * 2, WAIT.longest);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof StudiesError && error.code === 'NOT_FOUND';
}

function lost(experiment: string): StudiesError {
  return new StudiesError(
    'STORAGE_TIMED_OUT',
    `Experiment "${experiment}" was turned off, but that could not be stored before the application ended. Turn it off again.`,
    { experiment },
  );
}

/** Decides whether an error means that another attempt would be refused again. */
function isRefusal(error: unknown): boolean {
  return error instanceof StudiesError && error.code !== 'STORAGE_TIMED_OUT';
}
