/**
 * Measures what docs/scale.md is computed from: statements, rows and bytes of one process, as they grow with
 * experiments and candidates, on PostgreSQL; and from that, what a number of processes does.
 *
 *     node test/bench/scale.js [processes] [experiments] [candidates] [refreshInterval, s] [flushInterval, s]
 */
import { NestFactory } from '@nestjs/core';
import { ExperimentService } from 'nestjs-studies';
import { ExperimentCache } from '../../dist/sync/experiment-cache.js';
import { Recorder } from '../../dist/recording/writing/recorder.js';
import { moduleWith, QUIET } from './application.js';
import { withPostgres } from './database.js';
import { table } from './report.js';

const NEVER = 3_600_000;
const HOURS = { minute: 2.5, hour: 90 * 24, day: 730 * 24 };
const [processes = 1_000, experiments = 100, candidates = 1, refresh = 1, flush = 1] = process.argv.slice(2).map(Number);

/** A process whose statements are counted, with its experiments at 100 %. */
class Counted {
  statements = [];

  static async start(options, experimentCount, candidateCount) {
    const counted = new Counted();
    const logger = { logQuery: (text) => counted.statements.push(text) };
    for (const other of ['logQueryError', 'logQuerySlow', 'logSchemaBuild', 'logMigration', 'log'])
      logger[other] = () => undefined;
    const database = { ...options, logging: true, logger };
    const studies = { refreshInterval: NEVER, flushInterval: NEVER, listen: false };
    counted.application = await NestFactory.createApplicationContext(moduleWith({ database, studies }), QUIET);
    counted.experiments = counted.application.get(ExperimentService);
    counted.view = counted.application.get(ExperimentCache);
    counted.recorder = counted.application.get(Recorder);
    const given = Object.fromEntries(
      Array.from({ length: candidateCount }, (_, index) => [`v${index + 2}`, () => ({ rate: 7 })]),
    );
    counted.calls = Array.from({ length: experimentCount }, (_, index) =>
      counted.experiments.wrap({ name: `scale-${index}`, percentEnabled: 100, control: () => ({ rate: 7 }), candidates: given }),
    );
    for (const call of counted.calls) call();
    await counted.experiments.whenIdle();
    await counted.view.refresh();
    return counted;
  }

  /** How many statements some work takes. */
  async count(act) {
    this.statements.length = 0;
    await act();
    return this.statements.length;
  }

  async callAll(times = 20) {
    for (let time = 0; time < times; time += 1) {
      for (const call of this.calls) call();
      await new Promise(setImmediate);
    }
  }
}

/** What one process does with so many experiments and candidates. */
async function measured(experimentCount, candidateCount) {
  return withPostgres(async (options, client) => {
    const one = await Counted.start(options, experimentCount, candidateCount);
    // Counting begins: what the first writing must read and make is not in what follows.
    await one.callAll();
    await one.experiments.whenIdle();
    await one.callAll();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const looking = await one.count(() => one.view.refresh());
    const times = await one.count(() => one.view.flush());
    const writing = await one.count(() => one.recorder.flush());
    const names = Array.from({ length: experimentCount }, (_, index) => `scale-${index}`);
    const having = await one.count(() => one.experiments.catalog.storage.seen(names, new Date()));
    await one.experiments.update('scale-0', { targetRate: 0.01 });
    const storage = one.experiments.catalog.storage;
    const row = await storage.find('scale-0');
    await storage.update('scale-0', row.version, row);
    const changed = await one.count(() => one.view.refresh());
    await client.query('ANALYZE');
    const sizes = {};
    for (const name of ['experiment', 'tally', 'sample', 'change']) {
      const found = await client.query(
        `SELECT COUNT(*)::int AS count, pg_total_relation_size('studies_${name}')::int AS bytes FROM studies_${name}`,
      );
      sizes[name] = found.rows[0];
    }
    const tiers = await client.query(
      'SELECT tier, COUNT(*)::int AS count, AVG(pg_column_size(t.*))::int AS bytes FROM studies_tally t GROUP BY tier',
    );
    await one.application.close();
    return { looking, times, writing, having, changed, sizes, tiers: tiers.rows };
  });
}

const SHAPES = [
  [1, 1],
  [10, 1],
  [100, 1],
  [100, 2],
  [1_000, 1],
];
const found = [];
for (const shape of SHAPES) found.push([shape, await measured(...shape)]);

console.log('Statements of one process, and what it has stored\n');
const rows = found.map(([[experimentCount, candidateCount], one]) => {
  const minute = one.tiers.find(({ tier }) => tier === 'minute');
  return [
    `${experimentCount} experiments, ${candidateCount} candidates each`,
    String(one.looking),
    String(one.changed - one.looking),
    String(one.times),
    String(one.having),
    String(one.writing),
    String(minute.count),
    String(minute.bytes),
    String(Math.round(one.sizes.tally.bytes / one.sizes.tally.count)),
  ];
});
const head = [
  '',
  'a look',
  'more for a change',
  'when they ran',
  'that it has them',
  'a writing',
  'rows a minute',
  'bytes of a row',
  'with index and free space',
];
console.log(table(head, rows));

const [, largest] = found.find(([[experimentCount, candidateCount]]) => experimentCount === 100 && candidateCount === 1);
const perMinute = largest.tiers.find(({ tier }) => tier === 'minute').count / 100;
const rowsOfOne = 1 + (perMinute - 1) * candidates;
const bytes = largest.tiers.find(({ tier }) => tier === 'minute').bytes;
const writings = 1 + Math.ceil((2 * experiments * rowsOfOne) / 100);
const stored = {
  minute: processes * experiments * rowsOfOne * HOURS.minute * 60,
  hour: experiments * rowsOfOne * HOURS.hour,
  day: experiments * rowsOfOne * (HOURS.day / 24),
  total: processes * experiments * rowsOfOne,
};
const size = (count) => `${((count * bytes) / 1e9).toFixed(2)} GB`;
console.log(
  `\n${processes} processes, ${experiments} experiments, all on and called in each of them all the time, ${candidates} candidates each,`,
);
console.log(`refreshInterval ${refresh} s, flushInterval ${flush} s\n`);
console.log(
  table(
    ['', ''],
    [
      ['looks a second', (processes / refresh).toFixed(0)],
      ['statements that say when they ran, a second', ((processes * Math.ceil(experiments / 100)) / refresh).toFixed(0)],
      ['statements that say which a process has, a second', ((processes * Math.ceil(experiments / 100)) / 60).toFixed(0)],
      ['statements that write counts, a second', ((processes * writings) / flush).toFixed(0)],
      ['rows that they write, a second', ((processes * 2 * experiments * rowsOfOne) / flush).toFixed(0)],
      ['connections that listen, on PostgreSQL', String(processes)],
      ...Object.entries(stored).map(([tier, count]) => [`rows by ${tier}`, `${Math.round(count)}, ${size(count)}`]),
    ],
  ),
);
