import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { withPostgres } from './database.js';
import { inTurns, ratios } from './measure.js';
import { spread, table, Target, times } from './report.js';

const CONNECTIONS = 50;
/** For how long a route is under load without a break, in s: longer than the process takes to see that it is busy. */
const SLICE = 1;
/** The same where it matters when something happens. */
const SHORT_SLICE = 0.25;
/** How often a route with each candidate is, in turns with those that it is compared with. */
const ROUNDS = 60;
/** After how long a route whose candidate was stopped has recovered, in ms. */
const RECOVERY = 5_000;
/** How often a candidate that burns CPU time is turned on, and how long it has until it must have been stopped, in ms. */
const HALTS = 6;
const PATIENCE = 60_000;
const MEGABYTE = 1e6;

/**
 * Candidates that misbehave all the time, without guardrails. Where what one does takes memory or CPU time, the same work by hand shows
 * how much of what is missing is its own.
 */
const MISBEHAVING = {
  stuck: { title: 'never settles' },
  rejecting: { title: 'rejects after the response' },
  huge: { title: 'returns 50 MB that are there' },
  hungry: { title: 'allocates until its time-out', isByHand: true },
  hugeAnew: { title: 'makes and returns 50 MB', takesCpu: true },
};

/** What a candidate that misbehaves takes from its route under full load. */
export function run() {
  return withPostgres(measured);
}

async function measured(database) {
  const rows = [];
  const targets = [];
  for (const [kind, { title, isByHand, takesCpu }] of Object.entries(MISBEHAVING)) {
    const { slices, memory, candidates, calls } = await disturbed(kind, { database, isLimited: true }, isByHand);
    const [own, base, without] = ['own', 'base', 'without'].map((key) => slices[key]);
    const more = [memory.own.rss - memory.base.rss, memory.own.live - memory.base.live].map((one) => one / MEGABYTE);
    rows.push([
      title,
      spread(own, 0),
      times(own, base, 3),
      isByHand ? times(slices.byHand, base, 3) : '',
      times(own, without, 3),
      `${candidates} of ${calls}`,
      ...more.map((one) => one.toFixed(1)),
    ]);
    if (!takesCpu)
      targets.push(new Target(`requests, candidate ${title}, of the bare route`, ratios(own, base), { atLeast: 0.95 }));
    targets.push(new Target(`memory after ${SLICE * ROUNDS} s, candidate ${title}, MB more`, [more[0]], { atMost: 64 }));
  }
  const stopped = [];
  for (const isLimited of [false, true]) {
    const halts = await halted({ database, isLimited });
    const [during, after] = [halts.flatMap(({ before }) => before), halts.flatMap(({ after: slices }) => slices)];
    const title = `burns 50 ms of CPU, ${isLimited ? 'limits by default' : 'no limits'}`;
    const [runs, until] = [halts.map(({ candidates }) => candidates), halts.map((halt) => halt.until / 1_000)];
    stopped.push([title, spread(runs, 0), spread(until), spread(during, 3), spread(after, 3)]);
    targets.push(
      new Target(`requests within ${RECOVERY / 1_000} s of the halt, ${title}, of the bare route`, after, { atLeast: 0.95 }),
    );
  }
  const head = [
    'candidate',
    'requests/s',
    'of the bare route',
    'the same work by hand',
    'of one without the library',
    'runs',
    'MB more',
    'MB live more',
  ];
  const haltHead = ['candidate', 'runs', 's until the halt', 'of the bare route before', 'and after'];
  return {
    title: `A route under full load, ${CONNECTIONS} connections, every call sampled, experiments in PostgreSQL`,
    table: [table(head, rows), '', table(haltHead, stopped)].join('\n'),
    notes: [
      'Without guardrails above, with those by default below. Limits of the process as by default, unless it says otherwise.',
      'The bare route is in an application where another experiment is in use: on Node 20 and 22, AsyncLocalStorage, which tells',
      'candidates from other code, costs each promise of the process something, from when an experiment first runs.',
    ],
    targets,
  };
}

/** Loads a decorated route and those that it is compared with in turns. */
async function disturbed(kind, given, isByHand) {
  const servers = { own: await started(kind, given), base: await started('bare', given), without: await started('bare') };
  if (isByHand) servers.byHand = await started(kind, { ...given, isByHand });
  const slices = await inTurns(rates(servers, SLICE), { rounds: ROUNDS, warmUp: 2 });
  const { candidates, calls } = await told(servers.own, 'count');
  const memory = { own: await told(servers.own, 'settle'), base: await told(servers.base, 'settle') };
  await Promise.all(Object.values(servers).map(stopped));
  return { slices, memory, candidates, calls };
}

/** Loads a route whose candidate burns CPU time until a guardrail stops it, and for a while after that, again and again. */
async function halted(given) {
  const servers = { own: await started('burning', given), base: await started('bare', given) };
  await inTurns(rates(servers, SLICE), { rounds: 5 }); // routes that are in use are warm
  const halts = [];
  for (let time = 0; time < HALTS; time += 1) halts.push(await halt(servers));
  await Promise.all(Object.values(servers).map(stopped));
  return halts;
}

async function halt(servers) {
  const { candidates } = await told(servers.own, 'enable');
  const begun = Date.now();
  const slices = [];
  let now;
  do {
    const start = Date.now();
    const { own, base } = await inTurns(rates(servers, SHORT_SLICE), { rounds: 1 });
    now = await told(servers.own, 'count');
    slices.push({ start, ratio: own[0] / base[0] });
  } while (Date.now() < (now.haltedAt === undefined ? begun + PATIENCE : now.haltedAt + RECOVERY));
  if (now.haltedAt === undefined) throw new Error(`No guardrail has stopped a candidate in ${PATIENCE / 1_000} s.`);
  const ratiosOf = (parts) => parts.map(({ ratio }) => ratio);
  return {
    candidates: now.candidates - candidates,
    until: now.haltedAt - begun,
    before: ratiosOf(slices.filter(({ start }) => start < now.haltedAt)),
    after: ratiosOf(slices.filter(({ start }) => start >= now.haltedAt)),
  };
}

async function started(kind, given) {
  const file = fileURLToPath(new URL('load.server.js', import.meta.url));
  const server = fork(file, [kind, ...(given === undefined ? [] : [JSON.stringify(given)])], { execArgv: ['--expose-gc'] });
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

async function told({ server }, question) {
  server.send(question);
  const [answer] = await once(server, 'message');
  return answer;
}

/** What measures the requests a second of each of some servers, under load for so many s. */
function rates(servers, duration) {
  return Object.fromEntries(Object.entries(servers).map(([key, server]) => [key, () => rate(server, duration)]));
}

async function rate({ url }, duration) {
  const result = await autocannon({ url: `${url}/search?q=paris`, connections: CONNECTIONS, duration, sampleInt: 50 });
  const { '2xx': answered, non2xx, errors, start, finish } = result;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests to ${url} failed.`);
  return answered / ((finish - start) / 1_000);
}
