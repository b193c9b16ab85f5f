import { ContextualProperty } from './contextual-property.js';

/** Contextual property that can be renewed after others, such as tracing agents, have defined it anew. */
export class RenewedProperty<Value> {
  private property: ContextualProperty<Value>;

  /** Takes what `ContextualProperty` takes. */
  constructor(
    private readonly target: object,
    private readonly key: string,
    private readonly reading: (value: Value) => Value,
  ) {
    this.property = new ContextualProperty(target, key, reading);
  }

  /** Replaces the property again if reading it no longer comes by here. Costs one read of it otherwise. */
  renew(): void {
    if (this.property.isInPlace) return;
    this.property.end();
    this.property = new ContextualProperty(this.target, this.key, this.reading);
  }

  /** Ends, as a `ContextualProperty` does. */
  end(): void {
    this.property.end();
  }
}
