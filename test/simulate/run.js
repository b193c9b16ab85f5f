import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { table } from '../bench/report.js';
import { mostByChance } from './draws.js';
import { SITUATIONS } from './situations.js';

/**
 * Simulates whole experiments with the library's own evidence and verdict, and counts how often they end in a wrong "ready", looked at all
 * the time. Fails where that is more often than it may be, beyond chance.
 *
 * npm run simulate -- [--experiments 1500] [situation …]
 */
const { values, positionals } = parseArgs({
  options: { experiments: { type: 'string', default: '1500' } },
  allowPositionals: true,
});

/** Shares of experiments that may ever end in "ready", or with identical code in "not ready". */
const LIMITS = { atTarget: 0.05, atTwice: 0.005, identical: 0.05 };

/** Runs without a difference that a test for one look needs, at 95 % and 0.1 % ("rule of three", exactly), and how many more may be. */
const RULE_OF_THREE = Math.log(0.05) / Math.log(1 - 0.001);
const MORE = 1.1;

const names = positionals.length > 0 ? positionals : Object.keys(SITUATIONS);
const waiting = [...names];
const done = new Map();
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) done.set(name, await simulated(name));
  }),
);

const rows = [];
let misses = 0;
for (const name of names) {
  const result = done.get(name);
  if (result.identical !== undefined) {
    const { experiments, is } = result.identical;
    const isMet = is <= mostByChance(experiments, LIMITS.identical);
    if (!isMet) misses += 1;
    const title = `${SITUATIONS[name].name}: "not ready"`;
    rows.push([
      title,
      String(experiments),
      '',
      percent(is / experiments),
      `≤ ${percent(LIMITS.identical)}`,
      isMet ? 'pass' : 'MISS',
    ]);
    continue;
  }
  for (const [key, title] of [
    ['atTarget', 'the target'],
    ['atTwice', 'twice the target'],
  ]) {
    const { experiments, was, is } = result[key];
    const isMet = is <= mostByChance(experiments, LIMITS[key]);
    if (!isMet) misses += 1;
    rows.push([
      `${SITUATIONS[name].name}: "ready" at ${title}`,
      String(experiments),
      percent(was / experiments),
      percent(is / experiments),
      `≤ ${percent(LIMITS[key])}`,
      isMet ? 'pass' : 'MISS',
    ]);
  }
  if (result.needed === undefined) continue;
  const limit = MORE * RULE_OF_THREE;
  const isMet = result.needed <= limit;
  if (!isMet) misses += 1;
  rows.push([
    'runs needed where nothing differs',
    '',
    '3229',
    result.needed.toFixed(0),
    `≤ ${limit.toFixed(0)}`,
    isMet ? 'pass' : 'MISS',
  ]);
}
console.log(table(['situation', 'experiments', 'runs alone', 'now', 'limit', ''], rows));
process.exitCode = misses > 0 ? 1 : 0;

/** Simulates a situation in a process of its own. */
function simulated(name) {
  const experiments = Math.max(Math.round(Number(values.experiments) * SITUATIONS[name].share), 5);
  return new Promise((resolve, reject) => {
    const child = fork(new URL('situation.js', import.meta.url), [name, String(experiments)]);
    let result;
    child.on('message', (message) => (result = message));
    child.on('exit', (code) => (result === undefined ? reject(new Error(`"${name}" ended with ${code}.`)) : resolve(result)));
  });
}

function percent(share) {
  return `${Number((share * 100).toFixed(2))} %`;
}
