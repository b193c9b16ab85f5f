import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { withPostgres } from './database.js';
import { inTurns, ratios } from './measure.js';
import { spread, table, Target, times } from './report.js';

const BARE = 'bare route';
const OFF = 'decorated, 0 %';
const ALL = 'decorated, 100 %, recorded';
const DIFFERING = 'decorated, 100 %, recorded, all differ';
const DJANGO = "django-studies' way, 100 %";
const WITHOUT = 'bare route of an application without the library';

const CONNECTIONS = 20;
/** s */
const SLICE = 0.15;
const ROUNDS = { warmUp: 10, rounds: 100 };

/** How many requests a route answers under load from this process, with the servers in others. */
export function run() {
  return withPostgres(async (options) => {
    const server = await started(options);
    const other = await started();
    const measured = await inTurns(
      {
        [BARE]: () => loaded(server, 'bare'),
        [OFF]: () => loaded(server, 'off'),
        [ALL]: () => loaded(server, 'all'),
        [DIFFERING]: () => loaded(server, 'differing'),
        [DJANGO]: () => loaded(server, 'django'),
        [WITHOUT]: () => loaded(other, 'bare'),
      },
      ROUNDS,
    );
    const counted = await asked(server, 'count');
    const recorded = await asked(server, 'recorded');
    await stopped(server);
    await stopped(other);
    return report(measured, counted, recorded);
  });
}

function report(measured, { calls, candidates }, recorded) {
  const of = (figure) =>
    Object.fromEntries(Object.entries(measured).map(([name, slices]) => [name, slices.map((one) => one[figure])]));
  const [rates, cpu, writing] = ['rate', 'cpu', 'writing'].map(of);
  const rows = Object.keys(measured).map((name) => [
    name,
    spread(rates[name], 0),
    times(rates[name], rates[BARE], 3),
    spread(cpu[name], 0),
    times(cpu[name], cpu[BARE], 3),
  ]);
  const kept = (name) => sum(recorded[name].counts) + sum(recorded[name].skipped);
  return {
    title: `A route of Nest on Express, ${CONNECTIONS} connections, experiments and results in PostgreSQL`,
    table: table(['median (quartiles)', 'requests/s', 'of the bare route', 'µs of CPU each', 'of the bare route'], rows),
    notes: [
      `At 100 %, ${candidates.all} of ${calls.all} calls ran the candidate; skipped: ${reasons(recorded.all.skipped)}.`,
      `A writing, one a second, takes ${spread(writing[ALL])} ms of CPU; where all differ, ${spread(writing[DIFFERING])} ms. It is in the figures.`,
    ],
    targets: [
      new Target('requests at 0 %, of the bare route', ratios(rates[OFF], rates[BARE]), { atLeast: 0.97 }),
      new Target('requests at 100 %, of the bare route', ratios(rates[ALL], rates[BARE]), { atLeast: 0.85 }),
      new Target("requests at 100 %, of those in django-studies' way", ratios(rates[ALL], rates[DJANGO]), { atLeast: 3 }),
      new Target('candidates run at 100 %, of the calls', [candidates.all / calls.all], { atLeast: 0.99 }),
      ...['all', 'differing'].map(
        (name) => new Target(`outcomes and skips of "${name}", of the calls`, [kept(name) / calls[name]], { exactly: 1 }),
      ),
    ],
  };
}

/** Starts a server; without a database, it doesn't have the library. */
async function started(database) {
  const file = fileURLToPath(new URL('http.server.js', import.meta.url));
  const server = fork(file, database === undefined ? [] : [JSON.stringify(database)]);
  server.once('exit', (code) => {
    if (code !== 0) throw new Error(`A server ended with ${code}; what it has written says why.`);
  });
  const [urls] = await once(server, 'message');
  return { server, urls };
}

async function stopped({ server }) {
  server.disconnect();
  await once(server, 'exit');
}

/**
 * Loads a route for a while. What it leaves to be written is written at the end, so that it is at nobody else's expense, and a
 * writing a second is charged to it.
 *
 * @returns requests per second; µs of the server's CPU time for each; and ms of CPU time for a writing
 */
async function loaded(started, path) {
  const url = `${started.urls[path]}?q=Paris`;
  const before = await asked(started, 'count');
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SLICE, sampleInt: 30 });
  const { '2xx': answered, non2xx, errors, start, finish } = result;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests to ${url} failed.`);
  const { cpu } = await asked(started, 'count');
  const writing = await asked(started, 'settle');
  const seconds = (finish - start) / 1_000;
  return {
    rate: answered / (seconds + (seconds * writing) / 1_000),
    cpu: ((cpu - before.cpu + seconds * writing) * 1_000) / answered,
    writing,
  };
}

async function asked({ server }, question) {
  server.send(question);
  const [answer] = await once(server, 'message');
  return answer;
}

function sum(counts) {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function reasons(skipped) {
  const counts = Object.entries(skipped).map(([reason, count]) => `${count} by ${reason}`);
  return counts.length > 0 ? counts.join(', ') : 'none';
}
