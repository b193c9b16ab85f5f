import { types } from 'node:util';
import type { EqualityRules } from '../values/equality-rules.js';
import type { IgnoredFields } from '../values/ignored-fields.js';
import { hasContent, prototypeOf } from '../values/kind-of.js';
import { readClassTraits } from './class-traits.js';
import { LeftOut, OUT, type Fate, type KEY_ONLY } from './left-out.js';
import { listNames, listSymbols, listUnlisted } from './property-names.js';

/** Parts that are looked at before a value counts as one of which nothing is compared: some 100 µs. */
const PARTS = 2_000;

/**
 * Decides whether a value has a part that is compared although fields are left out: a primitive, an empty list or record, or what is compared
 * as a whole, such as a date. That a list has so many items, or a record such properties, is no such part. Runs only such code of the value's
 * as comparing it does. Never throws.
 *
 * @param rules rules by which instances of some classes are compared as a whole
 */
export function hasComparedPart(value: unknown, ignored: readonly IgnoredFields[], rules?: EqualityRules): boolean {
  try {
    return new Search(rules).visit(value, LeftOut.of(ignored));
  } catch {
    // A trap of a proxy has thrown.
    return false;
  }
}

class Search {
  private left = PARTS;

  constructor(private readonly rules: EqualityRules | undefined) {}

  visit(value: unknown, fate: Fate | typeof KEY_ONLY): boolean {
    this.left -= 1;
    if (fate === OUT || this.left < 0) return false;
    if (!(fate instanceof LeftOut) || typeof value !== 'object' || value === null) return true;
    if (this.isWhole(value)) return true;
    if (Array.isArray(value)) return this.visitList(value, fate);
    if (types.isSet(value)) return this.visitSet(value, fate) || this.visitProperties(value, fate);
    if (types.isMap(value)) return this.visitMap(value, fate) || this.visitProperties(value, fate);
    const keys = listCompared(value);
    return keys.length === 0 ? fate.otherProperty !== OUT : this.visitProperties(value, fate, keys);
  }

  /** Decides whether an object is compared as a whole, whatever is left out. */
  private isWhole(value: object): boolean {
    if (types.isProxy(value)) return false;
    if (this.rules?.findFor(value) !== undefined) return true;
    if (types.isMap(value) || types.isSet(value)) return false;
    if (hasContent(value)) return true;
    const prototype = prototypeOf(value);
    if (prototype === null || prototype === Object.prototype || prototype === Array.prototype) return false;
    const { platform, hidesState } = readClassTraits(prototype);
    return platform !== undefined || hidesState;
  }

  private visitList(list: readonly unknown[], leftOut: LeftOut): boolean {
    if (list.length === 0 && leftOut.item(-1) !== OUT) return true;
    for (let index = 0; index < list.length && this.left >= 0; index += 1)
      if (this.visit(list[index], leftOut.item(index))) return true;
    return this.visitProperties(list, leftOut);
  }

  private visitSet(set: Set<unknown>, leftOut: LeftOut): boolean {
    let index = 0;
    for (const member of Set.prototype.values.call(set)) {
      if (this.visit(member, leftOut.item(index))) return true;
      index += 1;
      if (this.left < 0) return false;
    }
    return index === 0 && leftOut.item(-1) !== OUT;
  }

  /** Visits a map, whose keys are compared where an entry is. */
  private visitMap(map: Map<unknown, unknown>, leftOut: LeftOut): boolean {
    let index = 0;
    for (const key of Map.prototype.keys.call(map)) {
      if (leftOut.entry(key, index) !== OUT) return true;
      index += 1;
      this.left -= 1;
      if (this.left < 0) return false;
    }
    return index === 0 && leftOut.entry(undefined, -1) !== OUT;
  }

  private visitProperties(holder: object, leftOut: LeftOut, keys = listCompared(holder)): boolean {
    for (const key of keys) {
      const fate = typeof key === 'string' ? leftOut.property(key) : undefined;
      const property = fate === OUT ? undefined : Object.getOwnPropertyDescriptor(holder, key);
      if (property === undefined) continue;
      // An accessor's result belongs to no field, and is compared as a whole.
      if (!('value' in property) || this.visit(property.value, fate)) return true;
      if (this.left < 0) return false;
    }
    return false;
  }
}

/** Lists the properties of an object that are compared, without the items of a list. */
function listCompared(object: object): readonly PropertyKey[] {
  if (Array.isArray(object)) return listNames(object, object.length) ?? [];
  const names = Object.keys(object);
  const symbols = listSymbols(object);
  const prototype = prototypeOf(object);
  const traits =
    prototype === null || prototype === Object.prototype || types.isProxy(object) ? undefined : readClassTraits(prototype);
  const isMore = traits?.findMoreState(object, names.length, symbols.length) === 'unlisted';
  return [...names, ...symbols, ...(isMore ? listUnlisted(object) : [])];
}
