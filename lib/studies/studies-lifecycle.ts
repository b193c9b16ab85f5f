import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { ExperimentExplorer } from '../decorators/experiment-explorer.js';
import type { Clock } from '../base/clock.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { settlesWithin } from '../base/settles-within.js';
import type { CandidateIsolation } from '../isolation/candidate-isolation.js';
import type { LateErrors } from '../isolation/late/late-errors.js';
import type { GuardedPublisher } from '../publishing/guarded.publisher.js';
import type { Recorder } from '../recording/writing/recorder.js';
import type { EntityIdentifier } from '../database/entity-identifier.js';
import type { ExperimentCache } from '../sync/experiment-cache.js';
import type { HaltWriter } from '../operations/halt-writer.js';
import type { Heartbeat } from '../sync/heartbeat.js';
import type { ExperimentHistory } from '../operations/history/experiment-history.js';
import type { TurningOff } from '../operations/turning-off.js';
import type { StudiesSettings } from './studies.options.js';
import type { ErrorReporter } from './studies-reporter.js';

/** How long what was counted is given to be written at the end, in ms, however short candidates are waited for. */
const LAST_WRITING = 1_000;

/** Starts experimenting with the application, and ends it before the application lets go of its connections. */
export class StudiesLifecycle implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly settings: StudiesSettings,
    private readonly explorer: ExperimentExplorer,
    private readonly registry: ExperimentRegistry,
    private readonly view: ExperimentCache,
    private readonly presence: Heartbeat,
    private readonly recorder: Recorder,
    private readonly history: ExperimentHistory,
    private readonly halting: HaltWriter,
    private readonly turningOff: TurningOff,
    private readonly publisher: GuardedPublisher,
    private readonly reporter: ErrorReporter,
    private readonly entities: EntityIdentifier,
    private readonly isolation: CandidateIsolation,
    private readonly late: LateErrors,
    private readonly clock: Clock | undefined,
  ) {}

  /** @throws StudiesError when what is decorated can't run, which stops the application */
  async onModuleInit(): Promise<void> {
    const candidates = this.explorer.explore();
    const { registry, reporter, publisher, view, recorder, entities, isolation, late, clock } = this;
    isolation.start();
    registry.complete(
      {
        defaults: this.settings.defaults,
        clock,
        recorder,
        identify: (value) => entities.identify(value),
        report: (operation, error, experiment) => reporter.reportLater(operation, error, experiment),
        publish: (result) => publisher.publish(result),
        added: (runner) => view.add(runner),
        halt: (experiment, reason, version) => this.halting.halt(experiment, reason, version),
        limits: this.settings.limits,
        isolation,
        late,
      },
      candidates,
    );
    await registry.own.run(() => view.start());
    registry.own.run(() => this.presence.start());
  }

  /** Waits for what is in flight, at most `shutdownTimeout`, and then for what is to be written, at most as long again. */
  async beforeApplicationShutdown(): Promise<void> {
    const { shutdownTimeout } = this.settings;
    await this.registry.activity.stop(shutdownTimeout);
    this.registry.eventLoop.stop();
    await this.isolation.stop();
    await settlesWithin(
      Math.max(shutdownTimeout, LAST_WRITING),
      Promise.all([
        this.halting.stop(),
        this.turningOff.stop(),
        this.view.stop(),
        this.presence.stop(),
        this.recorder.stop(),
        this.history.flush(),
      ]),
    );
  }
}
