import { setImmediate } from 'node:timers/promises';
import type { ResolvedOptions } from '../../experiment/definition.js';
import type { CandidateObservation, Observation } from '../../experiment/observation.js';
import type { OwnContext } from '../../base/own-context.js';
import type { ExperimentResult } from '../../experiment/result.js';
import type { RunRecorder } from '../../experiment/run-recorder.js';
import { splitIntoChunks } from '../../base/chunks.js';
import type { KnownExperiment } from '../../sync/known-experiment.js';
import type { Statements } from '../../database/statements.js';
import type { StorageHealth } from '../../database/storage-health.js';
import { TallyBuffer } from './tally-buffer.js';
import type { RecordStorage } from '../storage/record.storage.js';
import { ResultReader } from './result-reader.js';
import type { RecordedResult } from '../storage/recorded-result.js';
import type { SharedEvidence } from './shared-evidence.js';
import type { Retention } from './retention.js';
import { periodStart } from '../tallies/tier.js';
import { TimeBudget } from './time-budget.js';
import type { Place, WriterLease } from './writer-lease.js';
import type { SkipReason } from '../../experiment/skip-reason.js';
import type { ExperimentEpoch } from '../recorded.js';

/** How long it is waited, in ms, for the next attempt when writing fails again and again, if it isn't longer by itself. */
const LONGEST_WAIT = 30_000;

/** ms of each second in which it is looked for the fields that differ. */
const EXAMINING = 20;

/** How many samples wait to be written at the most, of all experiments: more would fill the memory while nothing can be written. */
const WAITING = 500;

/** How often it is tried to keep samples. */
const ATTEMPTS = 5;

/** Of how many experiments rows are made in one turn of the event loop. */
const AT_ONCE = 10;

/** How a recorder works. */
export interface RecorderSettings {
  /** ms within which what was counted is written. */
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
  readonly name: string;
  readonly of: ExperimentEpoch;
  readonly book: TallyBuffer;
  readonly reader: ResultReader;
  readonly samples: RecordedResult[];
  /** How often in a row its samples could not be kept, though what was counted could be written. */
  attempts: number;
  /** Whether it was told that samples are given up, and none could be kept since. */
  isGivenUp: boolean;
}

/** What a recorder needs of its application. */
export interface RecorderSurroundings {
  /** Where it writes, whoever's call it was that began something. */
  readonly own: OwnContext;
  readonly storage: RecordStorage;
  readonly statements: Statements;
  readonly place: WriterLease;
  readonly tidier: Retention;
  /** What other processes have counted, for guardrails. */
  readonly evidence: SharedEvidence;
  readonly health: StorageHealth;
  /** An experiment as this process knows it. */
  find(name: string): Pick<KnownExperiment, 'id' | 'epoch' | 'ignorePaths'> | undefined;
  /** Takes an error of this library's own. */
  failed(error: unknown, experiment: string): void;
}

/**
 * Counts in memory what comes of runs, and writes it every now and then. While nothing comes, it does nothing. What can't be written
 * is kept, and written when it can.
 */
