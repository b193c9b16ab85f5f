import { EventEmitter } from 'node:events';
import { types } from 'node:util';

/** How many values one copy visits at the most; what lies beyond is handed on as it is. */
const BUDGET = 10_000;
const BYTES_PER_VISIT = 64;

/** Source text of classes whose instances can't be copied from outside: they hold `#private` state, or are native. */
const HIDES_STATE = /#[\p{ID_Start}$_]|\[native code\]/u;

/**
 * Copies data, so that what one side does to it can't be seen by the other: what the control does to the arguments, what a
 * candidate does to them, and what the caller does to the value that is still to be compared.
 *
 * Copied, with cycles and prototypes: lists, plain objects, maps, sets, dates, binary data, and instances of classes that hold
 * nothing but such data (a DTO, an entity). Handed on as they are: errors, functions, proxies, promises, streams, and instances
 * that hold any of these but errors, or hide state (a request, a connection, a service), because a copy of one would be broken. Runs no
 * code of the values': no accessor, no constructor, no proxy trap. Never throws.
 */
export class Copier {
  /** Prototypes whose instances are known to be handed on, so that they are searched only once. */
  private readonly opaque = new WeakSet<object>();

  copy<Value>(value: Value): Value {
    if (!isObject(value)) return value;
    try {
      return this.copyObject(value, { left: BUDGET, copies: new Map() }) as Value; // a copy has its original's type
    } catch {
      return value;
    }
  }

  private copyValue(value: unknown, visit: Visit): unknown {
    return isObject(value) ? this.copyObject(value, visit) : value;
  }

  private copyObject(value: object, visit: Visit): object {
    const known = visit.copies.get(value);
    if (known !== undefined) return known;
    const kind = kindOf(value);
    visit.left -= costOf(kind, value);
    if (visit.left < 0) return value;

    switch (kind) {
      case 'date':
        return remember(visit, value, new Date(Date.prototype.getTime.call(value)));
      case 'shared':
        return value;
      case 'binary':
        return remember(visit, value, copyBinary(value as ArrayBuffer | ArrayBufferView)); // kindOf has looked
      case 'list':
        return this.copyList(value as unknown[], visit); // kindOf has looked
      case 'map':
        return this.copyMap(value as Map<unknown, unknown>, visit); // kindOf has looked
      case 'set':
        return this.copySet(value as Set<unknown>, visit); // kindOf has looked
      case 'plain':
        return this.copyProperties(value, Object.create(prototypeOf(value)) as object, Reflect.ownKeys(value), visit);
      case 'instance':
        return this.holdsOnlyData(value, { left: visit.left, seen: new Set() })
          ? this.copyProperties(value, Object.create(prototypeOf(value)) as object, Reflect.ownKeys(value), visit)
          : value;
      case 'opaque':
        return value;
      default:
        return kind satisfies never;
    }
  }

  private copyList(list: unknown[], visit: Visit): object {
    const copy = remember(visit, list, list.slice());
    for (let index = 0; index < copy.length; index += 1) {
      const item: unknown = copy[index];
      if (isObject(item)) copy[index] = this.copyObject(item, visit);
    }
    // What `RegExp.exec` returns has named properties beside its items.
    const named = Reflect.ownKeys(list);
    return named.length === list.length + 1
      ? copy
      : this.copyProperties(
          list,
          copy,
          named.filter((key) => key !== 'length' && !(key in copy)),
          visit,
        );
  }

  private copyMap(map: Map<unknown, unknown>, visit: Visit): object {
    const copy = remember(visit, map, new Map<unknown, unknown>());
    for (const [key, item] of Map.prototype.entries.call(map)) copy.set(this.copyValue(key, visit), this.copyValue(item, visit));
    return copy;
  }

  private copySet(set: Set<unknown>, visit: Visit): object {
    const copy = remember(visit, set, new Set<unknown>());
    for (const item of Set.prototype.values.call(set)) copy.add(this.copyValue(item, visit));
    return copy;
  }

  private copyProperties(from: object, to: object, keys: readonly PropertyKey[], visit: Visit): object {
    remember(visit, from, to);
    for (const key of keys) {
      const property = Object.getOwnPropertyDescriptor(from, key);
      if (property === undefined) continue;
      if (isObject(property.value)) property.value = this.copyObject(property.value, visit);
      Object.defineProperty(to, key, property);
    }
    return to;
  }

