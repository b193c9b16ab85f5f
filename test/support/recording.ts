import { finish } from '../../lib/base/steps.js';
import { compactRow } from '../../lib/sync/known-experiment.js';
import { OwnContext } from '../../lib/base/own-context.js';
import { resolveOptions, type ResolvedOptions } from '../../lib/experiment/definition.js';
import { makeObservation, type CandidateObservation, type Execution, type Outcome } from '../../lib/experiment/observation.js';
import { ExperimentResult } from '../../lib/experiment/result.js';
import { MemoryRecordStorage } from '../../lib/recording/storage/memory/memory-record.storage.js';
import { RecordStorage } from '../../lib/recording/storage/record.storage.js';
import { Recorder, type RecorderSettings } from '../../lib/recording/writing/recorder.js';
import { SharedEvidence } from '../../lib/recording/writing/shared-evidence.js';
import type { TallyRow } from '../../lib/recording/tallies/tally-row.js';
import type { TallyTier } from '../../lib/recording/tallies/period-tier.js';
import { Retention } from '../../lib/recording/writing/retention.js';
import { WriterLease } from '../../lib/recording/writing/writer-lease.js';
import { NEW_EXPERIMENT, type ExperimentRow } from '../../lib/storage/experiment-row.js';
import { Statements } from '../../lib/database/statements.js';
import { StorageHealth } from '../../lib/database/storage-health.js';

/** A stored experiment. */
export function experimentRow(changes: Partial<ExperimentRow> = {}): ExperimentRow {
  const at = new Date(0);
  const times = { createdAt: at, updatedAt: at, firstRunAt: null, lastRunAt: null, seenAt: null };
  return { ...NEW_EXPERIMENT, ...times, id: 1, name: 'search', percentEnabled: 100, startsAt: null, endsAt: null, ...changes };
}

/** What a run is to look like. */
export interface Run {
  readonly control?: Partial<Execution>;
  /** What each candidate did, by its name. */
  readonly candidates?: Readonly<Record<string, Partial<Execution> & { outcome: Outcome; drifted?: true }>>;
  readonly context?: object;
  readonly clean?: (value: unknown) => unknown;
  readonly startedAt?: number;
}

function did(
  name: string,
  done: Partial<Execution> & { outcome?: Outcome },
  context: object,
  clean: (value: unknown) => unknown,
) {
  const execution = { kind: 'returned', value: 1, duration: 1, ...done } as Execution; // with what a kind needs
  return makeObservation({ name, context: { ...context }, outcome: done.outcome, redaction: undefined }, execution, clean);
}

/** What was observed of a candidate. */
export function observed(
  name: string,
  done: Partial<Execution> & { outcome: Outcome },
  context: object = {},
  clean: (value: unknown) => unknown = (value) => value,
): CandidateObservation {
  return did(name, done, context, clean) as CandidateObservation; // it has an outcome
}

/** The result of a run: by default of the candidate "v2", which did the same as the control. */
export function resultOf({
  control = {},
  candidates = { v2: { outcome: 'matched' } },
  clean = (value) => value,
  ...run
}: Run = {}): ExperimentResult {
  const context = { ...run.context };
  return new ExperimentResult({
    experiment: 'search',
    context,
    control: did('control', control, context, clean),
    candidates: Object.entries(candidates).map(([name, done]) => observed(name, done, context, clean)),
    order: ['control', ...Object.keys(candidates)],
    startedAt: run.startedAt ?? Date.now(),
  });
}

/** What a storage is asked to do. */
export type Operation =
  | 'claim'
  | 'beat'
  | 'enter'
  | 'seen'
  | 'owned'
  | 'release'
  | 'write'
  | 'ofWriter'
  | 'keep'
  | 'seriesBefore'
  | 'periods'
  | 'forget';

/** What becomes of an operation: it fails and nothing is done, it is done and fails, or it is done whenever it is let. */
export type Fault = 'before' | 'after' | 'late';

/** A storage that can be away in many ways. What it is given and what it gives are copies, as with a database. */
export class FaultyStorage extends RecordStorage {
  readonly tallies;
  readonly results;
  readonly epochs;
  readonly writers;
  /** All operations so far. */
  readonly operations: Operation[] = [];
  private readonly held: (() => void)[] = [];

  /** @param fault asked before each operation, with what it gets */
  constructor(
    readonly inner: RecordStorage,
    public fault: (operation: Operation, args: readonly unknown[]) => Fault | undefined = () => undefined,
  ) {
    super();
    this.tallies = this.through(inner.tallies);
    this.results = this.through(inner.results);
    this.epochs = this.through(inner.epochs);
    this.writers = this.through(inner.writers);
  }

