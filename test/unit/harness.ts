import { afterEach } from 'vitest';
import type { Clock } from '../../lib/base/clock.js';
import { readParts } from '../../lib/experiment/behaviours.js';
import { callControl } from '../../lib/experiment/run/call-control.js';
import type { Identify } from '../../lib/values/default-cleaner.js';
import { ExperimentRegistry } from '../../lib/experiment/run/experiment-registry.js';
import type { OperatorSettings } from '../../lib/experiment/run/experiment-runner.js';
import type { Guardrails } from '../../lib/experiment/guardrails.js';
import type { ProcessLimits } from '../../lib/experiment/process-limits.js';
import type { Gate } from '../../lib/experiment/admission/sampler.js';
import type { ExperimentOptions } from '../../lib/experiment/experiment.options.js';
import type { AnyFunction } from '../../lib/experiment/option-types.js';
import { LateErrors } from '../../lib/isolation/late/late-errors.js';
import type { CandidateObservation, Observation } from '../../lib/experiment/observation.js';
import type { ExperimentResult } from '../../lib/experiment/result.js';
import type { OrderedRun } from '../../lib/experiment/ordered-run.js';
import { NO_RECORDER, type MatchedRun, type RunRecorder } from '../../lib/experiment/ports/run-recorder.js';
import type { StudiesOperation } from '../../lib/base/studies-operation.js';
import type { SkipReason } from '../../lib/experiment/skip-reason.js';

export interface Failure {
  readonly operation: StudiesOperation;
  readonly error: unknown;
  readonly experiment: string | undefined;
}

export type Given = ExperimentOptions & {
  name?: string;
  control?: AnyFunction;
  candidate?: AnyFunction;
  candidates?: Record<string, AnyFunction>;
  run?: string;
};

export const FULL: Gate = { percentEnabled: 100, startsAt: null, endsAt: null, subjects: [] };

interface LaboratoryOptions {
  readonly defaults?: ExperimentOptions;
  readonly gate?: Gate;
  readonly clock?: Clock;
  readonly identify?: Identify;
  /** What an operator leaves out of the comparison. */
  readonly ignorePaths?: readonly string[];
  readonly guardrails?: Partial<Guardrails>;
  readonly limits?: ProcessLimits;
  /** What an application's publisher does with a result. */
  readonly publish?: (result: ExperimentResult) => unknown;
  /** Whether the publisher doesn't want matches. */
  readonly ignoresMatches?: boolean;
  /** The recorder of an application, in place of one that only notes what it is told. */
  readonly recorder?: RunRecorder;
  /** Whether the recorder keeps all results. */
  readonly isKept?: boolean;
  /** Whether what candidates throw later is contained, as in applications. */
  readonly late?: boolean;
  /** Whether what callers may have prepared in one turn is bounded, as in applications; a busy machine then skips calls. */
  readonly hurried?: boolean;
}

const open: Laboratory[] = [];

afterEach(async () => {
  for (const laboratory of open.splice(0)) await laboratory.registry.activity.stop(50);
});

/** The core without Nest and without storage: every experiment is on until it is told otherwise. */
export class Laboratory {
  readonly registry = new ExperimentRegistry();
  readonly results: ExperimentResult[] = [];
  readonly failures: Failure[] = [];
  /** The runs that matched and that nobody wanted the result of. */
  readonly unpublished: { experiment: string; run: MatchedRun }[] = [];
  /** What runs have shown. */
  readonly proved: { experiment: string; run: OrderedRun }[] = [];
  /** The runs whose control was compared with itself. */
  readonly repeated: { experiment: string; control: Observation; again: CandidateObservation; isShuffled: boolean }[] = [];
  readonly skipped = new Map<SkipReason, number>();
  /** Why guardrails have stopped experiments. */
  readonly halts: { experiment: string; reason: string; version: number }[] = [];
  private readonly settings: OperatorSettings;

  constructor({
    defaults = {},
    gate = FULL,
    clock,
    identify,
    limits,
    publish,
    ignoresMatches = false,
    isKept = false,
    recorder,
    late = false,
    hurried = false,
    ...set
  }: LaboratoryOptions = {}) {
    open.push(this);
    if (!hurried) Object.defineProperty(this.registry.turn, 'isSpent', { value: false });
    this.settings = { ignorePaths: [], guardrails: {}, version: 1, updatedAt: 0, ...gate, ...set };
    this.registry.complete(
      {
        defaults: [defaults],
        clock,
        identify,
        recorder: recorder ?? {
          ...NO_RECORDER,
          proved: (experiment, run) => this.proved.push({ experiment, run }),
          matched: (experiment, run) => !isKept && this.unpublished.push({ experiment, run }) > 0,
          skipped: (_, reason, count = 1) => this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + count),
          repeated: (run, ...rest) => {
            const { result, again, isShuffled } = run;
            this.repeated.push({ experiment: result.experiment, control: result.control, again, isShuffled });
            return NO_RECORDER.repeated(run, ...rest);
          },
        },
        report: (operation, error, experiment) => this.failures.push({ operation, error, experiment }),
        publish: (result) => {
          this.results.push(result);
          publish?.(result);
        },
        ignoresMatches: () => ignoresMatches,
        halt: (experiment, reason, version) => this.halts.push({ experiment, reason, version }),
        limits,
        late: late ? this.lateErrors() : undefined,
        added: (runner) => runner.obey(this.settings),
      },
      new Map(),
    );
  }

  /** Calls an experiment as its caller would. */
  call({ name = 'experiment', ...given }: Given, self?: unknown, ...args: unknown[]): unknown {
    const parts = readParts(name, given);
    const definition = {
      name,
      control: parts.controlName,
      candidates: parts.candidates,
      options: this.registry.resolve(given),
    };
    const control = parts.control as (...args: unknown[]) => unknown;
    return callControl(this.runner(name).prepare(definition, control, self, args), control, self, args);
  }

  private lateErrors(): LateErrors {
    const { own, current } = this.registry;
    return new LateErrors({
      own,
      current,
      failed: (context, error) => {
        if (context.kind === 'candidate') this.runner(context.experiment).failedLate(context);
        // No function of the laboratory's is `onError`.
        this.failures.push({ operation: context.operation as StudiesOperation, error, experiment: context.experiment });
      },
    });
  }

  runner(name = 'experiment') {
    return this.registry.runner(name, 0);
  }

  /** Does what an operator does. */
  set(change: Partial<OperatorSettings>, name?: string): void {
    this.runner(name).obey({ ...this.settings, ...change });
  }

  /** Resolves once everything has settled and is published. */
  async settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await this.registry.activity.whenIdle();
  }

  /** Calls an experiment, waits until it is published, and gives its result. */
  async resultOf(given: Given, self?: unknown, ...args: unknown[]): Promise<ExperimentResult> {
    try {
      await this.call(given, self, ...args);
    } catch {
      // What the control throws is its caller's.
    }
    await this.settled();
    const result = this.results.at(-1);
    if (result === undefined) throw new Error('Nothing was published.');
    return result;
  }
}
