import { Inject, Optional } from '@nestjs/common';
import { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { findOwnDecoratedMethods } from './metadata.js';
import type { MethodDeclaration } from './method-declaration.js';
import { EXPERIMENT_REGISTRY } from './tokens.js';

/** Makes Nest put the experiments of a class on each of its instances. Needed once per class, however many methods it has. */
export function injectExperiments(prototype: object): void {
  const property = Symbol('nestjs-studies:registry');
  Object.defineProperty(prototype, property, {
    configurable: true,
    get: () => undefined,
    set(this: object, registry: unknown) {
      // A test that mocks everything mocks the registry too.
      if (ExperimentRegistry.is(registry)) putExperiments(this, findOwnDecoratedMethods(prototype), registry);
    },
  });
  Inject(EXPERIMENT_REGISTRY)(prototype, property);
  Optional()(prototype, property);
}

/**
 * Puts experiments on an instance, where neither `Object.keys` nor a deep comparison sees them. If the instance refuses the property,
 * because it is frozen or a proxy, they are kept beside it.
 */
export function putExperiments(instance: object, declarations: readonly MethodDeclaration[], registry: ExperimentRegistry): void {
  for (const declaration of declarations) {
    const experiment = registry.attach(declaration);
    if (!tryDefine(instance, declaration.property, experiment)) declaration.keepBeside(instance, experiment);
  }
}

/** Puts a property on an instance. Returns false if it refuses. */
function tryDefine(instance: object, property: symbol, value: unknown): boolean {
  try {
    return Reflect.defineProperty(instance, property, { value, configurable: true, writable: true });
  } catch {
    return false;
  }
}
