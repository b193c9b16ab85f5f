/** Marks the getter of such a property, so that those of other applications, and of other copies of this library, know it. */
const LAYER = Symbol.for('nestjs-studies:contextual-property');

/** What such properties know of each other. */
interface Layer {
  readonly isOver: boolean;
  uncover(): void;
}

/**
 * A property of an object that all share, which reads otherwise in some async contexts. In all others it is what it was, or what somebody has
 * assigned to it meanwhile, itself. Several can lie over each other, and end in any order.
 */
export class ContextualProperty<Value> implements Layer {
  private readonly below: PropertyDescriptor | undefined;
  private readonly getter: () => Value;
  private assigned: { readonly value: Value } | undefined;
  private hasEnded = false;

  /**
   * Begins. Does nothing where the property can't be defined anew.
   *
   * @param reading gives what is read in the current context; called in each, so it has to be quick
   */
  constructor(
    private readonly target: object,
    private readonly key: string,
    reading: (value: Value) => Value,
  ) {
    this.below = Reflect.getOwnPropertyDescriptor(target, key);
    this.getter = Object.assign(() => (this.hasEnded ? this.value : reading(this.value)), { [LAYER]: this });
    Reflect.defineProperty(target, key, {
      get: this.getter,
      set: (value: Value) => this.assign(value),
      enumerable: this.below?.enumerable ?? false,
      configurable: true,
    });
  }

  /** Whether it reads the same in all contexts again. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Ends, and puts the property back as it was, or as it was assigned. Stays, inert, where somebody has put something over it. */
  end(): void {
    this.hasEnded = true;
    if (Reflect.getOwnPropertyDescriptor(this.target, this.key)?.get === this.getter) this.uncover();
  }

  /** Puts back what is below, without those that are over already. To be called by what lies directly over it. */
  uncover(): void {
    const { target, key, below, assigned } = this;
    const lower = layerOf(below);
    if (lower?.isOver) lower.uncover();
    else if (assigned !== undefined) Reflect.defineProperty(target, key, { ...ASSIGNED, ...below, ...assigned });
    else if (below !== undefined) Reflect.defineProperty(target, key, below);
    else Reflect.deleteProperty(target, key);
  }

  private get value(): Value {
    const { target, key, below, assigned } = this;
    if (assigned !== undefined) return assigned.value;
    // A property that isn't the object's own is its prototype's. That it is a `Value` is for who made this to know.
    if (below === undefined) return Reflect.get(Object.getPrototypeOf(target) as object, key, target) as Value;
    return (below.get === undefined ? below.value : below.get.call(target)) as Value;
  }

  private assign(value: Value): void {
    const { target, below } = this;
    if (below?.set !== undefined) below.set.call(target, value);
    else if (below?.get === undefined && below?.writable !== false) this.assigned = { value };
  }
}

/** What an assigned property is, if it wasn't there. */
const ASSIGNED = { writable: true, enumerable: true, configurable: true };

function layerOf(below: PropertyDescriptor | undefined): Layer | undefined {
  return (below?.get as { readonly [LAYER]?: Layer } | undefined)?.[LAYER]; // any function may have it
}
