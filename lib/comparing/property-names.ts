import { inspect, types } from 'node:util';

/** Length of the longest list whose keys are all read, at some 50 ns each. */
const FEW = 128;

/** Length of the longest list that is searched for named properties if it has any. */
const NAMED = 50_000;

const NONE: readonly PropertyKey[] = [];

/** Decides whether an object has an enumerable property of its own by that key. */
export function isEnumerable(object: object, key: PropertyKey): boolean {
  return Object.prototype.propertyIsEnumerable.call(object, key);
}

/** Returns the enumerable symbols of an object. */
export function listSymbols(object: object): readonly symbol[] {
  const symbols = Object.getOwnPropertySymbols(object);
  return symbols.length === 0 ? symbols : symbols.filter((symbol) => isEnumerable(object, symbol));
}

/** Returns the keys of an object's properties that are not enumerable and hold a value, other than accessors. */
export function listUnlisted(object: object): readonly PropertyKey[] {
  // Most objects have none, and this is faster to find out.
  if (
    Object.getOwnPropertyNames(object).length === Object.keys(object).length &&
    Object.getOwnPropertySymbols(object).length === 0
  )
    return NONE;
  return Reflect.ownKeys(object).filter((key) => {
    const property = Object.getOwnPropertyDescriptor(object, key);
    return property !== undefined && !property.enumerable && 'value' in property;
  });
}

/**
 * Returns the enumerable properties of a list, or of a view of binary data, that are not items. Undefined if there are some, but too many
 * items to search for them.
 *
 * @param length number of its items
 */
export function listNames(list: object, length: number): readonly PropertyKey[] | undefined {
  if (length > FEW && hasItemsAlone(list, length)) return NONE;
  if (length > NAMED) return undefined;
  const keys = Object.keys(list);
  const symbols = listSymbols(list);
  if (symbols.length === 0 && (keys.length === 0 || (keys.length <= length && isIndex(keys[keys.length - 1] as string)))) {
    return NONE; // names come after indices
  }
  return [...keys.filter((key) => !isIndex(key)), ...symbols];
}

/** Decides whether a list has items only. JavaScript can't list the other properties without the items, but Node's `inspect` can. */
function hasItemsAlone(list: object, length: number): boolean {
  return !types.isProxy(list) && inspect(list, NAMES_ALONE).endsWith(`[ ... ${length} more items ]`);
}

const NAMES_ALONE = { maxArrayLength: 0, customInspect: false, depth: 0 };

function isIndex(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57 && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;
}
