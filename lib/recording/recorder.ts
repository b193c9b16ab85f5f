import type { ResolvedOptions } from '../experiment/definition.js';
import type { CandidateObservation, Observation } from '../experiment/observation.js';
import type { ExperimentResult } from '../experiment/result.js';
import type { RunRecorder, SkipReason } from '../experiment/run.recorder.js';
import { chunksOf } from '../storage/chunks.js';
import type { ExperimentRow } from '../storage/experiment.row.js';
import { inTime } from '../storage/in-time.js';
import type { StorageHealth } from '../storage/storage.health.js';
import { ExperimentBook } from './experiment.book.js';
import type { Recorded, RecordStorage } from './record.storage.js';
import { ResultReader } from './result.reader.js';
import type { Sample } from './sample.js';
import type { Tidier } from './tidier.js';
import { startOfPeriod } from './tier.js';
import type { Place, WritingPlace } from './writing.place.js';
import { WritingsUnderWay } from './writings-under-way.js';

/** How long it is waited, in ms, for the next attempt when writing fails again and again, if it isn't longer by itself. */
const LONGEST_WAIT = 30_000;

/** How a recorder works. */
export interface RecorderSettings {
  /** ms, on average, between two writings. */
  readonly flushInterval: number;
  /** How many samples of an experiment are kept. */
  readonly samplesKept: number;
  /** How many samples of an experiment are taken in a minute, of each outcome. */
  readonly samplesPerMinute: number;
  /** The largest value that is kept whole, in bytes of JSON. */
  readonly maxValueBytes: number;
}

/** What one experiment has for its recording, until it is purged or removed. */
interface Entry {
  readonly of: Recorded;
  readonly book: ExperimentBook;
  readonly reader: ResultReader;
  readonly samples: Sample[];
}

/** What a recorder needs of its application. */
export interface RecorderSurroundings {
  readonly storage: RecordStorage;
  readonly place: WritingPlace;
  readonly tidier: Tidier;
  readonly health: StorageHealth;
  /** An experiment's row as this process knows it. */
  find(name: string): ExperimentRow | undefined;
  /** Takes an error of this library's own. */
  failed(error: unknown, experiment: string): void;
}

/**
 * Counts in memory what comes of runs, and writes it every now and then. While nothing comes, it does nothing. What can't be written
 * is kept, and written when it can.
 */
export class Recorder implements RunRecorder {
  private readonly entries = new Map<string, Entry>();
  private readonly underWay = new WritingsUnderWay();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private tidying: Promise<void> = Promise.resolve();
  private failures = 0;
  private isStopped = false;

  constructor(
    private readonly surroundings: RecorderSurroundings,
    private readonly settings: RecorderSettings,
  ) {}

  ran(result: ExperimentResult, options: ResolvedOptions): void {
    this.guarded(result.experiment, ({ reader }) => reader.count(result));
    for (const candidate of result.candidates) {
      this.guarded(result.experiment, ({ reader, samples }) => {
        const sample = reader.look(result, candidate, options, Date.now());
        if (sample !== undefined && samples.length < this.settings.samplesKept) samples.push(sample);
      });
    }
  }

  skipped(experiment: string, reason: SkipReason): void {
    this.guarded(experiment, ({ reader }) => reader.skipped(reason));
  }

  repeated(experiment: string, control: Observation, again: CandidateObservation, options: ResolvedOptions): void {
    this.guarded(experiment, ({ reader }) => reader.repeated(control, again, options));
  }

  /** Writes what is left, and writes no more by itself. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.flush();
    if (!this.underWay.areOver) {
      await this.underWay.over();
      await this.flush();
    }
    await this.tidying;
    try {
      await this.surroundings.place.leave();
    } catch {
      // Others take it when nothing has been heard of this process for a while.
    }
  }

  /** Writes what was counted, after a writing that is under way. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Forgets what was counted of an experiment and is not written. */
  forget(name: string): void {
    this.entries.delete(name);
  }

