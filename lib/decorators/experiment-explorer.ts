import type { DiscoveryService } from '@nestjs/core';
import { duplicateBehaviour } from '../experiment/behaviours.js';
import { CONTROL } from '../experiment/definition.js';
import type { ExperimentDeclaration } from '../experiment/declaration.js';
import { StudiesError } from '../base/errors.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { findCandidates, findReplacedCandidates, type FoundCandidate } from './found-candidates.js';
import { findHost, type Host, type ProviderEntry } from './host.js';
import { putExperiments } from './injection.js';
import { MadeInstances } from './made-instances.js';
import { findDecoratedMethods } from './metadata.js';
import { refuseOwnResponse } from './own-response.js';
import { EXPERIMENT_REGISTRY } from './tokens.js';

/** Decorated methods of an application, and the candidates that other classes provide. */
export interface Exploration {
  /** Candidates, by the experiment's name. */
  readonly candidates: ReadonlyMap<string, readonly FoundCandidate[]>;
  /** Decorated methods, each with the objects whose methods its control and its candidates are, as far as Nest has made them. */
  readonly hosts: readonly ExperimentHosts[];
  /** Errors of what can't run, each with class, method and remedy. */
  readonly errors: readonly StudiesError[];
}

/** Objects whose methods the control and the candidates of an experiment are. */
export interface ExperimentHosts {
  readonly declaration: ExperimentDeclaration;
  readonly instances: readonly object[];
}

interface Declared {
  readonly declaration: ExperimentDeclaration;
  readonly entries: ProviderEntry[];
}

/**
 * Explorer of an application's decorated methods. Finds what can't run: an experiment without a candidate, two experiments of one name, a
 * candidate of no experiment.
 */
export class ExperimentExplorer {
  private readonly made: MadeInstances;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly registry: ExperimentRegistry,
  ) {
    this.made = new MadeInstances(registry);
  }

  /** Finds all decorated methods, and puts their experiments on the instances that Nest has not injected them into. */
  explore(): Exploration {
    this.refuseSecondModule();
    const providers = this.discovery.getProviders();
    for (const provider of providers) this.made.watch(provider);
    const hosts = [...this.discovery.getControllers(), ...providers].flatMap(findHost);
    const errors: StudiesError[] = [];
    const declared = this.collectDeclared(hosts, errors);
    const controls = new Map([...declared].map(([name, { entries }]) => [name, entries]));
    const candidates = attemptCandidates(hosts, controls, errors);
    const replaced = findReplacedCandidates(hosts);
    for (const { declaration } of declared.values()) {
      const error = findMistake(declaration, candidates.get(declaration.name) ?? [], replaced.has(declaration.name));
      if (error !== undefined) errors.push(error);
    }
    for (const [experiment, [first]] of candidates) {
      if (first !== undefined && !declared.has(experiment)) errors.push(unknownExperiment(experiment, first));
    }
    return { candidates, hosts: listHosts([...declared.values()], candidates), errors };
  }

  private refuseSecondModule(): void {
    const registries = this.discovery.getProviders().filter(({ token }) => token === EXPERIMENT_REGISTRY);
    if (registries.length <= 1) return;
    throw new StudiesError(
      'INVALID_OPTIONS',
      'StudiesModule is imported more than once, with different options. It is global: import it once, in the root module.',
    );
  }

  private collectDeclared(hosts: readonly Host[], errors: StudiesError[]): Map<string, Declared> {
    const found = new Map<string, Declared>();
    for (const { prototype, instance, isReplaced, entry } of hosts) {
      const methods = findDecoratedMethods(prototype);
      for (const declaration of methods) {
        const known = found.get(declaration.name) ?? { declaration, entries: [] };
        found.set(declaration.name, known);
        if (known.declaration === declaration) known.entries.push(entry);
        else errors.push(duplicateExperiment(declaration, known.declaration));
        attempt(errors, () => refuseOwnResponse(prototype.constructor, declaration.method, declaration.where));
        this.registry.attach(declaration);
      }
      // Instances of `useFactory` and `useValue` providers were not made by Nest, or were made for another application before.
      if (instance !== undefined && !isReplaced) putExperiments(instance, methods, this.registry);
    }
    return found;
  }
}

function listHosts(declared: readonly Declared[], candidates: ReadonlyMap<string, readonly FoundCandidate[]>): ExperimentHosts[] {
  return declared.map(({ declaration, entries }) => {
    const own = entries.map(({ instance }): unknown => instance).filter((one) => typeof one === 'object' && one !== null);
    const others = (candidates.get(declaration.name) ?? []).map(({ host }) => host);
    return { declaration, instances: [...new Set([...own, ...others])] };
  });
}

function attempt(errors: StudiesError[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof StudiesError)) throw error;
    errors.push(error);
  }
}

function attemptCandidates(
  hosts: readonly Host[],
  controls: ReadonlyMap<string, readonly ProviderEntry[]>,
  errors: StudiesError[],
): Map<string, FoundCandidate[]> {
  let found = new Map<string, FoundCandidate[]>();
  attempt(errors, () => (found = findCandidates(hosts, controls)));
  return found;
}

/** @param isReplaced whether a test has replaced a class that provides a candidate */
function findMistake(
  { name, where, candidates }: ExperimentDeclaration,
  others: readonly FoundCandidate[],
  isReplaced: boolean,
): StudiesError | undefined {
  const names = new Set<string>([CONTROL, ...candidates.keys()]);
  for (const other of others) {
    if (names.has(other.name)) {
      const detail = `candidate "${other.name}" on ${other.where} has a name that is taken`;
      return duplicateBehaviour(`Experiment "${name}" on ${where}`, other.name, detail);
    }
    names.add(other.name);
  }
  if (names.size > 1 || isReplaced) return undefined;
  return new StudiesError(
    'MISSING_BEHAVIOUR',
    `Experiment "${name}" on ${where} has no candidate. Name a method of the same class as "candidate", ` +
      `or decorate a provider's method with @Candidate({ experiment: '${name}' }) and provide that class.`,
    { experiment: name },
  );
}

function duplicateExperiment(declaration: ExperimentDeclaration, other: ExperimentDeclaration): StudiesError {
  return new StudiesError(
    'DUPLICATE_EXPERIMENT',
    `${declaration.where} and ${other.where} both declare an experiment "${declaration.name}". Give one of them another name.`,
    { experiment: declaration.name },
  );
}

function unknownExperiment(experiment: string, { where }: FoundCandidate): StudiesError {
  return new StudiesError(
    'MISSING_BEHAVIOUR',
    `${where} is a candidate of experiment "${experiment}", which no method declares. Decorate the control with ` +
      `@Experiment({ name: '${experiment}' }), or correct the name.`,
    { experiment },
  );
}
