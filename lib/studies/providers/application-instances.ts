import type { DiscoveryService } from '@nestjs/core';

/** Singletons that Nest has created for the application, data sources among them. */
export class ApplicationInstances {
  constructor(private readonly discovery: DiscoveryService) {}

  /** Lists the instances created so far, without objects whose type can't be tested, such as some mocks. */
  all(): unknown[] {
    return this.discovery
      .getProviders()
      .map((wrapper): unknown => (wrapper.isDependencyTreeStatic() ? wrapper.instance : undefined))
      .filter(canBeTested);
  }
}

function canBeTested(instance: unknown): boolean {
  try {
    return !(instance instanceof Promise);
  } catch {
    return false;
  }
}
