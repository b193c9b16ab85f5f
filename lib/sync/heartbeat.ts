import { jitter } from '../base/jitter.js';
import type { MaybePromise } from '../base/maybe-promise.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import type { ExperimentStorage } from '../storage/experiment.storage.js';
import type { ExperimentCache } from './experiment-cache.js';
import type { StorageHealth } from '../database/storage-health.js';

/**
 * Average time, in ms, between two announcements of all experiments, and between two checks for experiments not announced yet.
 */
const WAIT = { all: 60_000, look: 1_000 } as const;

/** Time, in ms, for which an experiment counts as running after an announcement. */
const RUNNING = 180_000;

/** Epochs of results that this process's code belongs to. */
export interface PresentEpochs {
  readonly epochs: readonly number[];
  /** Announces in the storage that the code of these epochs is running. */
  seen(numbers: readonly number[], at: Date): MaybePromise<void>;
}

/** Announces in the storage which experiments this process has, and the epochs of its code: once when they appear, and then about every minute. */
export class Heartbeat {
  /** Ids announced since the last full announcement. */
  private announced = new Set<number>();
  /** Epochs announced since then. */
  private announcedEpochs = new Set<number>();
  private allDueAt = 0;
  /** Number of consecutive failed announcements. */
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private announcing: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly registry: ExperimentRegistry,
    private readonly view: ExperimentCache,
    private readonly storage: ExperimentStorage,
    private readonly health: StorageHealth,
    private readonly present: PresentEpochs,
  ) {}

  /** Starts announcing in the background. */
  start(): void {
    this.announcing = this.announceDue();
  }

  /** Stops announcing, after an announcement under way has finished. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.announcing;
  }

  private async announceDue(): Promise<void> {
    const now = performance.now();
    if (now >= this.allDueAt) {
      this.announced = new Set();
      this.announcedEpochs = new Set();
      this.allDueAt = now + jitter(WAIT.all);
    }
    const due = this.registry.all().flatMap(({ name }) => this.view.find(name) ?? []);
    await this.announceSome(
      due.filter(({ id }) => !this.announced.has(id)),
      this.present.epochs.filter((number) => !this.announcedEpochs.has(number)),
    );
    if (this.isStopped) return;
    this.timer = setTimeout(() => this.start(), jitter(WAIT.look));
    this.timer.unref();
  }

  private async announceSome(
    rows: readonly { readonly id: number; readonly name: string }[],
    epochs: readonly number[],
  ): Promise<void> {
    if (rows.length === 0 && epochs.length === 0) return;
    const names = rows.map(({ name }) => name);
    try {
      if (names.length > 0) await this.storage.seen(names, new Date());
      for (const { id } of rows) this.announced.add(id);
      if (epochs.length > 0) await this.present.seen(epochs, new Date());
      for (const number of epochs) this.announcedEpochs.add(number);
      this.failures = 0;
      this.health.success('writing');
    } catch (error) {
      this.failures += 1;
      // A single failure is ignored, because processes that announce the same rows at the same time can block each other. An
      // answer after shutdown, when connections are gone, doesn't matter either.
      if (this.failures > 1 && !this.isStopped) this.health.failure('writing', error);
    }
  }
}

/** Decides whether a running process has an experiment, by its last announcement. */
export function isRunning(seenAt: Date | null, now: number): boolean {
  return seenAt !== null && now - seenAt.getTime() <= RUNNING;
}
