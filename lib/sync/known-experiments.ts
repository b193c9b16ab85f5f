import { chooseNewer, type KnownExperiment } from './known-experiment.js';

/**
 * Experiments as this process knows them, by name. Older data never replaces newer data, wherever it was read. Versions only
 * grow. A removed experiment stays removed, because one that is created again has a higher id.
 */
export class KnownExperiments {
  private known: ReadonlyMap<string, KnownExperiment> = new Map();
  /** Highest ids of removed experiments, by name. */
  private readonly gone = new Map<string, number>();

  get(name: string): KnownExperiment | undefined {
    return this.known.get(name);
  }

  has(name: string): boolean {
    return this.known.has(name);
  }

  all(): Iterable<KnownExperiment> {
    return this.known.values();
  }

  /**
   * Adds a reading of one experiment.
   *
   * @returns the experiment as it is known then
   */
  put(read: KnownExperiment): KnownExperiment | undefined {
    const newest = this.newest(read);
    if (newest !== undefined) this.known = new Map(this.known).set(read.name, newest);
    return newest;
  }

  /** Drops an experiment that was removed. */
  drop(name: string, id: number): void {
    this.bury(name, id);
    const known = new Map(this.known);
    const { id: there = 0 } = known.get(name) ?? {};
    if (there <= id) known.delete(name);
    this.known = known;
  }

  /** Replaces all experiments by a full reading. */
  replace(read: readonly KnownExperiment[]): void {
    const next = new Map<string, KnownExperiment>();
    let highest = 0;
    for (const experiment of read) {
      highest = Math.max(highest, experiment.id);
      const newest = this.newest(experiment);
      if (newest !== undefined) next.set(experiment.name, newest);
    }
    for (const { name, id } of this.known.values()) {
      // An experiment with a higher id than all that was read may be missing only because the reading is old.
      if (next.get(name)?.id !== id && id < highest) this.bury(name, id);
    }
    this.known = next;
  }

  private newest(read: KnownExperiment): KnownExperiment | undefined {
    const { name, id } = read;
    const known = this.known.get(name);
    if (known !== undefined && known.id >= id) return known.id === id ? chooseNewer(known, read) : known;
    return id <= (this.gone.get(name) ?? 0) ? undefined : read;
  }

  private bury(name: string, id: number): void {
    this.gone.set(name, Math.max(id, this.gone.get(name) ?? 0));
  }
}
