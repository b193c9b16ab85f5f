import { randomUUID } from 'node:crypto';
import type { ResolvedOptions } from '../experiment/definition.js';
import type { ExperimentResult } from '../experiment/result.js';
import type { RunRecorder, SkipReason } from '../experiment/run.recorder.js';
import type { ExperimentRow } from '../storage/experiment.row.js';
import type { StorageHealth } from '../storage/storage.health.js';
import { ExperimentBook, type BookLimits } from './experiment.book.js';
import type { NewSample, RecordStorage, TallyRow } from './record.storage.js';

/** How often what is too old is removed, on average, in ms. */
const TIDY_INTERVAL = 300_000;

/** How a recorder works. */
export interface RecorderSettings extends BookLimits {
  /** ms, on average, between two writings. */
  readonly flushInterval: number;
  /** How many samples of an experiment are kept. */
  readonly samplesKept: number;
}

/** Finds an experiment's row as this process knows it. */
export type FindRow = (name: string) => ExperimentRow | undefined;

/**
 * Counts in memory what comes of runs, and writes it every now and then. Each process writes rows of its own, the whole of what it
 * has counted for a period: writing again after a failure, or after an answer that was lost, counts nothing twice.
 */
export class Recorder implements RunRecorder {
  private readonly writer = randomUUID();
  private readonly books = new Map<string, ExperimentBook>();
  private timer: NodeJS.Timeout | undefined;
  private tidying: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly storage: RecordStorage,
    private readonly find: FindRow,
    private readonly health: StorageHealth,
    private readonly settings: RecorderSettings,
    private readonly failed: (error: unknown, experiment: string) => void,
  ) {}

  /** Takes a result. Never throws. */
  ran(result: ExperimentResult, { recordValues }: ResolvedOptions): void {
    try {
      this.bookOf(result.experiment).add(result, recordValues, Date.now());
    } catch (error) {
      this.failed(error, result.experiment);
    }
  }

  /** Takes a drawn call that was not run. */
  skipped(experiment: string, reason: SkipReason): void {
    this.bookOf(experiment).skip(reason);
  }

  repeated(): void {
    // To come.
  }

  start(): void {
    this.schedule();
    this.scheduleTidying();
  }

  /** Stops writing by itself, and writes what is left. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.tidying);
    await this.flush();
  }

  /** Writes what was counted, after a writing that is under way; what can't be written is kept for the next time. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Forgets what was counted of an experiment and is not written. */
  forget(name: string): void {
    this.books.get(name)?.clear();
  }

  private async write(): Promise<void> {
    const now = Date.now();
    const rows: TallyRow[] = [];
    const samples: NewSample[] = [];
    const afterwards: { written: () => void; putBack: () => void }[] = [];
    for (const [name, book] of this.books) {
      const row = this.find(name);
      if (row !== undefined) book.belongTo({ experimentId: row.id, epoch: row.epoch });
      book.settle(now);
      if (row === undefined) continue;
      const unwritten = book.unwritten(this.writer);
      rows.push(...unwritten.rows);
      samples.push(...unwritten.samples);
      afterwards.push({ written: unwritten.written, putBack: () => book.putBack(unwritten.samples) });
    }
    let areTalliesWritten = false;
    try {
      if (rows.length > 0) await this.storage.write(rows);
      areTalliesWritten = true;
      for (const { written } of afterwards) written();
      if (samples.length > 0) await this.storage.keep(samples, this.settings.samplesKept);
      if (rows.length > 0) this.health.success('recording');
    } catch (error) {
      this.health.failure('recording', error);
      // Samples that may be there already are not written twice.
      if (!areTalliesWritten) for (const { putBack } of afterwards) putBack();
    }
  }

  private async tidy(): Promise<void> {
    try {
      await this.storage.tidy(Date.now());
    } catch (error) {
      this.health.failure('recording', error);
    }
  }

  private bookOf(experiment: string): ExperimentBook {
    const known = this.books.get(experiment);
    if (known !== undefined) return known;
    const book = new ExperimentBook(this.settings);
    this.books.set(experiment, book);
    return book;
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.flush().then(() => this.schedule()), jittered(this.settings.flushInterval));
    this.timer.unref();
  }

  private scheduleTidying(): void {
    if (this.isStopped) return;
    this.tidying = setTimeout(() => void this.tidy().then(() => this.scheduleTidying()), jittered(TIDY_INTERVAL));
    this.tidying.unref();
  }
}

/** Processes that were started together don't write together. */
function jittered(interval: number): number {
  return interval * (0.9 + Math.random() * 0.2);
}
