import type { CandidateContext } from '../run-context.js';
import { ExperimentCode } from '../code-fingerprint.js';
import type { ExperimentDeclaration } from '../declaration.js';
import type { ExperimentDefinition, ResolvedOptions } from '../definition.js';
import { ExperimentRun } from './experiment-run.js';
import type { Control } from './run-behaviours.js';
import { ExperimentState } from './experiment-state.js';
import type { RunEnvironment } from './run-environment.js';
import type { GuardrailWatches } from '../guardrails/guardrail-watches.js';
import type { Guardrails } from '../guardrails.js';
import type { RunContext } from '../run-context.js';
import { attempt, FAILED } from '../../base/user-function.js';
import type { Draw } from '../draw.js';
import { StudiesError } from '../../base/errors.js';
import { Sampler, type Gate } from '../admission/sampler.js';
import { describeCall, describeStart, type SampledCall } from '../sampled-call.js';
import { takeSnapshot } from './snapshot.js';
import type { SkipReason } from '../skip-reason.js';

/** Number of first calls without a subject after which that is reported. */
const NEVER_ANY = 100;

/** Settings of an experiment that operators change. */
export interface OperatorSettings extends Gate {
  /** Number of changes that operators have made. */
  readonly version: number;
  /** Time of the last change, in ms since the epoch. */
  readonly updatedAt: number;
  readonly guardrails: Partial<Guardrails>;
  /** Fields that are excluded from the comparison. */
  readonly ignorePaths: readonly string[];
}

/** Runner of one experiment's drawn calls. There is one for each name in an application. */
export class ExperimentRunner {
  readonly sampler: Sampler;

  private made: ExperimentState | undefined;
  private settings: OperatorSettings | undefined;
  /** Code of the first drawn call. */
  private code: ExperimentCode | undefined;
  /** Version of the settings under which a guardrail stopped the experiment, if one did. */
  private halted: number | undefined;

  /** Number of calls whose `subject` was nothing, until one is something, or that is reported. */
  private withoutSubject: number | undefined = 0;

  /** Options of the latest drawn call; undefined before that. */
  latestOptions: ResolvedOptions | undefined;

  /** Decorated method that declares the experiment; undefined for one that code runs by name. */
  declaredBy: ExperimentDeclaration | undefined;

  /**
   * @param name name of the experiment
   * @param percentEnabled percentage, given by its code, that it starts with if it is new
   */
  constructor(
    readonly name: string,
    public percentEnabled: number | undefined,
    private readonly environment: RunEnvironment,
  ) {
    this.sampler = new Sampler(name);
  }

  /** State of the runs. It is made on demand, because an application can have thousands of experiments that are off. */
  get state(): ExperimentState {
    if (this.made === undefined) {
      this.made = new ExperimentState(this.name, this.environment, (reason) => this.halt(reason));
      this.configure(this.made);
    }
    return this.made;
  }

  /** Applies an operator's settings. Undefined means that nothing is known, and turns the experiment off. */
  obey(settings: OperatorSettings | undefined): void {
    const isHalted = this.halted !== undefined && settings?.version === this.halted;
    if (!isHalted) this.halted = undefined;
    // An experiment that was stopped here stays off until somebody changes it, even if the halt can't be stored yet.
    this.sampler.obey(isHalted ? { ...settings, percentEnabled: 0 } : settings);
    if (settings?.version !== this.settings?.version) this.made?.forgetRuns();
    this.settings = settings;
    if (this.made !== undefined) this.configure(this.made);
  }

  /** Returns the times of the first and last run since the previous call, in ms since the epoch. */
  takeTimes(): { first: number; last: number } | undefined {
    return this.made?.times.take();
  }

  /** Names of the candidates that sampled calls had. */
  get sampledCandidates(): Iterable<string> {
    return this.made?.candidates ?? [];
  }

  /** Counts the failure of work that a candidate has left behind. Counts once per run. */
  failedLate(current: CandidateContext): void {
    this.state.failedLate(current);
  }

  /** Fingerprint of its code, as it was at the first drawn call; empty before that. */
  get fingerprint(): string {
    return this.code?.fingerprint ?? '';
  }

  /** Returns the watches over its candidates if the latest runs make other processes' counts worth knowing. */
  askingForOthers(): GuardrailWatches | undefined {
    return this.made?.askingForOthers();
  }

  private configure(state: ExperimentState): void {
    state.ignore(this.settings?.ignorePaths ?? []);
    state.guard(this.settings?.guardrails ?? {}, this.settings?.updatedAt ?? 0);
  }

