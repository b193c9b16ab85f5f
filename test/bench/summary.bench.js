import { NestFactory } from '@nestjs/core';
import { ExperimentService } from 'nestjs-studies';
import { AbstractLogger } from 'typeorm';
import { RecordStorage } from '../../dist/recording/storage/record.storage.js';
import { ExperimentStorage } from '../../dist/storage/experiment.storage.js';
import { moduleWith, QUIET } from './application.js';
import { withPostgres } from './database.js';
import { inTurns, quantile } from './measure.js';
import { spread, table, Target } from './report.js';
import { CANDIDATES, sampleRows, tallyRows } from './summary.data.js';

/** Experiments, how many processes have written their results, and how often their summary is asked for. */
const FEW = { name: 'few', writers: 4, rounds: 300 };
const MANY = { name: 'many', writers: 100, rounds: 30 };

/** Of so many rows, one more statement is made. */
const ROWS = 100;

/** Notes a data source's statements. */
class Statements extends AbstractLogger {
  noted = [];

  logQuery(query, parameters) {
    this.noted.push({ query, parameters });
  }

  writeLog() {}
}

/** What the summary of an experiment takes that has run 10 million times in 90 days. */
export function run() {
  return withPostgres(async (options, client) => {
    const statements = new Statements();
    const database = { ...options, logger: statements };
    const application = await NestFactory.createApplicationContext(moduleWith({ database }), QUIET);
    const start = performance.now();
    await writeResults(application);
    await client.query('ANALYZE studies_tally, studies_sample');
    const seconds = (performance.now() - start) / 1_000;
    const studies = application.get(ExperimentService);
    const measured = [];
    for (const experiment of [FEW, MANY])
      measured.push({ ...experiment, ...(await summaries(studies, experiment, statements, client)) });
    await application.close();
    return report(measured, {
      seconds,
      tallies: await countOf(client, 'studies_tally'),
      samples: await countOf(client, 'studies_sample'),
    });
  });
}

function report([few, many], { seconds, tallies, samples }) {
  const row = ({ writers, runs, times, rows }) => [
    `${writers} writers`,
    `${(runs / 1e6).toFixed(1)} million`,
    spread(times),
    quantile(times, 0.95).toFixed(1),
    `${rows}`,
  ];
  const bound = (writers) => writers * (CANDIDATES.length + 1);
  return {
    title: 'The summary of an experiment with two candidates in 90 days, from PostgreSQL',
    table: table(['', 'runs', 'ms, median (quartiles)', 'ms, 95th percentile', 'rows read'], [few, many].map(row)),
    notes: [`There are ${tallies} tallies and ${samples} samples, made in ${seconds.toFixed(0)} s.`],
    targets: [
      new Target("a summary's ms, 95th percentile", few.times, { atMost: 50 }, 0.95),
      ...[few, many].map(
        ({ writers, rows }) => new Target(`rows that it reads with ${writers} writers`, [rows], { atMost: bound(writers) }),
      ),
    ],
  };
}

/** Writes all that the one experiment has left, and, as if as much had been written by each of many, the totals of the other. */
async function writeResults(application) {
  const { tallies, samples } = application.get(RecordStorage);
  const [few, many] = await created(application.get(ExperimentStorage));
  const now = Date.now();
  const totals = [];
  let chunk = [];
  for (const row of tallyRows(numbers(FEW.writers), now)) {
    if (row.tier === 'total') totals.push(row);
    chunk.push({ ...few, ...row });
    if (chunk.length === ROWS) await tallies.write(chunk.splice(0));
  }
  await tallies.write(chunk);
  for (const writer of numbers(MANY.writers)) {
    const own = totals.filter((row) => row.writer % FEW.writers === writer % FEW.writers);
    await tallies.write(own.map((row) => ({ ...many, ...row, writer })));
  }
  const kept = sampleRows(now).map((row) => ({ ...few, ...row }));
  await samples.keep(kept, kept.length);
}

/** Makes the two experiments. Says by what results name them. */
async function created(experiments) {
  await experiments.create([FEW, MANY].map(({ name }) => ({ name, percentEnabled: 100 })));
  const rows = await Promise.all([FEW, MANY].map(({ name }) => experiments.find(name)));
  return rows.map(({ id, purges }) => ({ experimentId: id, epoch: purges }));
}

/** @returns `runs`, the `times` that summaries take, in ms, and how many `rows` of tallies are read for one */
async function summaries(studies, { name, rounds }, statements, client) {
  const timed = async () => {
    const start = performance.now();
    await studies.summary(name);
    return performance.now() - start;
  };
  const { times } = await inTurns({ times: timed }, { rounds, warmUp: rounds / 10 });
  statements.noted = [];
  const { runs } = await studies.summary(name);
  const asked = statements.noted.filter(({ query }) => query.includes('studies_tally'));
  if (asked.length === 0) throw new Error('A summary was made without reading tallies, as far as its statements tell.');
  let rows = 0;
  for (const { query, parameters } of asked) rows += await rowsReadBy(client, query, parameters);
  return { runs, times, rows };
}

/** How many rows of tables PostgreSQL reads for a statement, those included that it then leaves out. */
async function rowsReadBy(client, query, parameters) {
  const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`, parameters);
  const read = (node) => {
    const own = node['Relation Name'] === undefined ? 0 : node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0);
    return own * node['Actual Loops'] + (node.Plans ?? []).map(read).reduce((sum, more) => sum + more, 0);
  };
  return read(rows[0]['QUERY PLAN'][0].Plan);
}

async function countOf(client, name) {
  const { rows } = await client.query(`SELECT count(*) FROM ${name}`);
  return rows[0].count;
}

function numbers(count) {
  return Array.from({ length: count }, (_, index) => index + 1);
}
