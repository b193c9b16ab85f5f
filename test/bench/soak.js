/**
 * Runs two servers on a PostgreSQL of its own under mixed load for a while, with faults at random, and looks in the end whether all
 * answers were the control's, all counts are exact, memory is flat and nothing keeps the servers alive.
 *
 *     npm run soak [minutes, 15 by default] [seed]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { privatePostgres } from '../support/servers.js';
import { Proxy } from '../support/proxy.js';
import { quantile } from './measure.js';

const CLIENTS = 6;
const SECOND = 1_000;
/** How much more memory than in its first half a process may have in its second, in bytes. */
const GROWTH = 16e6;
const minutes = Number(process.argv[2] ?? 15);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
const end = Date.now() + minutes * 60 * SECOND;
console.log(`${minutes} minutes, seed ${seed}`);

let state = seed;
/** mulberry32 (Tommy Ettinger): 0 to below 1. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
const between = (low, high) => low + random() * (high - low);
const oneOf = (list) => list[Math.floor(random() * list.length)];

/** A server of the soak and the clients that load it. */
class Loaded {
  requests = 0;
  wrong = [];
  longest = 0;
  #isLoading = false;
  #clients = [];
  #turn = Promise.resolve();

  static async start(database) {
    const one = new Loaded();
    const file = fileURLToPath(new URL('soak.process.js', import.meta.url));
    one.process = fork(file, [JSON.stringify(database)], { execArgv: ['--expose-gc'] });
    one.exited = once(one.process, 'exit');
    const [{ url, names }] = await once(one.process, 'message');
    return Object.assign(one, { url, names });
  }

  load() {
    this.#isLoading = true;
    this.#clients = Array.from({ length: CLIENTS }, () => this.#ask());
  }

  async rest() {
    this.#isLoading = false;
    await Promise.all(this.#clients);
  }

  /** Asks the process, one thing after the other. */
  ask(question, more = {}) {
    const asked = this.#turn.then(async () => {
      this.process.send({ question, ...more });
      const [answer] = await once(this.process, 'message');
      return answer;
    });
    this.#turn = asked.catch(() => undefined);
    return asked;
  }

  /** Ends it, and gives what it has published. Fails when something keeps it alive. */
  async end() {
    await this.rest();
    const { published, failed } = await this.ask('end');
    if (failed !== undefined) throw new Error(failed);
    const gone = await Promise.race([this.exited.then(() => true), pause(5 * SECOND, false, { ref: false })]);
    if (gone) return published;
    this.process.kill('SIGKILL');
    throw new Error('A server was kept alive by what it has left behind.');
  }

  async #ask() {
    while (this.#isLoading) {
      const begun = performance.now();
      try {
        const response = await fetch(`${this.url}/${this.names[this.requests % this.names.length]}`);
        const text = await response.text();
        if (text !== '{"cities":[{"id":2988507,"name":"Paris","country":"FR"}]}') this.wrong.push(`${response.status} ${text}`);
      } catch (error) {
        this.wrong.push(String(error));
      }
      this.longest = Math.max(this.longest, performance.now() - begun);
      this.requests += 1;
      await pause(5);
    }
  }
}

const server = await privatePostgres();
if (server === undefined) throw new Error('There is no PostgreSQL on this machine, of which the soak starts one of its own.');
await server.start();
const proxy = await Proxy.to(server.port);
const database = { ...server.options(proxy.port) };
const published = {};
const lasting = await Loaded.start(database);
let other = await Loaded.start(database);
await lasting.ask('unguarded');
const ended = [];