  /** Lets an experiment's part in it be done, whatever comes of it. */
  private guarded(experiment: string, act: (entry: Entry) => void): void {
    try {
      const entry = this.current(experiment) ?? this.begin(experiment);
      if (entry === undefined) return;
      this.arm();
      act(entry);
    } catch (error) {
      this.surroundings.failed(error, experiment);
    }
  }

  private async write(): Promise<void> {
    const { health } = this.surroundings;
    const now = Date.now();
    const entries = [...this.entries.keys()].flatMap((name) => this.current(name) ?? []);
    for (const { book } of entries) book.rest(now);
    const due = entries.filter(({ book, samples }) => book.isDue || samples.length > 0);
    if (due.length === 0) return;
    try {
      await this.writeTallies(due, now);
      await this.keepSamples(due);
      health.success('recording');
      this.failures = 0;
      if (!this.underWay.areOver) this.arm();
      if (this.surroundings.tidier.isDue && !this.isStopped) this.tidying = this.tidying.then(() => this.tidy(now));
    } catch (error) {
      health.failure('recording', error);
      this.failures += 1;
      this.arm();
    }
  }

  private async tidy(now: number): Promise<void> {
    const { tidier, place, health } = this.surroundings;
    try {
      await tidier.tidy(place.current, now);
    } catch (error) {
      health.failure('recording', error);
    }
  }

  private async writeTallies(due: readonly Entry[], now: number): Promise<void> {
    const { tallies } = this.surroundings.storage;
    const place = await this.surroundings.place.hold();
    await this.load(due, place, now);
    for (const { book } of due) book.settle(now);
    const rows = due.flatMap(({ book }) => book.unwritten());
    for (const part of chunksOf(rows)) await inTime(this.underWay.watch(tallies.write(part)));
    for (const { book } of due) book.confirm(this.underWay.areOver);
  }

  /** Lets books know what their writer has written before, where they don't. */
  private async load(due: readonly Entry[], place: Place, now: number): Promise<void> {
    for (const { book } of due) book.writeAt(place);
    const unknown = due.filter(({ book }) => book.needsLoading);
    if (unknown.length === 0) return;
    const { tallies } = this.surroundings.storage;
    const ids = unknown.map(({ of }) => of.experimentId);
    const rows = await inTime(tallies.ofWriter(place.writer, ids, startOfPeriod('minute', now)));
    for (const { book } of unknown) book.load(rows);
  }

  private async keepSamples(due: readonly Entry[]): Promise<void> {
    const { samples: storage } = this.surroundings.storage;
    for (const { of, samples } of due) {
      for (const part of chunksOf(samples)) {
        const rows = part.map((sample) => ({ ...sample, ...of }));
        await inTime(storage.keep(rows, this.settings.samplesKept));
        // They are the first, and others have come meanwhile.
        samples.splice(0, part.length);
      }
    }
  }

  /** What an experiment has, if it is still the one that is stored, and has not been purged since. */
  private current(experiment: string): Entry | undefined {
    const entry = this.entries.get(experiment);
    const row = this.surroundings.find(experiment);
    if (entry === undefined || (row?.id === entry.of.experimentId && row.epoch === entry.of.epoch)) return entry;
    this.entries.delete(experiment);
    return undefined;
  }

  private begin(experiment: string): Entry | undefined {
    const row = this.surroundings.find(experiment);
    if (row === undefined) return undefined;
    const of = { experimentId: row.id, epoch: row.epoch };
    const book = new ExperimentBook(of);
    const entry = { of, book, reader: new ResultReader(book, this.settings), samples: [] };
    this.entries.set(experiment, entry);
    return entry;
  }

  /** Sees to it that there is a writing to come. */
  private arm(): void {
    if (this.timer !== undefined || this.isStopped) return;
    const { flushInterval } = this.settings;
    const often = Math.min(flushInterval * 2 ** this.failures, Math.max(flushInterval, LONGEST_WAIT));
    // Processes that were started together don't write together.
    const wait = often * (0.9 + Math.random() * 0.2);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, wait);
    this.timer.unref();
  }
}