  private halt(reason: string): void {
    const { settings } = this;
    if (settings === undefined || this.halted !== undefined || this.sampler.isOff()) return;
    this.halted = settings.version;
    this.sampler.obey({ ...settings, percentEnabled: 0 });
    this.environment.halt(this.name, reason, settings.version);
  }

  /** Tells whether no call is in. To be called first: for an experiment that is off, it is all that a call costs. */
  isOff(): boolean {
    return this.sampler.isOff();
  }

  /**
   * Decides whether a call runs the experiment. The caller then calls the control as `callControl` does. Never throws.
   *
   * @param isDrawn whether the call is drawn already; one with a subject is not
   */
  prepare(
    definition: ExperimentDefinition,
    control: Control,
    self: unknown,
    args: unknown[],
    isDrawn = false,
  ): ExperimentRun | undefined {
    if (definition.candidates.length === 0) return undefined;
    try {
      this.code ??= new ExperimentCode(definition, control);
      const around = this.environment.current.getStore();
      // A call from within a candidate, or from a run of this experiment, however indirect, runs its control alone.
      if (around?.isWithin(this.name)) return undefined;
      const draw = isDrawn ? this.sampler.anonymous : this.draw(definition, self, args);
      if (draw === undefined) return undefined;
      return this.makeRun(definition, control, { self, args }, draw, around);
    } catch (error) {
      this.state.report('run', error);
      return undefined;
    }
  }

  private makeRun(
    definition: ExperimentDefinition,
    control: Control,
    call: Pick<SampledCall, 'self' | 'args'>,
    draw: Draw,
    around: RunContext | undefined,
  ): ExperimentRun | undefined {
    const { state } = this;
    for (const { name } of definition.candidates) state.candidates.add(name);
    this.latestOptions = definition.options;
    if (state.isOverrun) {
      state.overrun(definition.options);
      return undefined;
    }
    const scope = this.admitCall(definition, call, draw);
    if (scope === undefined) return undefined;
    const snapshot = takeSnapshot(scope, state, control);
    if (typeof snapshot === 'string') return this.skipCall(snapshot, definition);
    // Checked only now, because searching arguments that are too large to be copied would take long. Ordinary data holds none.
    const mayHoldOne = definition.options.inTransaction === 'skip' && !snapshot.isPlain;
    if (mayHoldOne && state.environment.isolation.isTransactionWithin(call.args))
      return this.skipCall('callersTransaction', definition);
    const run = new ExperimentRun(state, scope, control, snapshot, around);
    run.begin();
    state.environment.turn.spend(snapshot.budget.spent);
    return run;
  }

  private draw({ options }: ExperimentDefinition, self: unknown, args: unknown[]): Draw | undefined {
    const { subject } = options;
    if (subject === undefined) return this.sampler.draw(undefined, this.state.host);
    return this.sampler.draw(
      () => this.noteSubject(subject.apply(self, args)),
      this.state.host,
      () => this.state.skip('subject', options),
    );
  }

  /** Reports a `subject` that returns nothing, whatever the call, as one does that forgets to. */
  private noteSubject<Given>(subject: Given): Given {
    if (this.withoutSubject === undefined) return subject;
    this.withoutSubject = subject === undefined || subject === null ? this.withoutSubject + 1 : undefined;
    if (this.withoutSubject !== NEVER_ANY) return subject;
    this.withoutSubject = undefined;
    const fact = `Experiment "${this.name}": "subject" has returned nothing for the first ${NEVER_ANY} calls`;
    const remedy =
      'Each was drawn on its own, as without it. Return the id of whom a call is for, and undefined only where there is nobody.';
    this.state.report('subject', new StudiesError('INVALID_OPTIONS', `${fact}. ${remedy}`, { experiment: this.name }));
    return subject;
  }

  /** Describes a drawn call; undefined if something speaks against running it. */
  private admitCall(
    definition: ExperimentDefinition,
    call: Pick<SampledCall, 'self' | 'args'>,
    draw: Draw,
  ): SampledCall | undefined {
    const { state } = this;
    const { self, args } = call;
    const { runIf, maxConcurrent, inTransaction } = definition.options;
    const reason = state.reasonToSkip(maxConcurrent);
    if (reason !== undefined) return this.skipCall(reason, definition);
    if (inTransaction === 'skip' && state.environment.isolation.isInTransaction(args)) {
      return this.skipCall('callersTransaction', definition);
    }
    const scope = describeCall(definition, call, draw, state.host);
    const wanted = runIf === undefined || attempt('runIf', state.host, () => runIf.call(self, describeStart(scope)));
    return wanted !== FAILED && wanted ? scope : this.skipCall('runIf', definition);
  }

  private skipCall(reason: SkipReason, { options }: ExperimentDefinition): undefined {
    this.state.skip(reason, options);
    this.state.explain(reason);
  }
}
