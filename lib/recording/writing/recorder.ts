import { setImmediate } from 'node:timers/promises';
import type { ResolvedOptions } from '../../experiment/definition.js';
import type { OwnContext } from '../../base/own-context.js';
import type { Steps } from '../../base/steps.js';
import type { Finding, OrderedRun, UncountedReason } from '../../experiment/ordered-run.js';
import type { ExperimentResult } from '../../experiment/result.js';
import type { Excuses, MatchedRun, RepeatedRun, RunPurpose, RunRecorder } from '../../experiment/ports/run-recorder.js';
import { splitIntoChunks } from '../../base/split-into-chunks.js';
import type { Statements } from '../../database/statements.js';
import type { StorageHealth } from '../../database/storage-health.js';
import { Entries, type EpochFacts } from './entries.js';
import type { Entry } from './entry.js';
import type { RecordStorage } from '../storage/record.storage.js';
import { ResultReader, type Looking } from './result-reader.js';
import type { RecordedResult } from '../storage/recorded-result.js';
import type { SharedEvidence, WrittenExperiment } from './shared-evidence.js';
import type { Retention } from './retention.js';
import { periodStart } from '../tallies/period-tier.js';
import { Allowance } from './allowance.js';
import { TimeBudget } from './time-budget.js';
import type { Place, WriterLease } from './writer-lease.js';
import type { SkipReason } from '../../experiment/skip-reason.js';
import { isSameEpoch } from '../epoch.js';

/** Longest wait, in ms, before the next attempt while writing keeps failing, unless the flush interval itself is longer. */
const LONGEST_WAIT = 30_000;

/** Budget for examining differing fields, in ms per second. */
const EXAMINING = 20;

/** Largest number of results that wait to be written, over all experiments. It bounds memory while nothing can be written. */
const WAITING = 500;

/** Largest number of runs, over all experiments, that wait until their epoch was found in the storage, which has the salt of their hashes. */
const EARLY = 16_384;

/** Number of attempts to store an experiment's results before they are dropped. */
const ATTEMPTS = 5;

/** Number of experiments whose rows are built per turn of the event loop. */
const AT_ONCE = 10;

/** Settings of a recorder. */
export interface RecorderSettings {
  /** Longest time until counts are written, in ms. */
  readonly flushInterval: number;
  /** Number of results kept per experiment. */
  readonly samplesKept: number;
  /** Number of results taken per experiment, outcome and minute. */
  readonly samplesPerMinute: number;
  /** Largest value that is kept whole, in bytes of JSON. */
  readonly maxValueBytes: number;
  /** Release of the application; empty if it is unknown. */
  readonly release: string;
}

/** Services that a recorder needs from its application. */
export interface RecorderSurroundings extends Omit<EpochFacts, 'release'> {
  /** Async context of the library's own work, independent of the call that triggered it. */
  readonly own: OwnContext;
  readonly storage: RecordStorage;
  readonly statements: Statements;
  readonly place: WriterLease;
  readonly tidier: Retention;
  /** Counts of other processes, for guardrails. */
  readonly evidence: SharedEvidence;
  readonly health: StorageHealth;
  /** Reports an internal error of this library. */
  failed(error: unknown, experiment: string): void;
}

/**
 * Counts the results of runs in memory and writes the counts at intervals. Without runs it stays idle. Counts that can't be
 * written are kept, and written later.
 */
export class Recorder implements RunRecorder {
  private readonly entries: Entries;
  private readonly budget = new TimeBudget(EXAMINING);
  private readonly early = new Allowance(EARLY);
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private tidying: Promise<void> = Promise.resolve();
  private failures = 0;
  private isStopped = false;

  constructor(
    private readonly surroundings: RecorderSurroundings,
    private readonly settings: RecorderSettings,
  ) {
    const facts: EpochFacts = {
      release: settings.release,
      find: (name) => surroundings.find(name),
      fingerprint: (name) => surroundings.fingerprint(name),
    };
    this.entries = new Entries(facts, (book) => new ResultReader(book, settings, { budget: this.budget, early: this.early }));
  }

  /** Numbers of the epochs that this process's code is in now, as far as it has written results. */
  get epochs(): readonly number[] {
    return this.entries.latest().flatMap(({ of }) => of?.epoch ?? []);
  }

