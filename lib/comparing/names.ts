import { inspect, types } from 'node:util';

/** The largest list whose keys are all read, which takes some 50 ns for each. */
const FEW = 128;

/** The largest list whose keys are read where there are names among them. */
const NAMED = 50_000;

const NONE: readonly PropertyKey[] = [];

/** Whether an object has an enumerable property of its own by that key. */
export function isEnumerable(object: object, key: PropertyKey): boolean {
  return Object.prototype.propertyIsEnumerable.call(object, key);
}

/** Gives the enumerable symbols of an object. */
export function listSymbols(object: object): readonly symbol[] {
  const symbols = Object.getOwnPropertySymbols(object);
  return symbols.length === 0 ? symbols : symbols.filter((symbol) => isEnumerable(object, symbol));
}

/**
 * Gives the enumerable properties of a list, or a view of binary data, that are none of its items; undefined where there are some, and too
 * many items to look for them.
 *
 * @param length how many items it has
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

/** No function of the language tells the names in a list without its items. That of Node which shows it to people does. */
function hasItemsAlone(list: object, length: number): boolean {
  return !types.isProxy(list) && inspect(list, NAMES_ALONE).endsWith(`[ ... ${length} more items ]`);
}

const NAMES_ALONE = { maxArrayLength: 0, customInspect: false, depth: 0 };

function isIndex(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57 && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;
}
