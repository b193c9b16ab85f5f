import { Logger } from '@nestjs/common';
import { DiscoveryService, ModuleRef, ModulesContainer } from '@nestjs/core';
import { ExperimentExplorer } from '../../decorators/experiment-explorer.js';
import { LateModules } from '../../decorators/late-modules.js';
import { ExperimentRegistry } from '../../experiment/run/experiment-registry.js';
import { CandidateIsolation } from '../../isolation/candidate-isolation.js';
import { LateErrors } from '../../isolation/late/late-errors.js';
import { HiddenColumns } from '../../database/hidden-columns.js';
import type { FindHidden } from '../../values/redaction/redaction.js';
import { GuardedPublisher } from '../../publishing/guarded.publisher.js';
import { Publisher } from '../../publishing/publisher.js';
import { ErrorReporter } from '../studies-reporter.js';
import type { StudiesSettings } from '../studies.options.js';
import { ApplicationInstances } from './application-instances.js';
import { ApplicationServices } from './application-services.js';
import { provide, provideClass } from './provide.js';
import { ExcludedProperties } from './excluded-properties.js';
import { HIDDEN, REGISTRY, SETTINGS } from './tokens.js';

/** Providers of what runs need from the application. */
export const RUN_PROVIDERS = [
  // It has no dependencies, so that the providers below can have decorated methods themselves.
  provide(REGISTRY, [], () => new ExperimentRegistry()),
  provideClass(ApplicationInstances, [DiscoveryService]),
  provideClass(ApplicationServices, [ApplicationInstances]),
  provide(HIDDEN, [ApplicationInstances], findersOfHidden),
  provide(Publisher, [SETTINGS, ModuleRef], choosePublisher),
  provideClass(ErrorReporter, [SETTINGS, REGISTRY]),
  provide(
    GuardedPublisher,
    [Publisher, REGISTRY, ErrorReporter],
    (publisher, registry, reporter) => new GuardedPublisher(publisher, registry, (...failure) => reporter.report(...failure)),
  ),
  provideClass(ExperimentExplorer, [DiscoveryService, REGISTRY]),
  provide(CandidateIsolation, [SETTINGS, REGISTRY, ErrorReporter, ApplicationInstances], makeIsolation),
  provide(
    LateModules,
    [ModulesContainer, ExperimentExplorer, REGISTRY, ErrorReporter, ApplicationServices, CandidateIsolation],
    (modules, explorer, registry, reporter, services, isolation) =>
      new LateModules(
        modules,
        explorer,
        registry,
        () => {
          services.note();
          isolation.guard();
        },
        (error, experiment) => reporter.report('run', error, experiment),
      ),
  ),
  provide(LateErrors, [REGISTRY, ErrorReporter], makeLateErrors),
];

function findersOfHidden(instances: ApplicationInstances): FindHidden[] {
  const columns = new HiddenColumns(() => instances.all());
  const excluded = new ExcludedProperties();
  return [(prototype) => columns.find(prototype), (prototype) => excluded.find(prototype)];
}

async function choosePublisher({ publisher }: StudiesSettings, modules: ModuleRef): Promise<Publisher> {
  return typeof publisher === 'function' ? modules.create(publisher) : publisher;
}

function makeIsolation(
  { isolation }: StudiesSettings,
  registry: ExperimentRegistry,
  reporter: ErrorReporter,
  instances: ApplicationInstances,
): CandidateIsolation {
  const { own } = registry;
  return new CandidateIsolation(
    isolation,
    {
      own,
      running: () => registry.current.getStore(),
      report: (...failure) => own.run(() => reporter.report(...failure)),
      say: (message) => own.run(() => new Logger('Studies').warn(message)),
      eachOf: (token, see) => instances.eachOf(token, see),
    },
    () => instances.all(),
  );
}

function makeLateErrors(registry: ExperimentRegistry, reporter: ErrorReporter): LateErrors {
  const { own, current } = registry;
  return new LateErrors({
    own,
    current,
    failed: (context, error) => {
      if (context.kind === 'candidate') registry.find(context.experiment)?.failedLate(context);
      // What `onError` leaves behind is only logged, and keeps no failure waiting.
      if (context.operation === 'onError') reporter.report('onError', error, context.experiment);
      else reporter.reportLater(context.operation, error, context.experiment);
    },
  });
}
