import { types } from 'node:util';
import { listErrorFields } from './error-fields.js';
import { hidesState } from './hidden-state.js';
import { isObject, ownValue, prototypeOf } from './kind-of.js';

/** Causes and aggregated errors that are copied at most, in total. */
const ERRORS = 20;

/** Properties of errors that are copied though they are mostly not enumerable. */
const NAMED = ['message', 'name', 'cause', 'errors'];

/** Answers of `hidesState` for classes of errors, which take a while, and which a caller waits for. */
const hiding = new WeakMap<object, boolean>();

/**
 * Copies an error as it is now, with its causes, so that later changes don't show: of the same class, and without its stack, which
 * `addStacks` adds when there is time. What isn't an error, and an error that keeps private state, is returned itself. Runs no code of the
 * error's.
 *
 * @param copy copies a property's value
 */
export class ErrorSnapshot {
  readonly error: unknown;
  private readonly copies = new Map<object, object>();

  constructor(
    thrown: unknown,
    private readonly copy: (value: unknown) => unknown = (value) => value,
  ) {
    this.error = this.take(thrown);
  }

  /** Adds the stacks. Reading one makes V8 format it, by a function that may be the application's. */
  addStacks(): void {
    for (const [error, copy] of this.copies) {
      try {
        Object.defineProperty(copy, 'stack', { value: ownValue(error, 'stack'), writable: true, configurable: true });
      } catch {
        // The application's function has thrown.
      }
    }
  }

  private take(value: unknown): unknown {
    if (!isObject(value) || !types.isNativeError(value)) return value;
    const known = this.copies.get(value);
    if (known !== undefined) return known;
    const prototype = prototypeOf(value);
    if (prototype === null || this.copies.size >= ERRORS || hidesStateOf(prototype)) return value;
    const copy = makeError(prototype);
    this.copies.set(value, copy);
    const compared: readonly PropertyKey[] = [...NAMED, ...listErrorFields(value)];
    for (const key of Reflect.ownKeys(value)) {
      if (key === 'stack') continue;
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined) continue;
      if (isObject(property.value) && compared.includes(key)) property.value = this.takePart(property.value);
      Object.defineProperty(copy, key, property);
    }
    return copy;
  }

  private takePart(part: object): unknown {
    if (types.isNativeError(part)) return this.take(part);
    if (Array.isArray(part) && part.length <= ERRORS && part.some((item) => types.isNativeError(item)))
      return part.map((item) => this.take(item));
    return this.copy(part);
  }
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