  /** Lets what is late be done. */
  async land(): Promise<void> {
    for (const act of this.held.splice(0)) act();
    await new Promise(setImmediate);
  }

  private through<Part extends object>(part: Part): Part {
    return new Proxy(part, {
      get: (target, name: string) => {
        const method = Reflect.get(target, name) as (...args: unknown[]) => unknown; // parts have nothing but methods
        return async (...args: unknown[]) =>
          this.done(name as Operation, args, () => method.apply(target, structuredClone(args))); // of a storage
      },
    });
  }

  private async done(operation: Operation, args: readonly unknown[], act: () => unknown): Promise<unknown> {
    this.operations.push(operation);
    const fault = this.fault(operation, args);
    if (fault === 'before') throw new Error(`away before ${operation}`);
    if (fault === 'late') await new Promise<void>((resolve) => this.held.push(resolve));
    const done: unknown = structuredClone(await act());
    if (fault === 'after') throw new Error(`away after ${operation}`);
    return done;
  }
}

/** What a process that records is made of. */
export interface RecordingOptions {
  /** The storage that it shares with others. */
  readonly storage?: MemoryRecordStorage;
  readonly settings?: Partial<RecorderSettings>;
  /** The monotonic clock of its tidier, in ms; it never tidies up without. */
  readonly clock?: () => number;
  readonly find?: (name: string) => ExperimentRow | undefined;
  /** The fingerprint of its code. */
  readonly fingerprint?: () => string;
}

/** A process that records. */
export class RecordingProcess {
  /** What is really stored. */
  readonly inner: MemoryRecordStorage;
  /** The storage as it sees it. */
  readonly storage: FaultyStorage;
  readonly recorder: Recorder;
  readonly tidier: Retention;
  readonly place: WriterLease;
  /** What was told of the storage. */
  readonly told: string[] = [];
  /** What went wrong within. */
  readonly failures: unknown[] = [];

  constructor({ storage = new MemoryRecordStorage(), settings = {}, clock = () => 0, find, fingerprint }: RecordingOptions = {}) {
    this.inner = storage;
    this.storage = new FaultyStorage(storage);
    const statements = new Statements();
    this.tidier = new Retention(this.storage, statements, clock);
    this.place = new WriterLease(this.storage.writers, statements);
    const known = (name: string) => (find === undefined ? experimentRow() : find(name));
    this.recorder = new Recorder(
      {
        own: new OwnContext(),
        storage: this.storage,
        statements,
        place: this.place,
        tidier: this.tidier,
        evidence: new SharedEvidence({ tallies: this.storage.tallies, statements, asking: () => undefined }, 2_000),
        health: new StorageHealth(
          (error) => this.told.push(String(error)),
          () => this.told.push('recovered'),
        ),
        find: (name) => {
          const row = known(name);
          return row && compactRow(row);
        },
        fingerprint: fingerprint ?? (() => 'code'),
        failed: (error) => this.failures.push(error),
      },
      { flushInterval: 1_000, samplesKept: 1_000, samplesPerMinute: 10, maxValueBytes: 16_384, release: '1', ...settings },
    );
  }

  run(run?: Run, options: ResolvedOptions = resolveOptions(), ignoredPaths: readonly string[] = []): void {
    finish(this.recorder.ran(resultOf(run), options, true, ignoredPaths));
  }
}

/** Outcomes that a model of recording counts. */
export const OUTCOMES = ['matched', 'mismatched', 'timedOut'] as const;

/** What can happen to a call that is drawn. */
export const KINDS = [...OUTCOMES, 'skipped'] as const;
export type Kind = (typeof KINDS)[number];

/** Lets a call of experiment "search" end in one of these ways. */
export function happen(process: RecordingProcess, kind: Kind): void {
  if (kind === 'skipped') process.recorder.skipped('search', 'runIf');
  else process.run({ candidates: { v2: { outcome: kind, value: kind } } });
}

/** Finds the rows of one tier of a candidate of the first experiment. */
export function rowsOf(storage: MemoryRecordStorage, tier: TallyTier, candidate = 'v2'): readonly TallyRow[] {
  return storage.tallies.periods({ experimentId: 1, epoch: 1, tier, candidate }, 0, Infinity);
}

/** Adds up the runs that are counted in rows. */
export function runsIn(rows: readonly TallyRow[]): number {
  return rows.reduce((sum, { content }) => sum + content.runs, 0);
}
