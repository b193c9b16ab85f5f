import * as calls from './calls.bench.js';
import * as wait from './caller-wait.bench.js';
import * as disturb from './disturb.bench.js';
import * as examined from './examined.bench.js';
import * as guardrails from './guardrails.bench.js';
import * as http from './http.bench.js';
import * as load from './load.bench.js';
import * as many from './many.bench.js';
import * as moment from './moment.bench.js';
import * as obey from './obey.bench.js';
import { table, Target } from './report.js';
import * as sampled from './sampled.bench.js';
import * as summary from './summary.bench.js';

const PARTS = { calls, sampled, wait, disturb, examined, http, obey, load, many, moment, guardrails, summary };

/** Measures the parts that are asked for, and prints what was found. Gives the targets, and the parts that failed. */
async function measured(parts) {
  const targets = [];
  const failed = [];
  for (const part of parts) {
    try {
      const report = await PARTS[part].run();
      console.log([report.title, '', report.table, ...report.notes, ''].join('\n'));
      targets.push(...report.targets);
    } catch (error) {
      console.error(`Part "${part}" failed:`, error);
      failed.push(part);
    }
  }
  return { targets, failed };
}

/** Gives the process's exit code: 1 if a target is missed or a part failed, 2 if there is no such part. */
async function main(asked) {
  const unknown = asked.filter((part) => !Object.hasOwn(PARTS, part));
  if (unknown.length > 0) {
    console.error(`There is no part "${unknown[0]}". Name some of these, or none for all: ${Object.keys(PARTS).join(', ')}.`);
    return 2;
  }
  const { targets, failed } = await measured(asked.length > 0 ? asked : Object.keys(PARTS));
  const rows = targets.map(({ cells }) => cells);
  if (rows.length > 0) console.log(`${table(Target.head, rows)}\n`);
  const missed = targets.filter(({ isMet }) => !isMet);
  if (missed.length > 0) console.error(`Missed: ${missed.map(({ what }) => what).join('; ')}.`);
  if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}.`);
  return missed.length + failed.length > 0 ? 1 : 0;
}

// Ends what a part that failed may have left running, too.
process.exit(await main(process.argv.slice(2)));
