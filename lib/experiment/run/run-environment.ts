import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Activity } from './work-under-way.js';
import type { Clock } from '../../base/clock.js';
import type { Copier } from '../../values/copying/copier.js';
import type { RunContext } from '../run-context.js';
import type { Identify } from '../../values/default-cleaner.js';
import type { EventLoopGauge } from '../admission/event-loop.js';
import type { Isolation } from '../ports/isolation.js';
import type { LateWork } from '../ports/late-work.js';
import type { OwnContext } from '../../base/own-context.js';
import type { UserFunctions } from '../ports/user-functions.js';
import type { ProcessLimits } from '../process-limits.js';
import type { ExperimentResult } from '../result.js';
import type { RunRecorder } from '../ports/run-recorder.js';
import type { Slices } from '../../comparing/slices.js';
import type { Turn } from '../../base/event-loop-turn.js';
import type { StudiesOperation } from '../../base/studies-operation.js';

/** Environment of runs, which the application provides. */
export interface RunEnvironment {
  readonly clock: Clock;
  readonly copier: Copier;
  readonly activity: Activity;
  readonly current: AsyncLocalStorage<RunContext>;
  readonly recorder: RunRecorder;
  /** Recognises the application's entities, if it has any. */
  readonly identify?: Identify | undefined;
  readonly eventLoop: EventLoopGauge;
  readonly limits: ProcessLimits;
  readonly isolation: Isolation;
  readonly late: LateWork;
  readonly functions: UserFunctions;
  readonly own: OwnContext;
  readonly turn: Turn;
  /** Slices of the comparisons. */
  readonly slices: Slices;
  /** Receives failures of anything but the control. Must not throw. */
  report(operation: StudiesOperation, error: unknown, experiment: string): void;
  /** Receives the result of a run. Must not throw. */
  publish(result: ExperimentResult): void;
  /** Tells whether nobody wants to receive results that match. */
  readonly ignoresMatches: boolean;
  /** Stops an experiment, which was stopped here, in all processes, if it still has that version. Must not throw. */
  halt(experiment: string, reason: string, version: number): void;
}
