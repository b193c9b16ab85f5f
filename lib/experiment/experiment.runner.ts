import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Activity } from './activity.js';
import type { Clock } from './clock.js';
import type { Copier } from './copier.js';
import type { CurrentCandidate } from './current.js';
import type { ExperimentDefinition } from './definition.js';
import { StudiesError } from './errors.js';
import { ExperimentRun, type Control } from './experiment.run.js';
import { attempt, FAILED, type Report } from './guards.js';
import type { Operation } from './options.js';
import type { ExperimentResult } from './result.js';
import { scopeOf, startOf, type Scope } from './scope.js';
import { BUCKETS, bucketOf, bucketsOf } from './sampling.js';
import { Slots } from './slots.js';

/** What runs need of the application. */
export interface Surroundings {
  readonly clock: Clock;
  readonly copier: Copier;
  readonly activity: Activity;
  readonly current: AsyncLocalStorage<CurrentCandidate>;
  /** Takes the failure of a user-supplied function. Must not throw. */
  report(operation: Operation, error: unknown, experiment: string): void;
  /** Takes the result of a run. Must not throw. */
  publish(result: ExperimentResult): void;
}

/** What an operator has set: whether, when and for whom an experiment is on. */
export interface Gate {
  readonly percentEnabled: number;
  /** ms since the epoch: off before it. */
  readonly startsAt: number | null;
  /** ms since the epoch: off from it on. */
  readonly endsAt: number | null;
  /** Always in, while the experiment is on. */
  readonly subjects: readonly string[];
}

/** Why a drawn call ran the control alone. */
export type SkipReason = 'runIf' | 'subject' | 'maxConcurrent' | 'notComparable' | 'unsubscribed' | 'stopping';

/** The threshold of an experiment that has no gate: its next call says that it is in use. */
const UNKNOWN = -1;

/** Decides for each call of one experiment whether it runs, and runs it. One for each name in an application. */
export class ExperimentRunner {
  /** Whether a row is to be made for it: it is new, or was called after its row was deleted. */
  isWanted = true;

  /** The decorated method whose experiment it is, for messages; undefined for one that code runs by name. */
  declaredBy: string | undefined;

  /** Its candidates in flight. */
  readonly slots = new Slots();

  /** How many runs were started, and how many drawn calls were not, by reason. */
  readonly counts = { runs: 0, skipped: new Map<SkipReason, number>() };

  /** How many of the buckets are in. */
  private threshold = UNKNOWN;
  private gate: Gate | undefined;
  private subjects = new Set<string>();
  private isPeriodic = false;
  private hasReportedNotComparable = false;
  private unwritten: { first: number; last: number } | undefined;

  /**
   * @param name the experiment's
   * @param percentEnabled what it starts with if it is new
   */
  constructor(
    readonly name: string,
    public percentEnabled: number,
    readonly surroundings: Surroundings,
  ) {}

  /** Obeys what an operator has set; `undefined`: nothing is known, the experiment is off. */
  obey(gate: Gate | undefined): void {
    this.gate = gate;
    this.isWanted = false;
    this.threshold = gate === undefined ? UNKNOWN : bucketsOf(gate.percentEnabled);
    this.subjects = new Set(gate?.subjects);
    this.isPeriodic = gate !== undefined && (gate.startsAt !== null || gate.endsAt !== null);
  }

  /** Whether no call runs it. To be asked before `call`: for an experiment that is off, it is all that a call costs. */
  isOff(): boolean {
    if (this.threshold > 0) return false;
    if (this.threshold === UNKNOWN) this.isWanted = true;
    return true;
  }

  /** Calls the control, and runs the experiment around it if this call is drawn. Gives what the control gives. */
  call(definition: ExperimentDefinition, control: Control, self: unknown, args: unknown[]): unknown {
    if (definition.candidates.length === 0) return control.apply(self, args);
    const run = this.prepared(definition, self, args);
    return run === undefined ? control.apply(self, args) : run.start(control);
  }

