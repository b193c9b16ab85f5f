/**
 * A process of its own, with the package as it is built: runs an experiment for each everyday mistake that a candidate can make in what it
 * leaves behind, with a guardrail that allows no failure, and prints what came of each, and what the application's listeners have heard.
 */
import 'reflect-metadata';
import domain from 'node:domain';
import { EventEmitter } from 'node:events';
import { createReadStream, stat } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExperimentService } from 'nestjs-studies';
import { StudiesTestingModule } from 'nestjs-studies/testing';

const { isListening, isInDomain } = JSON.parse(process.argv[2] ?? '');

const fail = () => {
  throw new Error('mistake');
};
const load = async () => {
  await null;
  fail();
};
/** Rejects later. */
const reject = (ms) => pause(ms).then(fail);

const MISTAKES = {
  'void f()': () => void load(),
  'void f() of nothing': () => void Promise.reject(undefined),
  'a rejection later in a chain': () =>
    void pause(1)
      .then(() => 1)
      .then(fail),
  'items.map(load)': () => void [1, 2].map(load),
  'two awaited one after the other': async () => {
    const [slow, quick] = [pause(20), load()];
    await slow;
    await quick;
  },
  'two of Promise.all': () => Promise.all([reject(1), reject(5)]),
  'a rejection that is handled late': () => {
    const rejected = load();
    setTimeout(() => rejected.catch(() => undefined), 10);
  },
  'a throw in setTimeout': () => void setTimeout(fail, 1),
  'a throw in setInterval': () => {
    const interval = setInterval(() => {
      clearInterval(interval);
      fail();
    }, 1);
  },
  'a throw in setImmediate': () => void setImmediate(fail),
  'a throw in nextTick': () => process.nextTick(fail),
  'a throw in queueMicrotask': () => queueMicrotask(fail),
  'a throw in a callback': () => stat('.', fail),
  'an error that nobody listens for': () => void setTimeout(() => new EventEmitter().emit('error', new Error('mistake')), 1),
  'an async listener': () => void new EventEmitter({ captureRejections: true }).on('event', load).emit('event'),
  'a listener of a signal': () => {
    const controller = new AbortController();
    controller.signal.addEventListener('abort', fail);
    controller.abort();
  },
  'a stream that errors': () => void createReadStream('/there/is/none'),
  'a request that fails': () => void get({ host: '127.0.0.1', port: 1 }),
  'an async iterator that nobody waits for': () =>
    void (async () => {
      for await (const one of (async function* () {
        yield 1;
        fail();
      })())
        void one;
    })(),
  'a thread that fails': () => void new Worker('throw new Error("mistake")', { eval: true }),
};

const heard = [];
const around = isInDomain ? domain.create().on('error', (error) => heard.push(['domain', error?.message])) : undefined;
if (isListening) {
  for (const event of ['uncaughtException', 'uncaughtExceptionMonitor', 'unhandledRejection', 'rejectionHandled', 'warning']) {
    process.on(event, (error) => heard.push([event, String(error?.message ?? error)]));
  }
}

const told = new Map();
const halted = new Map();
class MistakenModule {}
Module({
  imports: [
    StudiesTestingModule.forRoot({
      onError: (operation, error, experiment) =>
        told.set(experiment, [...(told.get(experiment) ?? []), [operation, error?.message]]),
      onHalt: ({ experiment, reason }) => halted.set(experiment, reason),
    }),
  ],
})(MistakenModule);
const application = await NestFactory.createApplicationContext(MistakenModule, { logger: false });
const experiments = application.get(ExperimentService);

const gave = {};
for (const [name, candidate] of Object.entries(MISTAKES)) {
  const wrapped = experiments.wrap({ name, control: async () => 1, candidate });
  const call = () => around?.run(wrapped) ?? wrapped();
  await call();
  await experiments.update(name, { guardrails: { errorRate: 0 } });
  gave[name] = [await call(), await call()];
}
const limit = Date.now() + 20_000;
while (halted.size < Object.keys(MISTAKES).length && Date.now() < limit) await pause(10);
// What could still be thrown, or told, comes in the next turns.
await pause(50);
await application.close();

const entries = Object.keys(MISTAKES).map((name) => [name, { gave: gave[name], told: told.get(name), halted: halted.get(name) }]);
process.stdout.write(JSON.stringify({ heard, came: Object.fromEntries(entries) }));