export class Recorder implements RunRecorder {
  private readonly entries = new Map<string, Entry>();
  private readonly budget = new TimeBudget(EXAMINING);
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
      this.guarded(result.experiment, ({ name, reader, samples }) => {
        const sample = reader.look(result, candidate, options, this.ignoredIn(name), Date.now());
        if (sample !== undefined && this.mayWait(samples)) samples.push(sample);
      });
    }
  }

  skipped(experiment: string, reason: SkipReason, count = 1): void {
    this.guarded(experiment, ({ reader }) => reader.skipped(reason, count));
  }

  repeated(experiment: string, control: Observation, again: CandidateObservation, options: ResolvedOptions): void {
    this.guarded(experiment, ({ name, reader }) => reader.repeated(control, again, options, this.ignoredIn(name)));
  }

  /** Writes what is left, and writes no more by itself. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    const { statements, place } = this.surroundings;
    await this.flush();
    if (!statements.areOver) {
      await statements.over();
      await this.flush();
    }
    await this.tidying;
    try {
      await place.leave();
    } catch {
      // Others take it when nothing has been heard of this process for a while.
    }
  }

  /** Writes what was counted, after a writing that is under way. */
  flush(): Promise<void> {
    this.writing = this.surroundings.own.run(() => this.writing.then(() => this.write()));
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
      const place = await this.surroundings.place.hold();
      for (const [index, part] of splitIntoChunks(due, AT_ONCE).entries()) {
        if (index > 0) await setImmediate();
        await this.writeTallies(part, place, now);
        await this.keepSamples(part);
      }
      health.success('recording');
      this.failures = 0;
      await this.look(due, place, now);
      if (this.surroundings.tidier.isDue && !this.isStopped) this.tidying = this.tidying.then(() => this.tidy(now));
    } catch (error) {
      health.failure('recording', error);
      this.failures += 1;
      this.arm();
    }
  }

  /** Lets guardrails know what others have counted. Without it, they judge by what this process has seen. */
  private async look(written: readonly Entry[], { writer }: Place, now: number): Promise<void> {
    const { evidence, health } = this.surroundings;
    try {
      await evidence.look(written, writer, now);
    } catch (error) {
      health.failure('recording', error);
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

  private async writeTallies(due: readonly Entry[], place: Place, now: number): Promise<void> {
    await this.load(due, place, now);
    for (const { book } of due) book.settle(now);
    try {
      await this.writeBooks(due);
    } catch (error) {
      if (due.length === 1 || !this.surroundings.statements.areOver) throw error;
      await this.writeEach(due, error);
    }
  }

  /** Writes experiments one by one, so that one that can't be written doesn't keep the others from it. */
  private async writeEach(due: readonly Entry[], error: unknown): Promise<void> {
    let written = 0;
    const failures: (() => void)[] = [];
    for (const entry of due) {
      try {
        await this.writeBooks([entry]);
        written += 1;
      } catch (failure) {
        failures.push(() => this.surroundings.failed(failure, entry.name));
      }
    }
    if (written === 0) throw error;
    for (const tell of failures) tell();
  }

  private async writeBooks(entries: readonly Entry[]): Promise<void> {
    const { statements, storage } = this.surroundings;
    for (const part of splitIntoChunks(entries.flatMap(({ book }) => book.unwritten()))) {
      await statements.run(() => storage.tallies.write(part));
    }
    for (const { book } of entries) book.confirm();
  }

  /** Lets books know what their writer has written before, where they don't. */
  private async load(due: readonly Entry[], place: Place, now: number): Promise<void> {
    for (const { book } of due) book.writeAt(place);
    const unknown = due.filter(({ book }) => book.needsLoading);
    if (unknown.length === 0) return;
    const { statements, storage } = this.surroundings;
    const ids = unknown.map(({ of }) => of.experimentId);
    const rows = await statements.run(() => storage.tallies.ofWriter(place.writer, ids, periodStart('minute', now)));
    for (const { book } of unknown) book.load(rows);
  }

  /** Keeps samples of each experiment, whatever becomes of those of others. What can't be kept again and again is given up. */
  private async keepSamples(due: readonly Entry[]): Promise<void> {
    const { statements, storage } = this.surroundings;
    let failure: { error: unknown } | undefined;
    for (const entry of due) {
      try {
        for (const part of splitIntoChunks(entry.samples)) {
          const rows = part.map((sample) => ({ ...sample, ...entry.of }));
          await statements.run(() => storage.results.keep(rows, this.settings.samplesKept));
          // They are the first, and others have come meanwhile.
          entry.samples.splice(0, part.length);
          entry.isGivenUp = false;
        }
        entry.attempts = 0;
      } catch (error) {
        failure ??= { error };
        entry.attempts += 1;
        if (entry.attempts < ATTEMPTS || !statements.areOver) continue;
        if (!entry.isGivenUp) this.surroundings.failed(error, entry.name);
        entry.isGivenUp = true;
        entry.samples.length = 0;
        entry.attempts = 0;
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  private ignoredIn(experiment: string): readonly string[] {
    return this.surroundings.find(experiment)?.ignorePaths ?? [];
  }

  private mayWait(samples: readonly RecordedResult[]): boolean {
    if (samples.length >= this.settings.samplesKept) return false;
    let waiting = 0;
    for (const entry of this.entries.values()) waiting += entry.samples.length;
    return waiting < WAITING;
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
    const book = new TallyBuffer(of);
    const reader = new ResultReader(book, this.settings, this.budget);
    const entry = { name: experiment, of, book, reader, samples: [], attempts: 0, isGivenUp: false };
    this.entries.set(experiment, entry);
    return entry;
  }

  /** Sees to it that there is a writing to come. */
  private arm(): void {
    if (this.timer !== undefined || this.isStopped) return;
    const { flushInterval } = this.settings;
    const often = Math.min(flushInterval * 2 ** this.failures, Math.max(flushInterval, LONGEST_WAIT));
    // Processes that were started together don't write together; and it is to be written, not only begun, within the interval.
    const wait = often * (0.8 + Math.random() * 0.15);
    this.timer = this.surroundings.own.run(() => setTimeout(() => this.due(), wait));
    this.timer.unref();
  }

  private due(): void {
    this.timer = undefined;
    void this.flush();
  }
}