  /** Why no candidate of this experiment may start now, if so. */
  reasonToSkip({ options }: ExperimentDefinition): SkipReason | undefined {
    if (this.surroundings.activity.isStopped) return 'stopping';
    return this.slots.isFull(options.maxConcurrent) ? 'maxConcurrent' : undefined;
  }

  skip(reason: SkipReason): void {
    this.counts.skipped.set(reason, (this.counts.skipped.get(reason) ?? 0) + 1);
  }

  /** Notes a run that has a result. */
  ran(startedAt: Date): void {
    this.counts.runs += 1;
    this.ranBetween(startedAt.getTime(), startedAt.getTime());
  }

  /** Notes when it ran, in ms since the epoch, to be written later. */
  ranBetween(first: number, last: number): void {
    const { unwritten } = this;
    this.unwritten = {
      first: Math.min(unwritten?.first ?? first, first),
      last: Math.max(unwritten?.last ?? last, last),
    };
  }

  /** When it first and last ran since this was asked before, in ms since the epoch. */
  takeTimes(): { first: number; last: number } | undefined {
    const { unwritten } = this;
    this.unwritten = undefined;
    return unwritten;
  }

  /** Says, once, that what the control gives can't be compared. */
  reportNotComparable(): void {
    if (this.hasReportedNotComparable) return;
    this.hasReportedNotComparable = true;
    this.report(
      'compare',
      new StudiesError(
        'NOT_COMPARABLE',
        `The control of experiment "${this.name}" gives a stream, which can be read only once, or a subject. Such calls are not ` +
          'compared, and run the control alone. Say with "compare" or "clean" what is to be compared. (This is said once.)',
        { experiment: this.name },
      ),
    );
  }

  readonly report: Report = (operation, error) => {
    this.surroundings.report(operation, error, this.name);
  };

  /** The run of a call that is drawn, if nothing speaks against it. Never throws. */
  private prepared(definition: ExperimentDefinition, self: unknown, args: unknown[]): ExperimentRun | undefined {
    try {
      if (!this.draws(definition, self, args) || this.isNested()) return undefined;
      const scope = this.admitted(definition, self, args);
      return scope && new ExperimentRun(this, scope);
    } catch (error) {
      this.report('run', error);
      return undefined;
    }
  }

  /** What a drawn call is run with, or undefined if something speaks against running it. */
  private admitted(definition: ExperimentDefinition, self: unknown, args: unknown[]): Scope | undefined {
    const full = this.reasonToSkip(definition);
    if (full !== undefined) {
      this.skip(full);
      return undefined;
    }
    const scope = scopeOf(definition, self, args, this.report);
    const { runIf } = definition.options;
    const wanted = runIf === undefined || attempt('runIf', this.report, () => runIf.call(self, startOf(scope)));
    if (wanted !== FAILED && wanted) return scope;
    this.skip('runIf');
    return undefined;
  }

  private draws(definition: ExperimentDefinition, self: unknown, args: unknown[]): boolean {
    if (this.isPeriodic && !this.isWithinPeriod()) return false;
    if (this.threshold >= BUCKETS) return true;
    if (definition.options.subject === undefined) return Math.random() * BUCKETS < this.threshold;
    return this.drawsSubject(definition.options.subject, self, args);
  }

  private drawsSubject(ask: (...args: unknown[]) => string | undefined, self: unknown, args: unknown[]): boolean {
    const subject = attempt('subject', this.report, () => ask.apply(self, args));
    if (subject === FAILED) {
      this.skip('subject');
      return false;
    }
    if (subject === undefined) return Math.random() * BUCKETS < this.threshold;
    return this.subjects.has(subject) || bucketOf(this.name, subject) < this.threshold;
  }

  private isWithinPeriod(): boolean {
    const now = Date.now();
    const { startsAt = null, endsAt = null } = this.gate ?? {};
    return (startsAt === null || now >= startsAt) && (endsAt === null || now < endsAt);
  }

  /** A candidate that calls its own control, as a fallback does, must not start itself again. */
  private isNested(): boolean {
    return this.surroundings.current.getStore()?.experiment === this.name;
  }
}
