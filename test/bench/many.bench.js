import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { withPostgres } from './database.js';
import { spread, table, Target } from './report.js';

const COUNT = 5_000;
const ROUNDS = 5;

/** What thousands of experiments cost a process: at its start, at each look at what operators have set, and in memory. */
export function run() {
  return withPostgres(measured);
}

async function measured(database) {
  const first = await started(database, true);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ plain: await started(database, false), decorated: await started(database, true) });
  }
  const of = (figure) => rounds.map(figure);
  const starts = of(({ decorated }) => decorated.start);
  const more = of(({ decorated, plain }) => decorated.start - plain.start);
  const memory = of(({ decorated, plain }) => (decorated.heap - plain.heap) / COUNT);
  const same = rounds.flatMap(({ decorated }) => decorated.refreshes.same);
  const changed = rounds.flatMap(({ decorated }) => decorated.refreshes.changed);
  const rows = [
    ['first start, all are new, ms', first.start.toFixed(0)],
    ['start, ms', spread(starts, 0)],
    ['start, ms more than undecorated', spread(more, 0)],
    ['refresh with nothing new, ms', spread(same, 2)],
    ['refresh with one change, ms', spread(changed, 2)],
    ['memory, bytes each', spread(memory, 0)],
  ];
  return {
    title: `${COUNT} decorated methods in one process, experiments in PostgreSQL`,
    table: table(['median (quartiles)', ''], rows),
    notes: [],
    targets: [
      new Target(`start with ${COUNT} experiments, ms`, starts, { atMost: 2_000 }),
      new Target(`first start with ${COUNT} experiments, ms`, [first.start], { atMost: 2_000 }),
      new Target('refresh with nothing new, ms', same, { atMost: 20 }),
      new Target('refresh with one change, ms', changed, { atMost: 20 }),
      new Target('memory of an experiment, bytes', memory, { atMost: 2_048 }),
    ],
  };
}

async function started(database, isDecorated) {
  const file = fileURLToPath(new URL('many.process.js', import.meta.url));
  const args = [JSON.stringify(database), String(COUNT), isDecorated ? 'yes' : 'no'];
  const one = fork(file, args, { execArgv: ['--expose-gc'] });
  const [found] = await once(one, 'message');
  one.disconnect();
  await once(one, 'exit');
  return found;
}
