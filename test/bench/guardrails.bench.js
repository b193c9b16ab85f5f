import { GuardrailWatch } from '../../dist/experiment/guardrails/guardrail-watch.js';
import { chance, lognormal } from '../support/chance.js';
import { simulated } from './fleet.js';
import { quantile } from './measure.js';
import { table, Target } from './report.js';

const NONE = { errorRate: null, mismatchRate: null, slowerBy: null, blockedFor: null };
const FINE = { outcome: 'matched', duration: 1, control: 1, blocked: 0 };
const MILLION = 1_000_000;
const TRIES = 301;

/** Which share of runs fails where which share may. */
const FAILING = [
  [1, 0.5],
  [0.9, 0.5],
  [0.8, 0.5],
  [0.7, 0.5],
  [0.6, 0.5],
  [1, 0.1],
  [0.5, 0.1],
  [0.2, 0.1],
  [1, 0.01],
  [0.1, 0.01],
  [0.02, 0.01],
];

/** Which blocks of the event loop, in ms, where 25 ms are allowed on average. */
const BLOCKING = [
  ['2 000 ms', () => () => 2_000],
  ['500 ms', () => () => 500],
  ['100 ms', () => () => 100],
  ['40 ms', () => () => 40],
  ['30 ms', () => () => 30],
  ['100 ms on average, lognormal, σ = 1', (draw) => lognormal(draw, 100, 1)],
  ['50 ms on average, lognormal, σ = 1', (draw) => lognormal(draw, 50, 1)],
];

/** What is within its limit, in each of a million runs. */
const WITHIN = [
  ['40 % fail of 50 %', { errorRate: 0.5 }, (draw) => failing(draw, 0.4)],
  ['50 % fail of 50 %', { errorRate: 0.5 }, (draw) => failing(draw, 0.5)],
  ['10 % fail of 10 %', { errorRate: 0.1 }, (draw) => failing(draw, 0.1)],
  ['1 % fail of 1 %', { errorRate: 0.01 }, (draw) => failing(draw, 0.01)],
  ['20 ms on average, lognormal, σ = 0.5', { blockedFor: 25 }, (draw) => blocking(lognormal(draw, 20, 0.5))],
  ['20 ms on average, lognormal, σ = 1', { blockedFor: 25 }, (draw) => blocking(lognormal(draw, 20, 1))],
  ['25 ms on average, lognormal, σ = 1', { blockedFor: 25 }, (draw) => blocking(lognormal(draw, 25, 1))],
];
const ROUNDS = 5;

/** How many processes, each with a failing call in how many ms. */
const FLEETS = [
  { processes: 10, every: 2_000, share: 1 },
  { processes: 100, every: 2_000, share: 1 },
  { processes: 100, every: 2_500, share: 1 },
  { processes: 100, every: 2_000, share: 0.8 },
  { processes: 100, every: 30_000, share: 1 },
];

/** How soon guardrails stop what is beyond a limit, how seldom what is within, and what they cost a run. Simulated: it is no matter of load. */
export async function run() {
  const failures = FAILING.map(([share, limit]) => {
    const runs = stops({ errorRate: limit }, (draw) => failing(draw, share));
    return { share, limit, runs };
  });
  const blocks = BLOCKING.map(([what, ms]) => ({ what, runs: stops({ blockedFor: 25 }, (draw) => blocking(ms(draw))) }));
  const within = WITHIN.map(([what, limits, runs]) => ({ what, halts: falseHalts(limits, runs) }));
  const fleets = [];
  for (const fleet of FLEETS) fleets.push({ ...fleet, ...(await stopped(fleet)) });
  const cost = costs();
  const rows = [
    ...failures.map(({ share, limit, runs }) => [`${percent(share)} fail where ${percent(limit)} may`, ...spread(runs)]),
    ...blocks.map(({ what, runs }) => [`blocks of ${what}, where 25 ms may be on average`, ...spread(runs)]),
  ];
  const of = (share, limit) => failures.find((one) => one.share === share && one.limit === limit).runs;
  const ofFleet = (every, share) => fleets.find((one) => one.processes === 100 && one.every === every && one.share === share);
  return {
    title: 'Guardrails: runs until an experiment is stopped',
    table: table(['candidate', 'median', '90 %'], rows),
    notes: [
      '',
      table(
        ['processes, a call of each every', 'failed runs in all', 's'],
        fleets.map(({ processes, every, share, failed, seconds }) => [
          `${processes}, ${every / 1_000} s, ${percent(share)} fail`,
          String(quantile(failed, 0.5)),
          quantile(seconds, 0.5).toFixed(1),
        ]),
      ),
      '',
      table(
        ['within the limit', `stopped in ${ROUNDS} × 1 000 000 runs`],
        within.map(({ what, halts }) => [what, String(halts)]),
      ),
      '',
      `A run costs ${quantile(cost, 0.5).toFixed(0)} ns with the guardrails by default.`,
    ],
    targets: [
      new Target('runs until all failing is stopped, limit 50 %', of(1, 0.5), { atMost: 20 }),
      new Target('runs until 80 % failing is stopped, limit 50 %', of(0.8, 0.5), { atMost: 70 }),
      new Target('runs until blocks of 2 s are stopped', blocks[0].runs, { atMost: 2 }),
      new Target('failed runs of 100 processes with one in 2 s', ofFleet(2_000, 1).failed, { atMost: 100 }),
      new Target('s until 100 processes with one in 2 s stop', ofFleet(2_000, 1).seconds, { atMost: 3 }),
      new Target('halts of what is within its limit', [within.reduce((sum, { halts }) => sum + halts, 0)], { exactly: 0 }),
      new Target('cost of a run, ns', cost, { atMost: 1_000 }),
    ],
  };
}

function failing(draw, share) {
  return () => ({ ...FINE, outcome: draw() < share ? 'errored' : 'matched' });
}

function blocking(ms) {
  return () => ({ ...FINE, blocked: ms() });
}

/** How many runs it takes in each of some tries. */
function stops(limits, runsOf) {
  return Array.from({ length: TRIES }, (_, seed) => runsUntilHalt(limits, runsOf(chance(seed)), MILLION / 10));
}

function falseHalts(limits, runsOf) {
  let halts = 0;
  for (let seed = 0; seed < ROUNDS; seed += 1) {
    if (runsUntilHalt(limits, runsOf(chance(1_000 + seed)), MILLION) < Infinity) halts += 1;
  }
  return halts;
}

function runsUntilHalt(limits, run, atMost) {
  const watch = new GuardrailWatch({ ...NONE, ...limits });
  for (let runs = 1; runs <= atMost; runs += 1) if (watch.observe(run()) !== undefined) return runs;
  return Infinity;
}

async function stopped(fleet) {
  const all = [];
  for (let seed = 0; seed < 11; seed += 1) all.push(await simulated({ ...fleet, seed, seconds: 300 }));
  return { failed: all.map(({ failed }) => failed), seconds: all.map(({ seconds }) => seconds) };
}

/** ns that a run costs, once a round. */
function costs() {
  const watch = new GuardrailWatch({});
  return Array.from({ length: 9 }, () => {
    const begun = performance.now();
    for (let run = 0; run < MILLION / 10; run += 1) watch.observe(FINE);
    return ((performance.now() - begun) * 1e6) / (MILLION / 10);
  });
}

function spread(runs) {
  return [quantile(runs, 0.5), quantile(runs, 0.9)].map((number) => number.toFixed(0));
}

function percent(share) {
  return `${Number((share * 100).toFixed(4))} %`;
}
