import { Injectable } from '@nestjs/common';
import {
  ExperimentStorage,
  NEW_EXPERIMENT,
  StudiesStorage,
  type ExperimentRow,
  type ExperimentSettings,
  type ExperimentStamp,
  type NewExperiment,
  type RunTimes,
} from 'nestjs-studies';
import { MemoryStudiesStorage } from 'nestjs-studies/testing';

/** Stands for the client of your database. Each method is one atomic statement. */
@Injectable()
export class Shelf {
  private rows: ExperimentRow[] = [];
  private lastId = 0;

  async select(fits: (row: ExperimentRow) => boolean): Promise<ExperimentRow[]> {
    return this.rows.filter(fits);
  }

  async insertUnlessNamed(row: Omit<ExperimentRow, 'id'>): Promise<void> {
    if (!this.rows.some(({ name }) => name === row.name)) this.rows.push({ ...row, id: (this.lastId += 1) });
  }

  async update(fits: (row: ExperimentRow) => boolean, change: (row: ExperimentRow) => Partial<ExperimentRow>): Promise<number> {
    const count = this.rows.filter(fits).length;
    this.rows = this.rows.map((row) => (fits(row) ? { ...row, ...change(row) } : row));
    return count;
  }

  async delete(fits: (row: ExperimentRow) => boolean): Promise<number> {
    const count = this.rows.length;
    this.rows = this.rows.filter((row) => !fits(row));
    return count - this.rows.length;
  }
}

export class ShelfExperiments extends ExperimentStorage {
  constructor(private readonly shelf: Shelf) {
    super();
  }

  async digest(): Promise<string> {
    return JSON.stringify(await this.stamps());
  }

  async stamps(): Promise<ExperimentStamp[]> {
    return (await this.load()).map(({ id, version, purges }) => ({ id, stamp: `${version}.${purges}` }));
  }

  load(): Promise<ExperimentRow[]> {
    return this.shelf.select(() => true);
  }

  loadSome(ids: readonly number[]): Promise<ExperimentRow[]> {
    return this.shelf.select(({ id }) => ids.includes(id));
  }

  findSome(names: readonly string[]): Promise<ExperimentRow[]> {
    return this.shelf.select(({ name }) => names.includes(name));
  }

  async find(name: string): Promise<ExperimentRow | undefined> {
    return (await this.findSome([name]))[0];
  }

  async create(experiments: readonly NewExperiment[]): Promise<void> {
    const now = new Date();
    for (const experiment of experiments) {
      await this.shelf.insertUnlessNamed({ ...NEW_EXPERIMENT, ...experiment, createdAt: now, updatedAt: now });
    }
  }

  async update(name: string, version: number, settings: ExperimentSettings, at: Date): Promise<boolean> {
    const fits = (row: ExperimentRow) => row.name === name && row.version === version;
    return (await this.shelf.update(fits, () => ({ ...settings, version: version + 1, updatedAt: at }))) === 1;
  }

  async remove(name: string, version: number): Promise<boolean> {
    return (await this.shelf.delete((row) => row.name === name && row.version === version)) === 1;
  }

  async countPurge(name: string, purges: number): Promise<boolean> {
    const fits = (row: ExperimentRow) => row.name === name && row.purges === purges;
    return (await this.shelf.update(fits, () => ({ purges: purges + 1 }))) === 1;
  }

  async ran(times: readonly RunTimes[]): Promise<void> {
    for (const { name, first, last } of times) {
      await this.shelf.update(
        (row) => row.name === name,
        ({ firstRunAt, lastRunAt }) => ({
          firstRunAt: new Date(Math.min(first, firstRunAt?.getTime() ?? first)),
          lastRunAt: new Date(Math.max(last, lastRunAt?.getTime() ?? last)),
        }),
      );
    }
  }

  async seen(names: readonly string[], at: Date): Promise<void> {
    const isOld = (time: Date | null) => time === null || Math.abs(at.getTime() - time.getTime()) > 30_000;
    await this.shelf.update(
      ({ name, seenAt }) => names.includes(name) && isOld(seenAt),
      () => ({ seenAt: at }),
    );
  }
}

@Injectable()
export class ShelfStorage extends StudiesStorage {
  readonly experiments: ExperimentStorage;
  // Kept in memory until they are written too.
  readonly records = new MemoryStudiesStorage().records;
  readonly history = new MemoryStudiesStorage().history;

  constructor(shelf: Shelf) {
    super();
    this.experiments = new ShelfExperiments(shelf);
  }
}
