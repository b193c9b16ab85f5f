import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withPostgres } from './database.js';
import { quantile } from './measure.js';
import { table, Target } from './report.js';

const PROCESSES = 4;
const INTERVAL = 1_000;
const CHANGES = { notified: 100, looking: 20 };

/** How long it takes until all of several processes obey a change that one of them has made. */
export async function run() {
  const [notified, looking] = await withPostgres(async (options) => [
    await delays(options, { refreshInterval: INTERVAL }, CHANGES.notified),
    await delays(options, { refreshInterval: INTERVAL, listen: false }, CHANGES.looking),
  ]);

  const row = (title, { own, others }) => [
    [`${title}: the one that made it`, ...figures(own)],
    [`${title}: the others`, ...figures(others)],
  ];
  return {
    title: `Until ${PROCESSES} processes on one PostgreSQL obey a change, ms`,
    table: table(
      ['', 'changes seen', 'median', '95th percentile', 'longest'],
      [...row('NOTIFY', notified), ...row('looking', looking)],
    ),
    notes: [`refreshInterval is ${INTERVAL} ms. Counted from before the change is stored.`],
    targets: [
      new Target('longest until all obey, by NOTIFY, ms', [Math.max(...notified.others)], { atMost: 300 }),
      new Target('longest until all obey, by looking, ms', [Math.max(...looking.others)], { atMost: INTERVAL + 500 }),
    ],
  };
}

/** Makes changes one after the other. Gives, in ms, how long each process took to obey each: the one that made it, and the others. */
async function delays(database, studies, changes) {
  const processes = [];
  // One after the other, so that only the first creates the tables.
  for (let index = 0; index < PROCESSES; index += 1) processes.push(await started(database, studies));
  const measured = { own: [], others: [] };
  await pause(500);
  for (let change = 0; change < changes; change += 1) {
    const [set, ...seen] = await changed(processes, change % 2 === 0 ? 100 : 0);
    seen.forEach(({ at }, index) => measured[index === 0 ? 'own' : 'others'].push(Number(BigInt(at) - BigInt(set.at)) / 1e6));
    await pause(Math.random() * 100);
  }
  for (const one of processes) one.disconnect();
  await Promise.all(processes.map((one) => once(one, 'exit')));
  return measured;
}

async function started(database, studies) {
  const file = fileURLToPath(new URL('obey.process.js', import.meta.url));
  const one = fork(file, [JSON.stringify(database), JSON.stringify(studies)]);
  await once(one, 'message');
  return one;
}

/** Has the first process make a change. Gives when it began to, and when each has obeyed. */
function changed(processes, percent) {
  const [first] = processes;
  const said = (one, key) =>
    new Promise((resolve) => {
      const listener = (message) => {
        if (message[key] !== percent) return;
        one.off('message', listener);
        resolve(message);
      };
      one.on('message', listener);
    });
  const all = [said(first, 'set'), ...processes.map((one) => said(one, 'seen'))];
  first.send(percent);
  return Promise.all(all);
}

function figures(delays) {
  return [String(delays.length), ...[0.5, 0.95, 1].map((share) => quantile(delays, share).toFixed(1))];
}