  draws(experiment: string): RunPurpose {
    let purpose: RunPurpose = 'nothing';
    this.guarded(experiment, undefined, ({ reader }) => (purpose = reader.draws()));
    return purpose;
  }

  *ran(
    result: ExperimentResult,
    options: ResolvedOptions,
    isEvidence: boolean,
    ignoredPaths: readonly string[],
  ): Steps<Excuses | undefined> {
    const { experiment } = result;
    let excuses: Map<string, Finding> | undefined;
    this.guarded(experiment, ignoredPaths, ({ reader }) => reader.count(result));
    for (const candidate of result.candidates) {
      const looking: Looking = { options, ignored: ignoredPaths, isEvidence, now: Date.now() };
      const looked = yield* this.inSteps(experiment, ignoredPaths, ({ reader }) => reader.look(result, candidate, looking));
      if (looked === undefined) continue;
      // Between the steps, another entry may have taken the place of the one that was looked at.
      this.guarded(experiment, ignoredPaths, ({ reader, samples }) => {
        const { sample } = looked;
        if (sample !== undefined && this.mayWait(samples)) samples.push(sample);
        const likeness = reader.note(candidate, looked, options);
        if (likeness !== 'differs') (excuses ??= new Map()).set(candidate.name, likeness);
      });
    }
    return excuses;
  }

  proved(experiment: string, run: OrderedRun, ignoredPaths: readonly string[]): void {
    this.guarded(experiment, ignoredPaths, ({ reader }) => reader.proved(run));
  }

  unproved(experiment: string, candidates: readonly string[], why: UncountedReason, ignoredPaths: readonly string[]): void {
    this.guarded(experiment, ignoredPaths, ({ reader }) => reader.unproved(candidates, why));
  }

  matched(experiment: string, run: MatchedRun, ignoredPaths: readonly string[]): boolean {
    let isCounted = true;
    this.guarded(experiment, ignoredPaths, ({ reader }) => (isCounted = reader.countMatched(run, Date.now())));
    return isCounted;
  }

  skipped(experiment: string, reason: SkipReason, count = 1): void {
    this.guarded(experiment, undefined, ({ reader }) => reader.skipped(reason, count));
  }

  refused(experiment: string, effects: Iterable<string>): void {
    this.guarded(experiment, undefined, ({ reader }) => reader.refused(effects));
  }

  *repeated(run: RepeatedRun, options: ResolvedOptions, ignoredPaths: readonly string[]): Steps<void> {
    const { experiment } = run.result;
    this.guarded(experiment, ignoredPaths, ({ reader }) => reader.observedAgain(run));
    const looked = yield* this.inSteps(experiment, ignoredPaths, ({ reader }) => reader.lookAgain(run, options, ignoredPaths));
    if (looked !== undefined) this.guarded(experiment, ignoredPaths, ({ reader }) => reader.repeated(run, looked, options));
  }

