import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import type { ExperimentStorage } from '../storage/experiment.storage.js';
import type { ExperimentCache } from './experiment-cache.js';
import type { StorageHealth } from '../database/storage-health.js';

/** How often it is said of all experiments, and how often it is looked for those of which it was not said yet, on average, in ms. */
const WAIT = { all: 60_000, look: 1_000 } as const;

/** How long an experiment counts as one that a running process has, after a process has said so, in ms. */
const RUNNING = 180_000;

/** Says in the storage which experiments this process has: once when they are there, and then about every minute. */
export class Heartbeat {
  /** The ids of the rows of which it was said since it was last said of all. */
  private said = new Set<number>();
  private allDueAt = 0;
  /** How often in a row it could not be said. */
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private saying: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly registry: ExperimentRegistry,
    private readonly view: ExperimentCache,
    private readonly storage: ExperimentStorage,
    private readonly health: StorageHealth,
  ) {}

  /** Says it in the background from now on. */
  start(): void {
    this.saying = this.say();
  }

  /** Says it no more, once what is being said is. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.saying;
  }

  private async say(): Promise<void> {
    const now = performance.now();
    if (now >= this.allDueAt) {
      this.said = new Set();
      this.allDueAt = now + jittered(WAIT.all);
    }
    const due = this.registry.all().flatMap(({ name }) => this.view.find(name) ?? []);
    await this.saySome(due.filter(({ id }) => !this.said.has(id)));
    if (this.isStopped) return;
    this.timer = setTimeout(() => this.start(), jittered(WAIT.look));
    this.timer.unref();
  }

  private async saySome(rows: readonly { readonly id: number; readonly name: string }[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      await this.storage.seen(
        rows.map(({ name }) => name),
        new Date(),
      );
      for (const { id } of rows) this.said.add(id);
      this.failures = 0;
      this.health.success('writing');
    } catch (error) {
      this.failures += 1;
      // One failure is none yet: processes that say it of the same rows at the same time can be in each other's way. And an answer that
      // comes after the end, when connections are gone, is nobody's concern.
      if (this.failures > 1 && !this.isStopped) this.health.failure('writing', error);
    }
  }
}

/** Whether a running process has an experiment, as far as it was said. */
export function isRunning(seenAt: Date | null, now: number): boolean {
  return seenAt !== null && now - seenAt.getTime() <= RUNNING;
}

/** Processes that were started together don't say it together. */
function jittered(interval: number): number {
  return interval * (0.9 + Math.random() * 0.2);
}
