import type { OwnContext } from '../base/own-context.js';
import type { ExperimentCatalog } from './experiment-catalog.js';
import type { ExperimentHalt } from './halt.js';
import type { StorageHealth } from '../database/storage-health.js';

/** Wait before another attempt to store a halt, in ms: the first, and the longest. */
const WAIT = { first: 1_000, longest: 30_000 } as const;

/** A halt, with the version of the experiment that was stopped. */
type VersionedHalt = ExperimentHalt & { readonly version: number };

/** Stores the halts of this process's guardrails, so that all processes stop the experiment. */
export class HaltWriter {
  private readonly storing = new Set<Promise<void>>();
  private readonly waiting = new Set<NodeJS.Timeout>();
  private isStopped = false;

  /** @param halted receives a halt that this process was the first to make, or that can't be stored yet. Must not throw */
  constructor(
    private readonly own: OwnContext,
    private readonly catalog: ExperimentCatalog,
    private readonly health: StorageHealth,
    private readonly halted: (halt: ExperimentHalt) => void,
  ) {}

  halt(experiment: string, reason: string, version: number): void {
    // A guardrail fires in the context of the run that triggered it.
    this.own.run(() => this.try({ experiment, reason, at: new Date(), version }, WAIT.first, false));
  }

  /** Waits for attempts under way, and makes no more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const timer of this.waiting) clearTimeout(timer);
    await Promise.all(this.storing);
  }

  private try(halt: VersionedHalt, wait: number, isReported: boolean): void {
    const stored = this.store(halt, wait, isReported).finally(() => this.storing.delete(stored));
    this.storing.add(stored);
  }

  private async store(halt: VersionedHalt, wait: number, isReported: boolean): Promise<void> {
    const { experiment, reason, at } = halt;
    try {
      if ((await this.catalog.halt(halt)) && !isReported) this.halted({ experiment, reason, at });
    } catch (error) {
      if (!isReported) this.halted({ experiment, reason, at });
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
