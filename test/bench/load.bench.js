import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { withPostgres } from './database.js';
import { ratios } from './measure.js';
import { spread, table, Target, times } from './report.js';

const CONNECTIONS = 50;
/** s of load at a time. */
const SLICE = 0.5;
/** For how long each candidate is under load, in ms, half of it its own and half the bare route's. */
const DURATION = 60_000;
/** After how long a route whose candidate was stopped has recovered, in ms. */
const RECOVERY = 5_000;
const MEGABYTE = 1e6;

/** Candidates that misbehave all the time, without guardrails. */
const MISBEHAVING = {
  stuck: 'never settles',
  rejecting: 'rejects after the response',
  huge: 'returns 50 MB that are there',
  hugeAnew: 'makes and returns 50 MB',
  hungry: 'allocates until its time-out',
};

/** What a candidate that misbehaves takes from its route under full load. */
export function run() {
  return withPostgres(measured);
}

async function measured(database) {
  const rows = [];
  const targets = [];
  for (const [kind, title] of Object.entries(MISBEHAVING)) {
    const { slices, memory, candidates, calls } = await disturbed(kind, { database, isLimited: true });
    const [own, base] = [slices.own, slices.base].map((some) => some.map(({ rate: one }) => one));
    const [cpu, baseCpu] = [slices.own, slices.base].map((some) => some.map(({ cpu: one }) => one));
    const more = [memory.own.rss - memory.base.rss, memory.own.live - memory.base.live].map((one) => one / MEGABYTE);
    rows.push([
      title,
      spread(own, 0),
      times(own, base, 3),
      times(cpu, baseCpu, 3),
      `${candidates} of ${calls}`,
      ...more.map((one) => one.toFixed(1)),
    ]);
    targets.push(
      new Target(`requests, candidate ${title}, of the bare route`, ratios(own, base), { atLeast: 0.95 }),
      new Target(`memory after ${DURATION / 1_000} s, candidate ${title}, MB more`, [more[0]], { atMost: 64 }),
    );
  }
  const stopped = [];
  for (const isLimited of [false, true]) {
    const { until, during, after, candidates } = await halted({ database, isGuarded: true, isLimited });
    const title = `burns 50 ms of CPU, ${isLimited ? 'limits by default' : 'no limits'}`;
    stopped.push([title, String(candidates), (until / 1_000).toFixed(1), spread(during, 3), spread(after, 3)]);
    targets.push(
      new Target(`requests within ${RECOVERY / 1_000} s of the halt, ${title}, of the bare route`, after, { atLeast: 0.95 }),
    );
  }
  const head = [
    'candidate',
    'requests/s',
    'of the bare route',
    'CPU of each, of the bare route',
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
    ],
    targets,
  };
}

/** Loads a decorated route and the bare one in turns. */
async function disturbed(kind, given) {
  const [own, base] = [await started(kind, given), await started('bare')];
  const slices = { own: [], base: [] };
  for (const server of [own, base]) await rate(server);
  const end = Date.now() + DURATION;
  for (let round = 0; Date.now() < end; round += 1) {
    for (const [key, server] of inOrder(round, ['own', own], ['base', base])) slices[key].push(await rate(server));
  }
  const { candidates, calls } = await told(own, 'count');
  const memory = { own: await told(own, 'settle'), base: await told(base, 'settle') };
  await Promise.all([own, base].map(stopped));
  return { slices, memory, candidates, calls };
}

/** Loads a route until a guardrail stops its candidate, and for a while after that. */
async function halted(given) {
  const [own, base] = [await started('burning', given), await started('bare')];
  await rate(base);
  const begun = Date.now();
  const slices = [];
  let at;
  while (Date.now() < (at === undefined ? begun + DURATION : at + RECOVERY)) {
    const start = Date.now();
    const found = await rate(own);
    at ??= (await told(own, 'count')).haltedAt;
    slices.push({ start, ratio: found.rate / (await rate(base)).rate });
  }
  const { candidates } = await told(own, 'count');
  await Promise.all([own, base].map(stopped));
  if (at === undefined) throw new Error(`No guardrail has stopped the candidate, which ran ${candidates} times.`);
  const parts = { before: slices.filter(({ start }) => start < at), after: slices.filter(({ start }) => start >= at) };
  const [during, after] = [parts.before, parts.after].map((part) => part.map(({ ratio }) => ratio));
  return { until: at - begun, during, after, candidates };
}

function inOrder(round, one, other) {
  return round % 2 === 0 ? [one, other] : [other, one];
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

/** Requests a second in a slice, and µs of CPU that the server has spent on each, its candidates' among them. */
async function rate(started) {
  const { url } = started;
  const before = await told(started, 'count');
  const result = await autocannon({ url: `${url}/search?q=paris`, connections: CONNECTIONS, duration: SLICE, sampleInt: 50 });
  const after = await told(started, 'count');
  const { '2xx': answered, non2xx, errors, start, finish } = result;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests to ${url} failed.`);
  const spent = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return { rate: answered / ((finish - start) / 1_000), cpu: spent / answered };
}
