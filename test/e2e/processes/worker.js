/**
 * A process of its own, with the package as it is built: runs an experiment in the database that it is given, says every now and then
 * how far it is, and closes. An experiment without a number of calls is run until the process is killed.
 */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ExperimentService, StudiesModule } from 'nestjs-studies';

const { database, experiment, calls, flushInterval, release = '1' } = JSON.parse(process.argv[2] ?? '');

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the calls are made for, each as often as the others. */
const KINDS = ['matches', 'differs', 'throws', 'hangs', 'isSkipped'];

class WorkerModule {}
Module({
  imports: [
    TypeOrmModule.forRoot({ ...database, autoLoadEntities: true }),
    StudiesModule.forRoot({ admin: false, flushInterval, release, publisher: { publish() {} } }),
  ],
})(WorkerModule);
const application = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error'] });
const experiments = application.get(ExperimentService);

const call = experiments.wrap({
  name: experiment,
  control: async (kind, index) => ({ kind, index }),
  candidate: async (kind, index) => {
    if (kind === 'throws') throw new RangeError(`at ${index}`);
    if (kind === 'hangs') await pause(7);
    return { kind, index: kind === 'differs' ? -index : index };
  },
  runIf: ({ args: [kind] }) => kind !== 'isSkipped',
  timeout: 5,
  maxConcurrent: 4,
});

let made = 0;

await new Promise((resolve) => {
  process.once('message', resolve);
  process.send({ isReady: true });
});
while (calls === undefined || made < calls) {
  const batch = Array.from({ length: 20 }, async (_, position) => {
    const index = made + position;
    const kind = KINDS[index % KINDS.length];
    assert.deepEqual(await call(kind, index), { kind, index });
  });
  await Promise.all(batch);
  made += batch.length;
  await pause(6);
  process.send({ made, at: Date.now() });
}
await application.close();
process.send({ made, isClosed: true });
process.disconnect();
