import type { OwnContext } from '../base/own-context.js';
import type { ExperimentCatalog } from './experiment-catalog.js';
import type { ExperimentHalt } from './halt.js';
import type { StorageHealth } from '../database/storage-health.js';

/** How long it waits until it tries again to store a halt, in ms: at first, and at the most. */
const WAIT = { first: 1_000, longest: 30_000 } as const;

/** A halt of an experiment that was of this version. */
type VersionedHalt = ExperimentHalt & { readonly version: number };

/** Has what a guardrail has stopped in this process stopped in all of them, as soon as that can be stored. */
export class HaltWriter {
  private readonly storing = new Set<Promise<void>>();
  private readonly waiting = new Set<NodeJS.Timeout>();
  private isStopped = false;

  /** @param halted takes a halt that this process was the first to make, or that can't be stored yet. Must not throw */
  constructor(
    private readonly own: OwnContext,
    private readonly catalog: ExperimentCatalog,
    private readonly health: StorageHealth,
    private readonly halted: (halt: ExperimentHalt) => void,
  ) {}

  halt(experiment: string, reason: string, version: number): void {
    // A guardrail acts in the context of the run that it has seen.
    this.own.run(() => this.try({ experiment, reason, at: new Date(), version }, WAIT.first, false));
  }

  /** Waits for what is being stored, and tries no more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const timer of this.waiting) clearTimeout(timer);
    await Promise.all(this.storing);
  }

  private try(halt: VersionedHalt, wait: number, isTold: boolean): void {
    const stored = this.store(halt, wait, isTold).finally(() => this.storing.delete(stored));
    this.storing.add(stored);
  }

  private async store(halt: VersionedHalt, wait: number, isTold: boolean): Promise<void> {
    const { experiment, reason, at } = halt;
    try {
      if ((await this.catalog.halt(halt)) && !isTold) this.halted({ experiment, reason, at });
    } catch (error) {
      if (!isTold) this.halted({ experiment, reason, at });
      this.health.failure('writing', error);
      this.again(halt, wait);
    }
  }

  private again(halt: VersionedHalt, wait: number): void {
    if (this.isStopped) return;
    const timer = setTimeout(() => {
      this.waiting.delete(timer);
      this.try(halt, Math.min(wait * 2, WAIT.longest), true);
    }, wait);
    timer.unref();
    this.waiting.add(timer);
  }
}
