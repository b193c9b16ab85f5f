import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Experiment } from 'nestjs-studies';
import Scientist from 'scientist';
import { experimentAsync } from 'tzientist';
import { startApplication } from './application.js';
import { decorate } from './decorate.js';
import { inTurns, ratios } from './measure.js';
import { spread, table, Target, times } from './report.js';

const PLAIN = 'plain method';
const OURS = 'nestjs-studies';

const control = (number) => setTimeout(5, number);
const candidate = (number) => setTimeout(50, number);

class Search {
  search(number) {
    return control(number);
  }

  searchV2(number) {
    return candidate(number);
  }
}
decorate(Search, 'search', Experiment({ name: 'wait', candidate: 'searchV2', maxConcurrent: 100 }));

/** How long a caller waits for a control of 5 ms, beside which a candidate of 50 ms is run at each call. */
export async function run() {
  const { application, studies } = await startApplication([Search], { wait: 100 });
  const search = application.get(Search);
  const scientist = new Scientist();
  const ours = {
    [PLAIN]: { call: control },
    [OURS]: { call: () => search.search(1), settled: () => studies.whenIdle() },
  };
  const theirs = {
    'tzientist, parallel': { call: tzientist({ inParallel: true }) },
    'tzientist, serial': { call: tzientist({ inParallel: false }) },
    scientist: { call: () => science(scientist), settled: () => once(scientist, 'result') },
  };
  for (const { call } of Object.values({ ...ours, ...theirs })) await warmUp(call);
  const some = await waits({ ...ours, ...theirs }, 40);
  const many = await waits(ours, 300);
  await application.close();

  const rows = Object.entries({ ...some, ...many }).map(([name, wait]) => {
    const base = name in many ? many[PLAIN] : some[PLAIN];
    return [name, spread(wait, 2), times(wait, base, 3)];
  });
  return {
    title: "A caller's wait, control 5 ms, candidate 50 ms, every call sampled",
    table: table(['median (quartiles)', 'ms', 'of the plain method'], rows),
    notes: [],
    targets: [new Target("a caller's wait, of that for the plain method", ratios(many[OURS], many[PLAIN]), { atMost: 1.02 })],
  };
}

/** Calls so often that the code is compiled, as it is in a service that has run for a while. */
async function warmUp(call) {
  for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 100 }, () => call(1)));
}

/** By variant, ms until a call resolves; `settled` waits for what it has left behind, so that it doesn't disturb the next. */
function waits(variants, rounds) {
  const measures = Object.entries(variants).map(([name, { call, settled = () => undefined }]) => [
    name,
    async (round) => {
      spinUntil((round * 0.618034) % 1);
      const start = performance.now();
      await call(1);
      const wait = performance.now() - start;
      await settled();
      return wait;
    },
  ]);
  return inTurns(Object.fromEntries(measures), { rounds });
}

/**
 * Waits for a fraction of a ms on the clock by which timers count whole ms. So the calls of one round begin at the same fraction, and
 * those of all rounds at fractions spread evenly, by the golden ratio.
 */
function spinUntil(fraction) {
  const passed = Number(process.hrtime.bigint() % 1_000_000n) / 1_000_000;
  const end = performance.now() + ((fraction - passed + 1) % 1);
  while (performance.now() < end);
}

function tzientist({ inParallel }) {
  return experimentAsync({ name: 'wait', control, candidate, options: { inParallel, publish: () => undefined } });
}

function science(scientist) {
  return scientist.science('wait', (experiment) => {
    experiment.async(true);
    experiment.use(() => control(1));
    experiment.try(() => candidate(1));
  });
}
