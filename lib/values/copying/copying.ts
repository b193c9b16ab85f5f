import { types } from 'node:util';
import type { CopyPace } from './copy-budget.js';
import type { ClassesOfValues, ClassTraits } from './class-traits.js';
import { viewBytes } from '../binary.js';
import { numberOf, prototypeOf } from '../kind-of.js';
import { Refused, type CopyMode } from './copy-mode.js';
import { isClass } from './live-values.js';
import { inertContext, isMessageContext } from './message-context.js';
import { OF_MANY, PropertyCopying } from './property-copying.js';
import type { SharedClasses } from '../shared-classes.js';

/** Units of work per entry. */
const ENTRY = 5;

const sizeOfMap = numberOf(Map.prototype, 'size');
const sizeOfSet = numberOf(Set.prototype, 'size');

/**
 * Single copy under way, as `Copier` describes it. It throws `TOO_LARGE`, a `Refused`, or a RangeError for values that are nested too
 * deeply, all of which `Copier` catches.
 */
export class Copying extends PropertyCopying {
  constructor(
    private readonly classes: ClassesOfValues,
    pace: CopyPace,
    private mode: CopyMode,
    /** Classes whose instances are shared because the application says so. */
    private readonly shared: SharedClasses | undefined,
  ) {
    super(pace);
  }

  protected copyInstance(instance: object, prototype: object): object {
    if (this.shared?.has(prototype)) return instance;
    const traits = this.classes.read(instance, prototype);
    if (traits.isMessageContext && this.mode !== 'value' && isMessageContext(instance))
      return this.known.keep(instance, this.makeInert(instance));
    switch (traits.treatment) {
      case 'copy':
        return this.rebuild(instance, prototype, traits);
      case 'share':
        return instance;
      case 'service':
        return this.copyService(instance, prototype, traits);
      case 'refuse':
        return this.refuse(instance, traits.obstacle ?? '');
      default:
        return traits.treatment satisfies never;
    }
  }

  private rebuild(instance: object, prototype: object, { rebuild }: ClassTraits): object {
    const copy = rebuild?.(instance, this.pace);
    if (copy === undefined) return this.copyRecord(instance, prototype);
    const isOfLanguage = prototypeOf(copy) === prototype;
    if (!isOfLanguage) Object.setPrototypeOf(copy, prototype);
    this.known.keep(instance, copy);
    if (types.isMap(copy)) this.copyEntries(instance as Map<unknown, unknown>, copy); // rebuilt as what the instance is
    if (types.isSet(copy)) this.copyMembers(instance as Set<unknown>, copy); // rebuilt as what the instance is
    // All items of binary data are properties, and mostly too many to list.
    if (ArrayBuffer.isView(copy)) {
      if (isOfLanguage) return copy;
      this.pace.fit(viewBytes(copy).length * OF_MANY);
    }
    return this.copyOwn(instance, copy);
  }

  private copyEntries(from: Map<unknown, unknown>, to: Map<unknown, unknown>): void {
    this.pace.fit(sizeOfMap(from) * OF_MANY);
    for (const [key, item] of Map.prototype.entries.call(from)) {
      this.pace.work(ENTRY);
      Map.prototype.set.call(to, this.copy(key), this.copy(item));
    }
  }

  private copyMembers(from: Set<unknown>, to: Set<unknown>): void {
    this.pace.fit(sizeOfSet(from) * OF_MANY);
    for (const member of Set.prototype.values.call(from)) {
      this.pace.work(ENTRY);
      Set.prototype.add.call(to, this.copy(member));
    }
  }

  /** Copies a service if it holds nothing but data, and shares it otherwise. */
  private copyService(service: object, prototype: object, traits: ClassTraits): object {
    const copy = traits.obstacle === undefined ? this.attempt('data', () => this.rebuild(service, prototype, traits)) : undefined;
    return copy === undefined ? this.known.keep(service, this.shareAgain(service)) : copy.value;
  }

  protected shareAgain(service: object): object {
    if (this.mode === 'data') throw new Refused(service, 'a service');
    return service;
  }

  private makeInert(context: object): object {
    return inertContext(context, (part) => this.attempt('arguments', () => this.copy(part)));
  }

  /** Checks a function, and shares it if that is allowed. */
  protected checkFunction(value: object): void {
    this.isPlain = false;
    if (this.refuses && !isClass(value)) throw new Refused(value, 'a function');
  }

  /** Tells whether a part that can't be copied ends the copy. Otherwise, it is shared. */
  protected get refuses(): boolean {
    return this.mode === 'arguments' || this.mode === 'data';
  }

  protected refuse(value: object, what: string): object {
    this.isPlain = false;
    if (this.refuses) throw new Refused(value, what);
    return value;
  }

  /** Tries a copy in another mode. */
  private attempt<Copy>(mode: CopyMode, copy: () => Copy): { readonly value: Copy } | undefined {
    const { mode: before, level } = this;
    this.mode = mode;
    try {
      const copied = this.known.attempt(copy);
      if (copied === undefined) this.level = level;
      return copied;
    } finally {
      this.mode = before;
    }
  }
}
