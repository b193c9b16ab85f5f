import type { DiscoveryService } from '@nestjs/core';
import { findDecoratedCandidates, findDecoratedMethods } from './metadata.js';

/** Nest's entry of a provider or controller. */
export type ProviderEntry = ReturnType<DiscoveryService['getProviders']>[number];

/** Class of the application with decorated methods, with its instance if Nest has made one for all. */
export interface Host {
  readonly entry: ProviderEntry;
  readonly prototype: object;
  readonly instance: object | undefined;
  /** Tells whether the application provides something else in place of the class, as a test does with `overrideProvider()`. */
  readonly isReplaced: boolean;
}

/** Returns the class of a provider or controller. Returns none if it can't be inspected, such as a mock that invents every property. */
export function findHost(entry: ProviderEntry): Host[] {
  try {
    return inspect(entry);
  } catch {
    return [];
  }
}

function inspect(entry: ProviderEntry): Host[] {
  const instance = isSingleton(entry) ? (entry.instance as unknown) : undefined; // typed as any
  const provided = prototypeOfProvided(entry, instance);
  if (provided !== undefined && isDecorated(provided)) {
    const one = typeof instance === 'object' && instance !== null ? instance : undefined;
    return [{ entry, prototype: provided, instance: one, isReplaced: false }];
  }
  const named = prototypeOf(entry.token);
  if (named === undefined || !isDecorated(named)) return [];
  // Of a factory that makes instances per request, the token is all that tells the class.
  return [{ entry, prototype: named, instance: undefined, isReplaced: provided !== undefined || isSingleton(entry) }];
}

/** Tells whether Nest makes one instance for all. */
export function isSingleton(entry: ProviderEntry): boolean {
  return entry.isDependencyTreeStatic() && !entry.isTransient;
}

/** Tells whether an instance comes from a function of the application. */
export function isFactory({ inject }: ProviderEntry): boolean {
  return inject !== undefined && inject !== null;
}

function prototypeOfProvided(entry: ProviderEntry, instance: unknown): object | undefined {
  if (typeof instance === 'object' && instance !== null)
    return (Object.getPrototypeOf(instance) ?? undefined) as object | undefined; // typed as any
  return isFactory(entry) ? undefined : prototypeOf(entry.metatype);
}

function prototypeOf(type: unknown): object | undefined {
  const prototype: unknown = typeof type === 'function' ? type.prototype : undefined;
  return typeof prototype === 'object' && prototype !== null ? prototype : undefined;
}

function isDecorated(prototype: object): boolean {
  return findDecoratedMethods(prototype).length + findDecoratedCandidates(prototype).length > 0;
}
