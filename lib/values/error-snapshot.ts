import { types } from 'node:util';
import { listErrorFields } from './error-fields.js';
import { hidesState } from './hidden-state.js';
import { isObject, ownValue, prototypeOf } from './kind-of.js';
import { hasManyKeys } from './many-keys.js';

/** Causes and aggregated errors that are copied at most, in total. */
const ERRORS = 20;

/** Most properties of an error that is copied. */
const PROPERTIES = 200;

/** Properties of errors that are copied though they are mostly not enumerable. */
const NAMED: readonly PropertyKey[] = ['message', 'name', 'cause', 'errors'];

/** Answers of `hidesState` for classes of errors, which take a while, and which a caller waits for. */
const hiding = new WeakMap<object, boolean>();

/** Properties of an error at a moment, from which a copy can be made. */
class ErrorRecord {
  readonly #properties: [key: PropertyKey, property: PropertyDescriptor][] = [];
  copy!: object; // made by `makeCopy`

  constructor(
    readonly error: object,
    readonly prototype: object,
  ) {}

  /** Recognises records without asking a proxy. */
  static is(value: unknown): value is ErrorRecord {
    return isObject(value) && #properties in value;
  }

  add(key: PropertyKey, property: PropertyDescriptor): void {
    this.#properties.push([key, property]);
  }

  makeCopy(): void {
    this.copy = makeError(this.prototype);
  }

  /** Gives the copy its properties. Those can hold copies of other records, so all of these must have been made. */
  fillCopy(): void {
    for (const [key, property] of this.#properties) {
      if ('value' in property) property.value = restore(property.value);
      Object.defineProperty(this.copy, key, property);
    }
  }
}

/** Items of a list that holds errors. */
class ListRecord {
  readonly #items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.#items = items;
  }

  static is(value: unknown): value is ListRecord {
    return isObject(value) && #items in value;
  }

  makeCopy(): unknown[] {
    return this.#items.map(restore);
  }
}

/**
 * State of an error, and of its causes, when it was thrown, so that later changes don't show. Only what others could change is taken at
 * once, because a caller waits for it. What isn't an error, and an error that keeps private state or has very many properties, stands for
 * itself. Runs no code of the error's.
 */
export class ErrorSnapshot {
  private readonly records = new Map<object, ErrorRecord>();
  private readonly taken: unknown;
  private isMade = false;

  /** @param copy copies a property's value */
  constructor(
    thrown: unknown,
    private readonly copy: (value: unknown) => unknown = (value) => value,
  ) {
    this.taken = this.take(thrown);
  }

  /**
   * Copy of the error, of the same class, and without its stack, which `addStacks` adds. It is made when it is first read, which takes V8
   * some µs.
   */
  get error(): unknown {
    if (!this.isMade) this.makeErrors();
    return restore(this.taken);
  }

  /** Adds the stacks. Reading one makes V8 format it, by a function that may be the application's. */
  addStacks(): void {
    if (!this.isMade) this.makeErrors();
    for (const { error, copy } of this.records.values()) {
      try {
        Object.defineProperty(copy, 'stack', { value: ownValue(error, 'stack'), writable: true, configurable: true });
      } catch {
        // The application's function has thrown.
      }
    }
  }

  private take(value: unknown): unknown {
    if (!isObject(value) || !types.isNativeError(value)) return value;
    const known = this.records.get(value);
    if (known !== undefined) return known;
    const prototype = prototypeOf(value);
    if (prototype === null || this.records.size >= ERRORS || hidesStateOf(prototype) || hasManyKeys(value)) return value;
    const keys = Reflect.ownKeys(value);
    if (keys.length > PROPERTIES) return value;
    const record = new ErrorRecord(value, prototype);
    this.records.set(value, record);
    const fields: readonly PropertyKey[] = listErrorFields(value);
    for (const key of keys) {
      if (key === 'stack') continue;
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined) continue;
      if (isObject(property.value) && (NAMED.includes(key) || fields.includes(key)))
        property.value = this.takePart(property.value);
      record.add(key, property);
    }
    return record;
  }

  private takePart(part: object): unknown {
    if (types.isNativeError(part)) return this.take(part);
    if (Array.isArray(part) && part.length <= ERRORS && part.some((item) => types.isNativeError(item)))
      return new ListRecord(part.map((item) => this.take(item)));
    return this.copy(part);
  }

  private makeErrors(): void {
    this.isMade = true;
    for (const record of this.records.values()) record.makeCopy();
    for (const record of this.records.values()) record.fillCopy();
  }
}

/** Replaces records by what was made of them. */
function restore(taken: unknown): unknown {
  if (ErrorRecord.is(taken)) return taken.copy;
  return ListRecord.is(taken) ? taken.makeCopy() : taken;
}

function hidesStateOf(prototype: object): boolean {
  let hides = hiding.get(prototype);
  if (hides === undefined) hiding.set(prototype, (hides = hidesState(prototype)));
  return hides;
}

/** Makes an error of a class without running the class's code. */
function makeError(prototype: object): object {
  const constructor = ownValue(prototype, 'constructor');
  // Setting a prototype takes half as long again.
  return typeof constructor === 'function' && ownValue(constructor, 'prototype') === prototype
    ? (Reflect.construct(Error, [], constructor) as object) // typed as any
    : (Object.setPrototypeOf(new Error(), prototype) as object); // typed as any
}
