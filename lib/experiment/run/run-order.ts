import { StudiesError } from '../../base/errors.js';
import { attempt, FAILED, type FunctionHost } from '../../base/user-function.js';
import type { RunOrder } from '../option-types.js';
import { toJsonValue } from '../../values/json-value.js';

/** Draws the order in which the behaviours of a serial run start. Reports a custom order that isn't a permutation of the names. */
export function drawOrder(
  order: RunOrder,
  control: string,
  candidates: readonly string[],
  host: FunctionHost,
): readonly string[] {
  switch (order) {
    case 'random':
      return shuffle([control, ...candidates]);
    case 'controlFirst':
      return [control, ...shuffle(candidates)];
    case 'controlLast':
      return [...shuffle(candidates), control];
    default: {
      const names = [control, ...candidates];
      const ordered = attempt('order', host, () => order(Object.freeze([...names])));
      if (ordered !== FAILED && isOrderOf(ordered, names)) return [...ordered];
      if (ordered !== FAILED) host.report('order', makeOrderError(ordered, names));
      return shuffle(names);
    }
  }
}

function isOrderOf(ordered: unknown, names: readonly string[]): boolean {
  return Array.isArray(ordered) && ordered.length === names.length && names.every((name) => ordered.includes(name));
}

function makeOrderError(ordered: unknown, names: readonly string[]): StudiesError {
  const given = JSON.stringify(toJsonValue(ordered));
  return new StudiesError(
    'INVALID_OPTIONS',
    `"order" returned ${given}, which is not an order of ${JSON.stringify(names)}. Return each name once.`,
  );
}

/** Shuffles by the method of Fisher and Yates, as in Knuth, The Art of Computer Programming, volume 2, algorithm P. */
function shuffle(names: readonly string[]): string[] {
  const list = [...names];
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [list[last], list[other]] = [list[other] as string, list[last] as string]; // both are within the list
  }
  return list;
}
