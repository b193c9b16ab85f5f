/** Mark on the getter of such a property, by which those of other applications, and of other copies of this library, recognise it. */
const LAYER = Symbol.for('nestjs-studies:contextual-property');

/** Part of such a property that others use. */
interface Layer {
  readonly isOver: boolean;
  uncover(): void;
}

/**
 * Property of a shared object that has another value in some async contexts. In all other contexts it keeps its original value, or the
 * value that was assigned to it meanwhile. Several can be stacked, and end in any order. Others may define the property anew at any time.
 */
export class ContextualProperty<Value> implements Layer {
  private readonly below: PropertyDescriptor | undefined;
  private readonly getter: () => Value;
  private assigned: { readonly value: Value } | undefined;
  private hasEnded = false;
  private wasRead = false;

  /**
   * Replaces the property. Does nothing if it can't be redefined.
   *
   * @param reading returns the value in the current context; called for each read, so it has to be quick
   */
  constructor(
    private readonly target: object,
    private readonly key: string,
    reading: (value: Value) => Value,
  ) {
    this.below = Reflect.getOwnPropertyDescriptor(target, key);
    this.getter = Object.assign(() => this.read(reading), { [LAYER]: this });
    Reflect.defineProperty(target, key, {
      get: this.getter,
      set: (value: Value) => this.assign(value),
      enumerable: this.below?.enumerable ?? false,
      configurable: true,
    });
  }

  /** Tells whether the property has the same value in all contexts again. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Tells whether reading the property still comes by here, and nobody has defined it anew since. */
  get isInPlace(): boolean {
    this.wasRead = false;
    void Reflect.get(this.target, this.key);
    return this.wasRead;
  }

  /** Ends, and restores the property, or its assigned value. If something was put over it, it stays in place without effect. */
  end(): void {
    this.hasEnded = true;
    this.uncoverOnTop();
  }

  /** Restores the property below, skipping those that are over already. To be called by the property directly above. */
  uncover(): void {
    const { target, key, below, assigned } = this;
    const lower = findLayer(below);
    if (lower?.isOver) lower.uncover();
    else if (assigned !== undefined) Reflect.defineProperty(target, key, { ...ASSIGNED, ...below, ...assigned });
    else if (below !== undefined) Reflect.defineProperty(target, key, below);
    else Reflect.deleteProperty(target, key);
  }

  private read(reading: (value: Value) => Value): Value {
    this.wasRead = true;
    if (!this.hasEnded) return reading(this.value);
    // Somebody has saved the property while it was this one, and put it back after the end.
    this.uncoverOnTop();
    return this.value;
  }

  private uncoverOnTop(): void {
    if (Reflect.getOwnPropertyDescriptor(this.target, this.key)?.get === this.getter) this.uncover();
  }

  private get value(): Value {
    const { target, key, below, assigned } = this;
    if (assigned !== undefined) return assigned.value;
    // A property that isn't the object's own is its prototype's. The maker of this property guarantees that it is a `Value`.
    if (below === undefined) return Reflect.get(Object.getPrototypeOf(target) as object, key, target) as Value;
    return (below.get === undefined ? below.value : below.get.call(target)) as Value;
  }

  private assign(value: Value): void {
    const { target, below } = this;
    if (below?.set !== undefined) below.set.call(target, value);
    else if (below?.get === undefined && below?.writable !== false) this.assigned = { value };
  }
}

/** Attributes of an assigned property that didn't exist before. */
const ASSIGNED = { writable: true, enumerable: true, configurable: true };

function findLayer(below: PropertyDescriptor | undefined): Layer | undefined {
  return (below?.get as { readonly [LAYER]?: Layer } | undefined)?.[LAYER]; // any function may have it
}
