import { inTurns, turn } from './measure.js';

/**
 * The one place from which all variants are called, as a method is called in a service with many of its kind: V8 can compile none
 * of them into it.
 */
function callAll(subject, count, argument) {
  let last;
  for (let call = 0; call < count; call += 1) last = subject.search(argument);
  return last;
}

/**
 * Measures calls of variants in turns.
 *
 * @param variants by name: `subject`, whose method `search` is called; `count`, how many calls a round makes; their `argument`; and,
 *   where calls leave work for later, `perTurn`, how many of them one turn of the event loop makes, and `settle`, which waits for that
 *   work, by default for one turn
 * @returns by name, one number a round: `caller`, ns per call until it returns, and `total`, ns with what it has left for later
 */
export async function measureCalls(variants, rounds) {
  const measures = Object.entries(variants).map(([name, variant]) => [name, () => timed(variant)]);
  const measured = await inTurns(Object.fromEntries(measures), rounds);
  const split = ([name, results]) => [name, { caller: results.map((one) => one.caller), total: results.map((one) => one.total) }];
  return Object.fromEntries(Object.entries(measured).map(split));
}

async function timed({ subject, count, argument = 1, perTurn, settle = turn }) {
  const start = performance.now();
  let onCallers = 0;
  for (let done = 0; done < count; done += perTurn ?? count) {
    const begin = performance.now();
    callAll(subject, perTurn ?? count, argument);
    onCallers += performance.now() - begin;
    if (perTurn !== undefined) await settle();
  }
  const total = perTurn === undefined ? onCallers : performance.now() - start;
  return { caller: (onCallers * 1e6) / count, total: (total * 1e6) / count };
}
