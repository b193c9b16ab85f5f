import type { Guardrails } from '../experiment/guardrails.js';
import {
  NEW_EXPERIMENT,
  versionStamp,
  type ExperimentRow,
  type ExperimentSettings,
  type NewExperiment,
  type RunTimes,
} from './experiment-row.js';
import { ExperimentStorage, SEEN_LATELY, type ExperimentStamp } from './experiment.storage.js';

/** Keeps experiments in memory. All methods are synchronous. */
export class MemoryStorage extends ExperimentStorage {
  private readonly rows = new Map<string, ExperimentRow>();
  private lastId = 0;

  /**
   * @param percentEnabled percentage of every new experiment, regardless of its code
   * @param guardrails guardrails of every new experiment
   */
  constructor(
    private readonly percentEnabled?: number,
    private readonly guardrails: Partial<Guardrails> = {},
  ) {
    super();
  }

  digest(): string {
    return JSON.stringify(this.stamps());
  }

  stamps(): ExperimentStamp[] {
    return this.load().map((row) => ({ id: row.id, stamp: versionStamp(row) }));
  }

  loadSome(ids: readonly number[]): ExperimentRow[] {
    return this.load().filter(({ id }) => ids.includes(id));
  }

  load(): ExperimentRow[] {
    return [...this.rows.values()];
  }

  find(name: string): ExperimentRow | undefined {
    return this.rows.get(name);
  }

  findSome(names: readonly string[]): ExperimentRow[] {
    return [...new Set(names)].flatMap((name) => this.rows.get(name) ?? []);
  }

  create(experiments: readonly NewExperiment[]): void {
    const now = new Date();
    for (const { name, percentEnabled } of experiments) {
      if (this.rows.has(name)) continue;
      this.rows.set(name, {
        id: (this.lastId += 1),
        name,
        percentEnabled: this.percentEnabled ?? percentEnabled,
        ...NEW_EXPERIMENT,
        guardrails: this.guardrails,
        createdAt: now,
        updatedAt: now,
      });
    }
  }

  update(name: string, version: number, settings: ExperimentSettings, at: Date): boolean {
    const row = this.rows.get(name);
    if (row?.version !== version) return false;
    this.rows.set(name, { ...row, ...settings, version: version + 1, updatedAt: at });
    return true;
  }

  remove(name: string, version: number): boolean {
    return this.rows.get(name)?.version === version && this.rows.delete(name);
  }

  countPurge(name: string, purges: number): boolean {
    const row = this.rows.get(name);
    if (row?.purges !== purges) return false;
    this.rows.set(name, { ...row, purges: purges + 1 });
    return true;
  }

  ran(times: readonly RunTimes[]): void {
    for (const { name, first, last } of times) {
      const row = this.rows.get(name);
      if (row === undefined) continue;
      const firstRunAt = new Date(Math.min(row.firstRunAt?.getTime() ?? first, first));
      const lastRunAt = new Date(Math.max(row.lastRunAt?.getTime() ?? last, last));
      this.rows.set(name, { ...row, firstRunAt, lastRunAt });
    }
  }

  seen(names: readonly string[], at: Date): void {
    for (const row of this.findSome(names)) {
      const isLate = row.seenAt === null || Math.abs(at.getTime() - row.seenAt.getTime()) > SEEN_LATELY;
      if (isLate) this.rows.set(row.name, { ...row, seenAt: at });
    }
  }
}
