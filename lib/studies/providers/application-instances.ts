import type { InjectionToken, Type } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { isFactory, isSingleton, type ProviderEntry } from '../../decorators/host.js';
import { onMade } from '../../decorators/made-instances.js';

/** Singletons that Nest has created for the application, data sources among them. */
export class ApplicationInstances {
  private readonly watched = new WeakSet<ProviderEntry>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** Lists the instances created so far, without objects whose type can't be tested, such as some mocks. */
  all(): unknown[] {
    return this.discovery
      .getProviders()
      .map((wrapper): unknown => (wrapper.isDependencyTreeStatic() ? wrapper.instance : undefined))
      .filter(canBeTested);
  }

  /**
   * Calls back with all that the application has, or makes, for a token: the instance, or the prototype of those that are made later, or what
   * a factory makes when it has made it.
   *
   * @returns the number of its providers
   */
  eachOf(token: InjectionToken, see: (provided: unknown) => void): number {
    const entries = this.discovery.getProviders().filter((entry) => entry.token === token);
    for (const entry of entries) {
      if (isSingleton(entry)) see(entry.instance);
      else if (isFactory(entry)) this.watch(entry, see);
      else see((entry.metatype as Type | null)?.prototype);
    }
    return entries.length;
  }

  private watch(entry: ProviderEntry, see: (provided: unknown) => void): void {
    if (this.watched.has(entry)) return;
    this.watched.add(entry);
    onMade(entry, see);
  }
}

function canBeTested(instance: unknown): boolean {
  try {
    return !(instance instanceof Promise);
  } catch {
    return false;
  }
}
