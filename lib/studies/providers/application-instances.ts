import type { DiscoveryService } from '@nestjs/core';

/** The objects that Nest has made once for the application, data sources among them. */
export class ApplicationInstances {
  constructor(private readonly discovery: DiscoveryService) {}

  /** Lists those that are made by now; without what can't be asked what it is, as some mocks can't. */
  all(): unknown[] {
    return this.discovery
      .getProviders()
      .map((wrapper): unknown => (wrapper.isDependencyTreeStatic() ? wrapper.instance : undefined))
      .filter(canBeAsked);
  }
}

function canBeAsked(instance: unknown): boolean {
  try {
    return !(instance instanceof Promise);
  } catch {
    return false;
  }
}
