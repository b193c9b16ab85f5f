import { setTimeout as wait } from 'node:timers/promises';
import { Experiment } from 'nestjs-studies';
import { startApplication } from './application.js';
import { decorate } from './decorate.js';
import { table } from './report.js';

/** Calls per second, and for how many seconds. */
const RATE = 200;
const SECONDS = 30;

/** Seconds in which the control's noise is learnt, and the cost of examining. */
const WARM_UP = 5;

const ITEMS = 50;

/** Differences of the candidate from the control, each of which has to be searched for in all items. */
const WAYS = {
  'in one field of one item': (item, index) => (index === 0 ? { ...item, price: -1 } : item),
  'in one field of all items': (item) => ({ ...item, price: -1 }),
  'in the order of the items': (item, index, items) => items[(index * 7) % ITEMS],
};

/** A shop whose candidate always differs in some way. */
function shop(name, change, options) {
  class Shop {
    list(page) {
      return Array.from({ length: ITEMS }, (_, index) => ({
        id: page * ITEMS + index,
        name: `item ${index}`,
        price: index,
        at: 'now',
      }));
    }

    listAnew(page) {
      return this.list(page).map(change);
    }
  }
  return decorate(Shop, 'list', Experiment({ name, candidate: 'listAnew', ...options }));
}

/**
 * Which share of the runs is examined for the fields that differ, within the time that this may take (20 ms of each second), where all of
 * them differ: runs that aren't are no evidence where noise is measured, and else their fields are unknown.
 */
export async function run() {
  const rows = [];
  for (const [way, change] of Object.entries(WAYS)) {
    for (const noise of [0, 10]) {
      const name = `${way}, noise: ${noise}`;
      const { runs, examined } = await measure(name, shop(name, change, { noise }));
      rows.push([name, String(runs), `${(examined * 100).toFixed(1)} %`]);
    }
  }
  return {
    title: `Runs that are examined at ${RATE} runs/s of lists of ${ITEMS}, all of which differ`,
    table: table(['the candidate differs', 'runs', 'examined'], rows),
    notes: ['Which runs are examined is drawn before they are compared, so that those that are not are no others.'],
    targets: [],
  };
}

async function measure(name, Shop) {
  const { application, studies } = await startApplication([Shop], { [name]: 100 });
  const subject = application.get(Shop);
  await call(subject, WARM_UP);
  await studies.whenIdle();
  const before = await count(studies, name);
  await call(subject, SECONDS);
  await studies.whenIdle();
  const after = await count(studies, name);
  await application.close();
  const runs = after.runs - before.runs;
  return { runs, examined: 1 - (after.missed - before.missed) / runs };
}

/** Calls at an even rate. */
async function call(subject, seconds) {
  const begun = performance.now();
  for (let calls = 0; calls < RATE * seconds; calls += 1) {
    const early = begun + (calls * 1_000) / RATE - performance.now();
    if (early > 1) await wait(early);
    subject.list(calls);
  }
}

/** Counts the runs so far, and those that were not examined. */
async function count(studies, name) {
  const { candidates } = await studies.summary(name);
  const [{ counts, account, examined }] = candidates;
  const runs = Object.values(counts).reduce((sum, one) => sum + one);
  return { runs, missed: Math.max(account.overBudget, counts.mismatched - examined) };
}
