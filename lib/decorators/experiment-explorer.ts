import type { DiscoveryService } from '@nestjs/core';
import { duplicateBehaviour } from '../experiment/behaviours.js';
import { CONTROL, type CandidateDefinition } from '../experiment/definition.js';
import type { ExperimentDeclaration } from '../experiment/declaration.js';
import { StudiesError } from '../base/errors.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import type { AnyFunction } from '../experiment/experiment.options.js';
import { putExperiments } from './injection.js';
import { findDecoratedCandidates, findDecoratedMethods, type DecoratedCandidate } from './metadata.js';
import { refuseOwnResponse } from './own-response.js';
import { EXPERIMENT_REGISTRY } from './tokens.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Class of the application, with its instance if Nest has made one for all. */
interface Host {
  readonly wrapper: Wrapper;
  readonly prototype: object;
  readonly instance: object | undefined;
}

/**
 * Explorer of an application's decorated methods at its start. Refuses what can't run: an experiment without a candidate, two experiments
 * of one name, a candidate of no experiment.
 */
export class ExperimentExplorer {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly registry: ExperimentRegistry,
  ) {}

  /**
   * Registers the experiments of all decorated methods.
   *
   * @returns the candidates that other classes provide, by the experiment's name
   * @throws StudiesError with class, method and remedy
   */
  explore(): ReadonlyMap<string, readonly CandidateDefinition[]> {
    this.refuseSecondModule();
    const hosts = [...this.discovery.getControllers(), ...this.discovery.getProviders()].flatMap(findHost);
    const declarations = this.collectDeclarations(hosts);
    const candidates = findCandidates(hosts);
    for (const declaration of declarations.values()) checkCandidates(declaration, candidates.get(declaration.name) ?? []);
    for (const [experiment, [first]] of candidates) {
      if (first !== undefined && !declarations.has(experiment)) throw unknownExperiment(experiment, first);
    }
    for (const declaration of declarations.values()) this.registry.attach(declaration);
    return candidates;
  }

  private refuseSecondModule(): void {
    const registries = this.discovery.getProviders().filter(({ token }) => token === EXPERIMENT_REGISTRY);
    if (registries.length <= 1) return;
    throw new StudiesError(
      'INVALID_OPTIONS',
      'StudiesModule is imported more than once, with different options. It is global: import it once, in the root module.',
    );
  }

  private collectDeclarations(hosts: readonly Host[]): Map<string, ExperimentDeclaration> {
    const declarations = new Map<string, ExperimentDeclaration>();
    for (const { prototype, instance } of hosts) {
      const methods = findDecoratedMethods(prototype);
      for (const declaration of methods) {
        const other = declarations.get(declaration.name) ?? declaration;
        if (other !== declaration) throw duplicateExperiment(declaration, other);
        refuseOwnResponse(prototype.constructor, declaration.method, declaration.where);
        declarations.set(declaration.name, declaration);
      }
      // Instances of `useFactory` and `useValue` providers were not made by Nest, or were made for another application before.
      if (instance !== undefined) putExperiments(instance, methods, this.registry);
    }
    return declarations;
  }
}

/** Returns the class of a provider or controller. Returns none if it can't be inspected, such as a mock that invents every property. */
function findHost(wrapper: Wrapper): Host[] {
  try {
    return inspectProvider(wrapper).filter(
      ({ prototype }) => findDecoratedMethods(prototype).length + findDecoratedCandidates(prototype).length > 0,
    );
  } catch {
    return [];
  }
}

function inspectProvider(wrapper: Wrapper): Host[] {
  const instance: unknown = wrapper.isDependencyTreeStatic() && !wrapper.isTransient ? wrapper.instance : undefined;
  if (typeof instance === 'object' && instance !== null) {
    const prototype = Object.getPrototypeOf(instance) as object | null; // typed as any
    return prototype === null ? [] : [{ wrapper, prototype, instance }];
  }
  const metatype: unknown = wrapper.inject === undefined || wrapper.inject === null ? wrapper.metatype : undefined;
  const prototype: unknown = typeof metatype === 'function' ? metatype.prototype : undefined;
  return typeof prototype === 'object' && prototype !== null ? [{ wrapper, prototype, instance: undefined }] : [];
}

interface FoundCandidate extends CandidateDefinition {
  readonly where: string;
}

function findCandidates(hosts: readonly Host[]): Map<string, FoundCandidate[]> {
  const found = new Map<string, FoundCandidate[]>();
  const seen = new Map<object, Set<PropertyKey>>();
  for (const { prototype, instance } of hosts) {
    for (const candidate of findDecoratedCandidates(prototype)) {
      const where = `${prototype.constructor.name}.${String(candidate.method)}`;
      if (instance === undefined) throw notSingleton(where, candidate);
      // An alias (`useExisting`) is the same instance again.
      const methods = seen.get(instance) ?? new Set();
      if (methods.has(candidate.method)) continue;
      seen.set(instance, methods.add(candidate.method));
      found.set(candidate.experiment, [...(found.get(candidate.experiment) ?? []), defineCandidate(instance, candidate, where)]);
    }
  }
  return found;
}

function defineCandidate(instance: object, { method, name, context }: DecoratedCandidate, where: string): FoundCandidate {
  const { [method]: call } = instance as Record<PropertyKey, AnyFunction>; // the decorator has seen a method
  return { name, context, where, source: call, call: (_, args): unknown => call?.apply(instance, args) };
}

function checkCandidates(declaration: ExperimentDeclaration, others: readonly FoundCandidate[]): void {
  const names = new Set<string>([CONTROL, ...declaration.candidates.keys()]);
  for (const { name, where } of others) {
    if (names.has(name)) {
      const detail = `candidate "${name}" on ${where} has a name that is taken`;
      throw duplicateBehaviour(`Experiment "${declaration.name}" on ${declaration.where}`, name, detail);
    }
    names.add(name);
  }
  if (names.size > 1) return;
  throw new StudiesError(
    'MISSING_BEHAVIOUR',
    `Experiment "${declaration.name}" on ${declaration.where} has no candidate. Name a method of the same class as "candidate", ` +
      `or decorate a provider's method with @Candidate({ experiment: '${declaration.name}' }) and provide that class.`,
    { experiment: declaration.name },
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

function notSingleton(where: string, { experiment }: DecoratedCandidate): StudiesError {
  return new StudiesError(
    'UNSUPPORTED_METHOD',
    `${where} is a candidate of experiment "${experiment}", but its class is request-scoped or transient, so that there is no one ` +
      'instance to call. Make the class a singleton, or put the candidate into the class of the control.',
    { experiment },
  );
}
