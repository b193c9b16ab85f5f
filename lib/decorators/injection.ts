import { types } from 'node:util';
import { Inject, Optional } from '@nestjs/common';
import { ExperimentRegistry } from '../experiment/experiment.registry.js';
import { ownDecoratedMethodsOf } from './metadata.js';
import type { MethodDeclaration } from './method.declaration.js';
import { EXPERIMENT_REGISTRY } from './tokens.js';

/** Lets Nest put the experiments of a class on each of its instances. Needed once for each class, however many methods it has. */
export function injectExperiments(prototype: object): void {
  const property = Symbol('nestjs-studies:registry');
  Object.defineProperty(prototype, property, {
    configurable: true,
    get: () => undefined,
    set(this: object, registry: unknown) {
      if (isRegistry(registry)) putExperiments(this, ownDecoratedMethodsOf(prototype), registry);
    },
  });
  Inject(EXPERIMENT_REGISTRY)(prototype, property);
  Optional()(prototype, property);
}

/**
 * Puts experiments on an instance, where neither `Object.keys` nor a deep comparison sees them. An instance that can't be changed goes
 * on without.
 */
export function putExperiments(instance: object, declarations: readonly MethodDeclaration[], registry: ExperimentRegistry): void {
  if (!Object.isExtensible(instance)) return;
  for (const declaration of declarations) {
    const value = registry.attach(declaration);
    Object.defineProperty(instance, declaration.property, { value, configurable: true, writable: true });
  }
}

/** Tells the registry from what tests inject in its place: a mock, an empty object, or nothing. */
function isRegistry(injected: unknown): injected is ExperimentRegistry {
  return !types.isProxy(injected) && injected instanceof ExperimentRegistry;
}
