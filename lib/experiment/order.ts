import { StudiesError } from './errors.js';
import { attempt, FAILED, type Report } from './guards.js';
import type { Order } from './options.js';

/** The order in which the behaviours of a serial run are started; a custom one that isn't an order of them is reported. */
export function orderOf(order: Order, control: string, candidates: readonly string[], report: Report): readonly string[] {
  switch (order) {
    case 'random':
      return shuffled([control, ...candidates]);
    case 'controlFirst':
      return [control, ...shuffled(candidates)];
    case 'controlLast':
      return [...shuffled(candidates), control];
    default: {
      const names = [control, ...candidates];
      const ordered = attempt('order', report, () => checked(order(Object.freeze([...names])), names));
      return ordered === FAILED ? shuffled(names) : ordered;
    }
  }
}

function checked(ordered: readonly string[], names: readonly string[]): readonly string[] {
  if (ordered.length === names.length && names.every((name) => ordered.includes(name))) return [...ordered];
  throw new StudiesError(
    'INVALID_OPTIONS',
    `"order" returned ${JSON.stringify(ordered)}, which is not an order of ${JSON.stringify(names)}. Return each name once.`,
  );
}

/** Fisher and Yates, as in Knuth, The Art of Computer Programming, volume 2, algorithm P. */
function shuffled(names: readonly string[]): string[] {
  const list = [...names];
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [list[last], list[other]] = [list[other] as string, list[last] as string]; // both are within the list
  }
  return list;
}
