/**
 * A process with many methods, for the part about many experiments: decorated or not. Says how long its start took, in ms, and how large
 * its heap is then; where they are decorated, also how long refreshes take, in ms: with nothing new, and with one change.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Experiment, ExperimentService } from 'nestjs-studies';
import { ExperimentStorage } from '../../dist/storage/experiment.storage.js';
import { ExperimentCache } from '../../dist/sync/experiment-cache.js';
import { moduleWith, QUIET } from './application.js';
import { decorate } from './decorate.js';

const METHODS = 10;
const [, , database, count, isDecorated] = process.argv;
const begun = performance.now();
const providers = Array.from({ length: Number(count) / METHODS }, (_, index) => classOf(index));
const studies = { refreshInterval: 3_600_000 };
const application = await NestFactory.createApplicationContext(
  moduleWith({ database: JSON.parse(database), studies, providers }),
  QUIET,
);
const start = performance.now() - begun;
globalThis.gc();
globalThis.gc();
const heap = process.memoryUsage().heapUsed;
process.send({ start, heap, ...(isDecorated === 'yes' && { refreshes: await refreshes() }) });
process.on('disconnect', () => application.close());

function classOf(index) {
  class Many {}
  for (let method = 0; method < METHODS; method += 1) {
    const name = `method${method}`;
    Many.prototype[name] = function (number) {
      return number + 1;
    };
    Many.prototype[`${name}V2`] = function (number) {
      return number + 1;
    };
    if (isDecorated === 'yes') decorate(Many, name, Experiment({ name: `many-${index}-${method}`, candidate: `${name}V2` }));
  }
  return Many;
}

async function refreshes() {
  const view = application.get(ExperimentCache);
  const found = { same: [], changed: [] };
  for (let round = -5; round < 30; round += 1) {
    const same = await timed(() => view.refresh());
    // As another process does it: this one has not heard of it.
    const { version, ...settings } = await application.get(ExperimentService).find('many-0-0');
    await application.get(ExperimentStorage).update('many-0-0', version, settings, new Date());
    const changed = await timed(() => view.refresh());
    if (round < 0) continue;
    found.same.push(same);
    found.changed.push(changed);
  }
  return found;
}

async function timed(act) {
  const from = performance.now();
  await act();
  return performance.now() - from;
}