  /** Writes everything that is left. Afterwards it no longer writes by itself. */
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
      // Other processes take the writer over when this one has been silent for a while.
    }
  }

  /** Writes the counts, after any write that is under way. */
  flush(): Promise<void> {
    this.writing = this.surroundings.own.run(() => this.writing.then(() => this.write()));
    return this.writing;
  }

  /** Discards counts of an experiment that are not written yet. */
  forget(name: string): void {
    this.entries.forget(name);
  }

  /** Runs an action on an experiment's entry and reports its errors, so that none reaches the caller. */
  private guarded(experiment: string, ignoredPaths: readonly string[] | undefined, act: (entry: Entry) => void): void {
    try {
      const entry = this.entries.of(experiment, ignoredPaths);
      if (entry === undefined) return;
      this.arm();
      act(entry);
    } catch (error) {
      this.surroundings.failed(error, experiment);
    }
  }

  /** Begins work on an experiment's entry, and does it in steps. Reports its errors. Undefined if there were some, or no entry. */
  private *inSteps<Made>(
    experiment: string,
    ignoredPaths: readonly string[],
    begin: (entry: Entry) => Steps<Made>,
  ): Steps<Made | undefined> {
    let steps: Steps<Made> | undefined;
    this.guarded(experiment, ignoredPaths, (entry) => (steps = begin(entry)));
    if (steps === undefined) return undefined;
    try {
      return yield* steps;
    } catch (error) {
      this.surroundings.failed(error, experiment);
      return undefined;
    }
  }

  private async write(): Promise<void> {
    const { health } = this.surroundings;
    const now = Date.now();
    const entries = this.entries.all();
    for (const { book } of entries) book.rest(now);
    const due = entries.filter(({ isDue }) => isDue);
    if (due.length === 0) return;
    try {
      const place = await this.surroundings.place.hold();
      for (const [index, part] of splitIntoChunks(due, AT_ONCE).entries()) {
        if (index > 0) await setImmediate();
        await this.writeTallies(part, place, now);
        await this.keepSamples(part);
      }
      this.entries.settle();
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

  /**
   * Passes the counts of other processes to the guardrails. If that fails, the guardrails judge by what this process has seen.
   */
  private async look(written: readonly Entry[], { writer }: Place, now: number): Promise<void> {
    const { evidence, health } = this.surroundings;
    const latest = new Set(this.entries.latest());
    const current = written.filter((entry) => latest.has(entry)).flatMap(readWritten);
    try {
      await evidence.look(current, writer, now);
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
    await this.enter(due, now);
    await this.load(due, place, now);
    for (const { book } of due) book.settle(now);
    try {
      await this.writeBooks(due);
    } catch (error) {
      if (due.length === 1 || !this.surroundings.statements.areOver) throw error;
      await this.writeEach(due, error);
    }
  }

  /** Writes experiments one by one, so that one that can't be written doesn't block the others. */
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

  /** Finds the numbers of epochs in the storage, and adds those that are new. */
  private async enter(due: readonly Entry[], now: number): Promise<void> {
    const entering = due.filter((entry) => entry.mustEnter(now));
    if (entering.length === 0) return;
    const { statements, storage } = this.surroundings;
    const epochs = entering.map(({ proposal }) => proposal);
    const rows = await statements.run(() => storage.epochs.enter(epochs, new Date(now)));
    for (const entry of entering) {
      const row = rows.find((one) => isSameEpoch(one, entry.key));
      if (row === undefined) throw new Error(`The storage has not added an epoch of experiment "${entry.name}".`);
      entry.enter(row, now);
    }
  }

  /** Loads into tally buffers what their writer has written before, where they don't know it. */
  private async load(due: readonly Entry[], place: Place, now: number): Promise<void> {
    for (const { book, of } of due) if (of !== undefined) book.writeAt(place, of);
    const unknown = due.filter(({ book }) => book.needsLoading);
    if (unknown.length === 0) return;
    const { statements, storage } = this.surroundings;
    const epochs = unknown.flatMap(({ of }) => of ?? []);
    const rows = await statements.run(() => storage.tallies.ofWriter(place.writer, epochs, periodStart('minute', now)));
    for (const { book } of unknown) book.load(rows);
  }

  /**
   * Stores the results of each experiment, even if storing those of others fails. Results that repeatedly can't be stored are
   * dropped.
   */
  private async keepSamples(due: readonly Entry[]): Promise<void> {
    const { statements, storage } = this.surroundings;
    let failure: { error: unknown } | undefined;
    for (const entry of due) {
      const { of } = entry;
      if (of === undefined) continue;
      try {
        for (const part of splitIntoChunks(entry.samples)) {
          const rows = part.map((sample) => ({ ...sample, ...of }));
          await statements.run(() => storage.results.keep(rows, this.settings.samplesKept));
          // The written ones are the first of the list; others may have been added meanwhile.
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

  private mayWait(samples: readonly RecordedResult[]): boolean {
    if (samples.length >= this.settings.samplesKept) return false;
    let waiting = 0;
    for (const entry of this.entries.all()) waiting += entry.samples.length;
    return waiting < WAITING;
  }

  /** Schedules the next write, unless one is scheduled. */
  private arm(): void {
    if (this.timer !== undefined || this.isStopped) return;
    const { flushInterval } = this.settings;
    const often = Math.min(flushInterval * 2 ** this.failures, Math.max(flushInterval, LONGEST_WAIT));
    // Jitter: processes that were started together don't write together. The wait is shorter than the interval, because the
    // write must be complete within it.
    const wait = often * (0.8 + Math.random() * 0.15);
    this.timer = this.surroundings.own.run(() => setTimeout(() => this.due(), wait));
    this.timer.unref();
  }

  private due(): void {
    this.timer = undefined;
    void this.flush();
  }
}

function readWritten({ name, of }: Entry): WrittenExperiment[] {
  return of === undefined ? [] : [{ name, of }];
}
