import type { CandidateContext } from '../current.js';
import type { ExperimentDeclaration } from '../declaration.js';
import type { ExperimentDefinition } from '../definition.js';
import { ExperimentRun, type Control } from './experiment-run.js';
import { ExperimentState, type RunEnvironment } from './experiment-state.js';
import type { GuardrailWatches } from '../admission/guardrail-watches.js';
import type { Guardrails } from '../guardrails.js';
import type { RunContext } from '../current.js';
import { attempt, FAILED } from '../../base/user-function.js';
import { Sampler, type Gate } from '../admission/sampler.js';
import { describeCall, describeStart, type SampledCall } from '../sampled-call.js';
import { takeSnapshot } from './snapshot.js';
import type { SkipReason } from '../skip-reason.js';

/** What an operator has set for an experiment. */
export interface OperatorSettings extends Gate {
  /** Counts the changes that operators make. */
  readonly version: number;
  /** When the last of them was made, in ms since the epoch. */
  readonly updatedAt: number;
  readonly guardrails: Partial<Guardrails>;
  /** Fields that are left out of the comparison. */
  readonly ignorePaths: readonly string[];
}

/** Runs the calls of one experiment that are drawn. One for each name in an application. */
export class ExperimentRunner {
  readonly sampler: Sampler;

  private made: ExperimentState | undefined;
  private settings: OperatorSettings | undefined;
  /** The version of the settings under which a guardrail has stopped it, if one has. */
  private halted: number | undefined;

  /** The decorated method whose experiment it is; undefined for one that code runs by name. */
  declaredBy: ExperimentDeclaration | undefined;

  /**
   * @param name the experiment's
   * @param percentEnabled what its code says that it starts with if it is new
   */
  constructor(
    readonly name: string,
    public percentEnabled: number | undefined,
    private readonly surroundings: RunEnvironment,
  ) {
    this.sampler = new Sampler(name);
  }

  /** Made when it is needed: most of thousands of experiments are off. */
  get state(): ExperimentState {
    if (this.made === undefined) {
      this.made = new ExperimentState(this.name, this.surroundings, (reason) => this.halt(reason));
      this.configure(this.made);
    }
    return this.made;
  }

  /** Obeys what an operator has set; `undefined`: nothing is known, the experiment is off. */
  obey(settings: OperatorSettings | undefined): void {
    const isHalted = this.halted !== undefined && settings?.version === this.halted;
    if (!isHalted) this.halted = undefined;
    // What has stopped here stays off until somebody changes the experiment, also when that can't be stored yet.
    this.sampler.obey(isHalted ? { ...settings, percentEnabled: 0 } : settings);
    if (settings?.version !== this.settings?.version) this.made?.forgetRuns();
    this.settings = settings;
    if (this.made !== undefined) this.configure(this.made);
  }

  /** When it first and last ran since this was asked before, in ms since the epoch. */
  takeTimes(): { first: number; last: number } | undefined {
    return this.made?.takeTimes();
  }

  /** Takes that work which one of its candidates has left behind has failed. Counts once for each run. */
  failedLate(current: CandidateContext): void {
    this.state.failedLate(current);
  }

  /** What judges its runs, if the latest of them make it worth knowing what other processes have counted. */
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
    this.surroundings.halt(this.name, reason, settings.version);
  }

  /** Whether no call runs it. To be asked before `call`: for an experiment that is off, it is all that a call costs. */
  isOff(): boolean {
    return this.sampler.isOff();
  }

  /**
   * Decides whether a call runs the experiment. Who asks then calls the control as `callControl` does. Never throws.
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
      if (!isDrawn && !this.draws(definition, self, args)) return undefined;
      const around = this.surroundings.current.getStore();
      // A call that comes from within a candidate, or from a run of this experiment, however long the way, is none of its own.
      if (around?.isWithin(this.name)) return undefined;
      return this.prepared(definition, control, self, args, around);
    } catch (error) {
      this.state.report('run', error);
      return undefined;
    }
  }

  private prepared(
    definition: ExperimentDefinition,
    control: Control,
    self: unknown,
    args: unknown[],
    around: RunContext | undefined,
  ): ExperimentRun | undefined {
    const { state } = this;
    if (state.isOverrun) {
      state.overrun(definition.options);
      return undefined;
    }
    const scope = this.admitted(definition, self, args);
    if (scope === undefined) return undefined;
    const snapshot = takeSnapshot(scope, state, control);
    if (typeof snapshot === 'string') return this.refused(snapshot, definition);
    // Asked only now: of arguments that are too large to be copied, to look within takes long.
    if (definition.options.inTransaction === 'skip' && state.environment.isolation.isTransactionWithin(args))
      return this.refused('callersTransaction', definition);
    const run = new ExperimentRun(state, scope, control, snapshot, around);
    run.begin();
    state.environment.turn.spend(snapshot.budget.spent);
    return run;
  }

  private draws({ options }: ExperimentDefinition, self: unknown, args: unknown[]): boolean {
    const { subject } = options;
    if (subject === undefined) return this.sampler.draws(undefined, this.state.report);
    return this.sampler.draws(
      () => subject.apply(self, args),
      (operation, error) => {
        this.state.skip('subject', options);
        this.state.report(operation, error);
      },
    );
  }

  /** What a drawn call is run with, or undefined if something speaks against running it. */
  private admitted(definition: ExperimentDefinition, self: unknown, args: unknown[]): SampledCall | undefined {
    const { state } = this;
    const { runIf, maxConcurrent, inTransaction } = definition.options;
    const reason = state.reasonToSkip(maxConcurrent);
    if (reason !== undefined) return this.refused(reason, definition);
    if (inTransaction === 'skip' && state.environment.isolation.isInTransaction(args)) {
      return this.refused('callersTransaction', definition);
    }
    const scope = describeCall(definition, self, args, state.report);
    const wanted = runIf === undefined || attempt('runIf', state.report, () => runIf.call(self, describeStart(scope)));
    return wanted !== FAILED && wanted ? scope : this.refused('runIf', definition);
  }

  private refused(reason: SkipReason, { options }: ExperimentDefinition): undefined {
    this.state.skip(reason, options);
    this.state.explain(reason);
  }
}
