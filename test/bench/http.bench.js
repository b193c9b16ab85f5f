import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { openDatabase } from './database.js';
import { inTurns, ratios } from './measure.js';
import { spread, table, Target, times } from './report.js';

const BARE = 'bare route';
const OFF = 'decorated, 0 %';
const ALL = 'decorated, 100 %';
const WITHOUT = 'bare route of an application without the library';

const CONNECTIONS = 20;
/** s */
const SLICE = 0.15;
const ROUNDS = { warmUp: 10, rounds: 100 };

/** How many requests a route answers under load from this process, with the servers in others. */
export async function run() {
  const database = await openDatabase();
  const server = await started(database.options);
  const other = await started();
  const measured = await inTurns(
    {
      [BARE]: () => loaded(server, 'bare'),
      [OFF]: () => loaded(server, 'off'),
      [ALL]: () => loaded(server, 'all'),
      [WITHOUT]: () => loaded(other, 'bare'),
    },
    ROUNDS,
  );
  const { calls, candidates, skipped } = await counted(server);
  await stopped(server);
  await stopped(other);
  await database.drop();

  const of = (figure) =>
    Object.fromEntries(Object.entries(measured).map(([name, slices]) => [name, slices.map((one) => one[figure])]));
  const [rates, cpu] = [of('rate'), of('cpu')];
  const rows = Object.keys(measured).map((name) => [
    name,
    spread(rates[name], 0),
    times(rates[name], rates[BARE], 3),
    spread(cpu[name], 0),
    times(cpu[name], cpu[BARE], 3),
  ]);
  return {
    title: `A route of Nest on Express, ${CONNECTIONS} connections, experiments in ${database.name}`,
    table: table(['median (quartiles)', 'requests/s', 'of the bare route', 'µs of CPU each', 'of the bare route'], rows),
    notes: [`At 100 %, ${candidates.all} of ${calls.all} calls ran the candidate; skipped: ${reasons(skipped)}.`],
    targets: [
      new Target('requests at 0 %, of the bare route', ratios(rates[OFF], rates[BARE]), { atLeast: 0.97 }),
      new Target('requests at 100 %, of the bare route', ratios(rates[ALL], rates[BARE]), { atLeast: 0.85 }),
      new Target('candidates run at 100 %, of the calls', [candidates.all / calls.all], { atLeast: 0.99 }),
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
  const [url] = await once(server, 'message');
  return { server, url };
}

async function stopped({ server }) {
  server.disconnect();
  await once(server, 'exit');
}

/** Loads a route for a while. Gives requests per second, and µs of the server's CPU time for each. */
async function loaded(started, path) {
  const url = `${started.url}/${path}?q=Paris`;
  const before = await counted(started);
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SLICE, sampleInt: 30 });
  const { '2xx': answered, non2xx, errors, start, finish } = result;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests to ${url} failed.`);
  const { cpu } = await counted(started);
  const spent = cpu.user + cpu.system - before.cpu.user - before.cpu.system;
  return { rate: answered / ((finish - start) / 1_000), cpu: spent / answered };
}

async function counted({ server }) {
  server.send('count');
  const [counts] = await once(server, 'message');
  return counts;
}

function reasons(skipped) {
  const counts = Object.entries(skipped).map(([reason, count]) => `${count} by ${reason}`);
  return counts.length > 0 ? counts.join(', ') : 'none';
}