const FAULTS = {
  async killed() {
    await server.kill();
    await pause(between(1, 10) * SECOND);
    await server.start();
  },
  async restarted() {
    await server.stop();
    await server.start();
  },
  async slow() {
    proxy.slowDown(between(0.2, 30) * SECOND);
    await pause(between(2, 15) * SECOND);
    proxy.speedUp();
  },
  async readOnly() {
    await server.setReadOnly(true);
    await pause(between(1, 6) * SECOND);
    await server.setReadOnly(false);
  },
  async changed() {
    await oneOf([lasting, other]).ask('change', { name: oneOf(lasting.names), percent: Math.floor(between(1, 101)) });
  },
  async processRestarted() {
    // What can't be written at the end is lost, so it ends while it can be.
    await pause(12 * SECOND);
    await endedWith(other);
    other = await Loaded.start(database);
    other.load();
  },
};

async function endedWith(one) {
  for (const [name, counts] of Object.entries(await one.end())) {
    const sum = (published[name] ??= {});
    for (const [outcome, count] of Object.entries(counts)) sum[outcome] = (sum[outcome] ?? 0) + count;
  }
  ended.push(one);
}

const memory = [];
let isOver = false;
async function watch() {
  while (!isOver) {
    const { live, rss } = await lasting.ask('count');
    memory.push({ live, rss });
    await pause(Math.max((minutes * 60 * SECOND) / 60, SECOND));
  }
}

for (const one of [lasting, other]) one.load();
const watching = watch();
const happened = {};
while (Date.now() < end) {
  await pause(between(0.5, 5) * SECOND);
  const fault = oneOf(Object.keys(FAULTS));
  happened[fault] = (happened[fault] ?? 0) + 1;
  await FAULTS[fault]();
}
isOver = true;
await watching;
for (const one of [lasting, other]) await one.rest();

/** What is stored, in the words of what was published. */
async function stored() {
  const { stored: summaries = {} } = await lasting.ask('summary');
  const found = {};
  for (const [name, counts] of Object.entries(summaries)) {
    found[name] = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
  }
  return found;
}

const sorted = (counts) =>
  JSON.stringify(
    Object.entries(counts)
      .map(([name, one]) => [name, Object.entries(one).sort()])
      .sort(),
  );
await endedWith(other);
const own = (await lasting.ask('count')).published;
const all = structuredClone(published);
for (const [name, counts] of Object.entries(own)) {
  const sum = (all[name] ??= {});
  for (const [outcome, count] of Object.entries(counts)) sum[outcome] = (sum[outcome] ?? 0) + count;
}
let found = await stored();
for (const limit = Date.now() + 40 * SECOND; sorted(found) !== sorted(all) && Date.now() < limit; found = await stored())
  await pause(SECOND);
await endedWith(lasting);
proxy.close();
await server.remove();

const requests = ended.reduce((sum, one) => sum + one.requests, 0);
const wrong = ended.flatMap((one) => one.wrong);
const half = Math.floor(memory.length / 2);
const [before, after] = [memory.slice(Math.min(2, half), half), memory.slice(half)].map((part) =>
  part.map(({ live }) => live).sort((a, b) => a - b),
);
const growth = quantile(after, 0.5) - quantile(before, 0.5);
console.log(`Faults: ${JSON.stringify(happened)}`);
console.log(
  `${requests} requests, ${wrong.length} not answered as by the control; the longest took ${Math.max(...ended.map(({ longest }) => longest)).toFixed(0)} ms`,
);
console.log(`Counted: ${JSON.stringify(found)}`);
console.log(
  `Live memory: ${(quantile(before, 0.5) / 1e6).toFixed(1)} MB in the first half, ${(growth / 1e6).toFixed(1)} MB more in the second`,
);
console.log(`RSS at the end: ${((memory.at(-1)?.rss ?? 0) / 1e6).toFixed(0)} MB`);

const problems = [
  ...wrong.slice(0, 3),
  ...(sorted(found) === sorted(all) ? [] : [`Counts differ from what was published: ${JSON.stringify(all)}`]),
  ...(growth > GROWTH ? ['Memory has grown.'] : []),
];
for (const problem of problems) console.error(`FAILED: ${problem}`);
if (problems.length === 0) console.log('All is well: counts are exact, memory is flat, no handle is left.');
process.exitCode = problems.length === 0 ? 0 : 1;
