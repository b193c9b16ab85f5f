import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { DataSource } from 'typeorm';
import { startApplication } from './application.js';
import { inTurns } from './measure.js';
import { spread, table, Target } from './report.js';

const DATABASES = {
  PostgreSQL: { type: 'postgres', url: process.env.STUDIES_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/test' },
  MariaDB: { type: 'mariadb', url: process.env.STUDIES_TEST_MYSQL ?? 'mysql://root@127.0.0.1:3306/test' },
};

/** ms from one change of the row to the next, and from the control's value to the candidate's statement. */
const EVERY = 2;
const LATER = 5;

const ROUNDS = 400;

/** Most false differences, and the most ms that a caller waits longer. */
const LIMITS = { different: 0.1, wait: 0.1 };

/**
 * Identical code whose row changes all the time, with candidates that read later and at the same moment: how often they differ, and how
 * long the caller waits.
 */
export async function run() {
  const rows = [];
  const targets = [];
  for (const [name, options] of Object.entries(DATABASES)) {
    const { measured, reads } = await measure(options);
    for (const [variant, runs] of Object.entries(measured)) {
      rows.push([`${name}, ${variant}`, share(runs), reads[variant], spread(waits(runs), 3)]);
    }
    const { sameMoment, later } = measured;
    const more = waits(sameMoment).map((wait, round) => wait - waits([later[round]])[0]);
    const different = sameMoment.map(({ isDifferent }) => (isDifferent ? 1 : 0));
    const mean = different.reduce((sum, one) => sum + one, 0) / different.length;
    targets.push(
      new Target(`${name}: share of identical code that differs`, [mean], { atMost: LIMITS.different }),
      new Target(`${name}: ms that the caller waits longer`, more, { atMost: LIMITS.wait }),
    );
  }
  return {
    title: `A row that changes every ${EVERY} ms, read by a candidate ${LATER} ms after its control`,
    table: table(['', 'differ', 'read at the moment', 'caller waits, ms (quartiles)'], rows),
    notes: [],
    targets,
  };
}

async function measure(options) {
  const source = await new DataSource(options).initialize();
  const name = `studies_bench_moment_${process.pid}`;
  await source.query(`CREATE TABLE ${name} (id int PRIMARY KEY, n int NOT NULL)`);
  await source.query(`INSERT INTO ${name} VALUES (1, 0)`);
  const found = {};
  const reads = { later: 0, sameMoment: 0 };
  const { application, studies } = await startApplication([{ provide: 'source', useValue: source }], {});
  const read = async () => (await source.query(`SELECT n FROM ${name} WHERE id = 1`))[0].n;
  const variants = {};
  for (const variant of ['later', 'sameMoment']) {
    const call = studies.wrap({
      name: variant,
      control: read,
      candidate: async () => {
        await setTimeout(LATER);
        return read();
      },
      reads: variant,
      percentEnabled: 100,
      afterRun: ({ mismatched, candidates }) => {
        found[variant] = mismatched;
        if (candidates[0].reads === 'sameMoment') reads[variant] += 1;
      },
    });
    variants[variant] = async () => {
      await setTimeout(Math.random() * 2 * EVERY);
      const begun = performance.now();
      await call();
      const wait = performance.now() - begun;
      await studies.whenIdle();
      return { wait, isDifferent: found[variant] };
    };
  }
  const changes = new Worker(new URL('./moment.worker.js', import.meta.url), {
    workerData: { options, table: name, every: EVERY },
  });
  try {
    await once(changes, 'message');
    const measured = await inTurns(variants, { rounds: ROUNDS, warmUp: 50 });
    const of = (variant) => `${((100 * reads[variant]) / (ROUNDS + 50)).toFixed(1)} %`;
    return { measured, reads: { later: of('later'), sameMoment: of('sameMoment') } };
  } finally {
    changes.postMessage('stop');
    await once(changes, 'exit');
    await source.query(`DROP TABLE ${name}`);
    await application.close();
    if (source.isInitialized) await source.destroy();
  }
}

function waits(runs) {
  return runs.map(({ wait }) => wait);
}

function share(runs) {
  return `${((100 * runs.filter(({ isDifferent }) => isDifferent).length) / runs.length).toFixed(1)} %`;
}
