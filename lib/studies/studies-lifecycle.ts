import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { ExperimentExplorer, ExperimentHosts } from '../decorators/experiment-explorer.js';
import { DEFAULTS } from '../experiment/definition.js';
import type { WriteMode } from '../experiment/write-mode.js';
import type { Clock } from '../base/clock.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { settlesWithin } from '../base/settles-within.js';
import type { CandidateIsolation } from '../isolation/candidate-isolation.js';
import type { LateModules } from '../decorators/late-modules.js';
import type { LateErrors } from '../isolation/late/late-errors.js';
import type { GuardedPublisher } from '../publishing/guarded.publisher.js';
import type { Recorder } from '../recording/writing/recorder.js';
import type { EntityIdentifier } from '../database/entity-identifier.js';
import type { ExperimentCache } from '../sync/experiment-cache.js';
import type { HaltWriter } from '../operations/halt-writer.js';
import type { Heartbeat } from '../sync/heartbeat.js';
import type { ExperimentHistory } from '../operations/history/experiment-history.js';
import type { TurningOff } from '../operations/turning-off.js';
import type { ApplicationServices } from './providers/application-services.js';
import type { FindHidden } from '../values/redaction/redaction.js';
import type { StudiesSettings } from './studies.options.js';
import type { ErrorReporter } from './studies-reporter.js';

/** Shortest time, in ms, that pending writes get at shutdown, even if `shutdownTimeout` is shorter. */
const LAST_WRITING = 1_000;

/** Parts that start and stop with the application. */
export interface LifecycleParts {
  readonly settings: StudiesSettings;
  readonly explorer: ExperimentExplorer;
  readonly registry: ExperimentRegistry;
  readonly cache: ExperimentCache;
  readonly heartbeat: Heartbeat;
  readonly recorder: Recorder;
  readonly history: ExperimentHistory;
  readonly haltWriter: HaltWriter;
  readonly turningOff: TurningOff;
  readonly publisher: GuardedPublisher;
  readonly reporter: ErrorReporter;
  readonly entities: EntityIdentifier;
  readonly services: ApplicationServices;
  readonly isolation: CandidateIsolation;
  readonly late: LateErrors;
  readonly lateModules: LateModules;
  /** Finders of what classes hide from others. */
  readonly hidden: readonly FindHidden[];
  readonly clock: Clock;
}

/** Starts experiments with the application, and stops them before the application closes its connections. */
export class StudiesLifecycle implements OnModuleInit, BeforeApplicationShutdown {
  constructor(private readonly parts: LifecycleParts) {}

  /** @throws StudiesError when a decorated method is invalid, which stops the application */
  async onModuleInit(): Promise<void> {
    const { settings, explorer, registry, cache, heartbeat, recorder } = this.parts;
    const { haltWriter, publisher, reporter, entities, services, isolation, late, lateModules, clock } = this.parts;
    const { candidates, hosts, errors } = explorer.explore();
    for (const error of errors) throw error;
    isolation.guard();
    services.note();
    registry.complete(
      {
        defaults: [{ redact: this.parts.hidden }, ...settings.defaults],
        clock,
        recorder,
        identify: (value) => entities.identify(value),
        isService: (instance) => services.has(instance),
        report: (operation, error, experiment) => reporter.reportLater(operation, error, experiment),
        publish: (result) => publisher.publish(result),
        ignoresMatches: () => publisher.ignoresMatches,
        added: (runner) => cache.add(runner),
        halt: (experiment, reason, version) => haltWriter.halt(experiment, reason, version),
        limits: settings.limits,
        isolation,
        late,
      },
      candidates,
    );
    this.tellReachable(hosts);
    lateModules.start();
    await registry.own.run(() => cache.start());
    registry.own.run(() => heartbeat.start());
  }

  private tellReachable(hosts: readonly ExperimentHosts[]): void {
    const { isolation, settings } = this.parts;
    const byDefault = settings.defaults.reduce<WriteMode>((writes, { writes: own }) => own ?? writes, DEFAULTS.writes);
    for (const { declaration, instances } of hosts) {
      if ((declaration.options.writes ?? byDefault) === 'refuse') isolation.tellReachable(declaration.name, instances);
    }
  }

  /** Waits for work in flight, at most `shutdownTimeout`, and then for pending writes, at most as long again. */
  async beforeApplicationShutdown(): Promise<void> {
    const { registry, isolation, haltWriter, turningOff, cache, heartbeat, recorder, history } = this.parts;
    const { shutdownTimeout } = this.parts.settings;
    this.parts.lateModules.stop();
    await registry.activity.stop(shutdownTimeout);
    registry.eventLoop.stop();
    await this.settle([isolation.stop()]);
    await settlesWithin(
      Math.max(shutdownTimeout, LAST_WRITING),
      this.settle([haltWriter.stop(), turningOff.stop(), cache.stop(), heartbeat.stop(), recorder.stop(), history.flush()]),
    );
  }

  /** Waits for all, and reports those that fail, so that none ends the wait for the others. */
  private async settle(ended: readonly Promise<unknown>[]): Promise<void> {
    for (const end of await Promise.allSettled(ended)) {
      if (end.status === 'rejected') this.parts.reporter.report('storage', end.reason);
    }
  }
}