  /** Whether nothing but data can be reached from an instance; what can't be said within the budget is not. */
  private holdsOnlyData(value: unknown, search: Search): boolean {
    if (typeof value === 'function') return false;
    if (!isObject(value) || search.seen.has(value)) return true;
    search.seen.add(value);
    const kind = kindOf(value);
    search.left -= costOf(kind, value);
    if (kind === 'opaque' || search.left < 0) return false;
    if (kind !== 'instance') return this.partsAreData(kind, value, search);

    const prototype = prototypeOf(value) as object; // null would be plain
    if (this.opaque.has(prototype)) return false;
    const isData = !hidesState(prototype) && this.propertiesAreData(value, search);
    if (!isData) this.opaque.add(prototype);
    return isData;
  }

  private partsAreData(kind: Exclude<Kind, 'instance' | 'opaque'>, value: object, search: Search): boolean {
    switch (kind) {
      case 'map':
        return [...Map.prototype.entries.call(value)].every((entry) => this.holdsOnlyData(entry, search));
      case 'set':
        return [...Set.prototype.values.call(value)].every((item) => this.holdsOnlyData(item, search));
      case 'list':
        return (value as unknown[]).every((item) => this.holdsOnlyData(item, search)); // kindOf has looked
      case 'plain':
        return this.propertiesAreData(value, search);
      default:
        return true;
    }
  }

  private propertiesAreData(value: object, search: Search): boolean {
    return Reflect.ownKeys(value).every((key) => {
      const property = Object.getOwnPropertyDescriptor(value, key);
      return property === undefined || ('value' in property && this.holdsOnlyData(property.value, search));
    });
  }
}

interface Visit {
  left: number;
  readonly copies: Map<object, object>;
}

interface Search {
  left: number;
  readonly seen: Set<object>;
}

type Kind = 'date' | 'shared' | 'binary' | 'list' | 'map' | 'set' | 'plain' | 'instance' | 'opaque';

/** What a value is, told from its internal slots and its prototype alone. */
function kindOf(value: object): Kind {
  if (types.isProxy(value)) return 'opaque';
  const prototype = prototypeOf(value);
  if (prototype === Object.prototype) return types.isArgumentsObject(value) ? 'opaque' : 'plain';
  if (prototype === Array.prototype) return 'list';
  if (prototype === null) return types.isModuleNamespaceObject(value) ? 'opaque' : 'plain';
  if (prototype === Date.prototype) return 'date';
  if (prototype === Map.prototype) return 'map';
  if (prototype === Set.prototype) return 'set';
  // Hardly ever changed, and not to be made anew without its class.
  if (types.isRegExp(value) || types.isNativeError(value) || types.isBoxedPrimitive(value)) return 'shared';
  if (types.isArrayBufferView(value) || types.isArrayBuffer(value)) return 'binary';
  return Array.isArray(value) || hasSlots(value) || value instanceof EventEmitter ? 'opaque' : 'instance';
}

function hasSlots(value: object): boolean {
  return (
    types.isDate(value) ||
    types.isMap(value) ||
    types.isSet(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isGeneratorObject(value) ||
    types.isMapIterator(value) ||
    types.isSetIterator(value) ||
    types.isExternal(value)
  );
}

/** Whether a class of the prototype chain keeps state that its instances' properties don't show. */
function hidesState(prototype: object): boolean {
  for (let at: object | null = prototype; at !== null && at !== Object.prototype; at = prototypeOf(at)) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof constructor === 'function' && HIDES_STATE.test(Function.prototype.toString.call(constructor))) return true;
  }
  return false;
}

function costOf(kind: Kind, value: object): number {
  if (kind === 'list') return 1 + (value as unknown[]).length; // kindOf has looked
  if (kind === 'binary') return 1 + (value as ArrayBuffer).byteLength / BYTES_PER_VISIT; // kindOf has looked
  return 1;
}

function copyBinary(value: ArrayBuffer | ArrayBufferView): object {
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  return structuredClone(value);
}

function remember<Copy extends object>(visit: Visit, original: object, copy: Copy): Copy {
  visit.copies.set(original, copy);
  return copy;
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null; // typed as any
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
