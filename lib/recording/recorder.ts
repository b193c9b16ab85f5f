import type { ResolvedOptions } from '../experiment/definition.js';
import type { CandidateObservation, Observation } from '../experiment/observation.js';
import type { ExperimentResult } from '../experiment/result.js';
import type { RunRecorder, SkipReason } from '../experiment/run.recorder.js';
import type { ExperimentRow } from '../storage/experiment.row.js';
import { inTime } from '../storage/in-time.js';
import type { StorageHealth } from '../storage/storage.health.js';
import { ExperimentBook } from './experiment.book.js';
import type { Place, WritingPlace } from './writing.place.js';
import type { RecordStorage } from './record.storage.js';
import { ResultReader } from './result.reader.js';
import type { SampleRow } from './sample.storage.js';
import type { Sample } from './sample.js';
import type { Tidier } from './tidier.js';
import { startOfPeriod } from './tier.js';

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

/** What one experiment has for its recording. */
interface Entry {
  readonly book: ExperimentBook;
  readonly reader: ResultReader;
  samples: Sample[];
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
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private tidying: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly surroundings: RecorderSurroundings,
    private readonly settings: RecorderSettings,
  ) {}

  ran(result: ExperimentResult, options: ResolvedOptions): void {
    this.guarded(result.experiment, (entry) => {
      const samples = entry.reader.read(result, options, Date.now());
      if (samples.length === 0) return;
      const room = this.settings.samplesKept - entry.samples.length;
      if (room > 0) entry.samples.push(...samples.slice(0, room));
    });
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
    await Promise.all([this.flush(), this.tidying]);
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
    const entry = this.entries.get(name);
    if (entry === undefined) return;
    entry.book.clear();
    entry.samples = [];
  }

  /** Lets an experiment's part in it be done, whatever comes of it. */
  private guarded(experiment: string, act: (entry: Entry) => void): void {
    try {
      act(this.entryOf(experiment));
      this.arm();
    } catch (error) {
      this.surroundings.failed(error, experiment);
    }
  }

  private async write(): Promise<void> {
    const { health } = this.surroundings;
    const now = Date.now();
    const known = [...this.entries].flatMap(([name, entry]) => {
      const row = this.surroundings.find(name);
      if (row === undefined) return [];
      const isOthers = entry.book.belongTo({ experimentId: row.id, epoch: row.epoch });
      if (isOthers) entry.samples = [];
      entry.book.rest(now);
      return [{ ...entry, row, entry }];
    });
    const due = known.filter(({ book, samples }) => book.isDue || samples.length > 0);
    if (due.length === 0) return;
    try {
      await this.writeTallies(due, now);
      await this.keepSamples(due);
      health.success('recording');
      if (this.surroundings.tidier.isDue) this.tidying = this.tidy(now);
    } catch (error) {
      health.failure('recording', error);
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

  private async writeTallies(due: readonly { book: ExperimentBook; row: ExperimentRow }[], now: number): Promise<void> {
    const { tallies } = this.surroundings.storage;
    const place = await this.surroundings.place.hold();
    await this.load(due, place, now);
    for (const { book } of due) book.settle(now);
    const rows = due.flatMap(({ book }) => book.unwritten());
    await inTime(tallies.write(rows));
    for (const { book } of due) book.confirm();
  }

  /** Lets books know what their writer has written before, where they don't. */
  private async load(due: readonly { book: ExperimentBook; row: ExperimentRow }[], place: Place, now: number): Promise<void> {
    for (const { book } of due) book.writeAt(place);
    const unknown = due.filter(({ book }) => book.needsLoading);
    if (unknown.length === 0) return;
    const { tallies } = this.surroundings.storage;
    const ids = unknown.map(({ row }) => row.id);
    const rows = await inTime(tallies.ofWriter(place.writer, ids, startOfPeriod('minute', now)));
    for (const { book, row } of unknown) book.load(rows.filter(({ experimentId }) => experimentId === row.id));
  }

  private async keepSamples(due: readonly { entry: Entry; row: ExperimentRow }[]): Promise<void> {
    const taken = due.map(({ entry, row }) => ({ entry, row, samples: entry.samples }));
    const rows = taken.flatMap(({ samples, row }) =>
      samples.map((sample): SampleRow => ({ ...sample, experimentId: row.id, epoch: row.epoch })),
    );
    if (rows.length === 0) return;
    await inTime(this.surroundings.storage.samples.keep(rows, this.settings.samplesKept));
    for (const { entry, samples } of taken) entry.samples = entry.samples.filter((sample) => !samples.includes(sample));
  }

  private entryOf(experiment: string): Entry {
    const known = this.entries.get(experiment);
    if (known !== undefined) return known;
    const book = new ExperimentBook();
    const entry = { book, reader: new ResultReader(book, this.settings), samples: [] };
    this.entries.set(experiment, entry);
    return entry;
  }

  /** Sees to it that there is a writing to come. */
  private arm(): void {
    if (this.timer !== undefined || this.isStopped) return;
    // Processes that were started together don't write together.
    const wait = this.settings.flushInterval * (0.9 + Math.random() * 0.2);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, wait);
    this.timer.unref();
  }
}
