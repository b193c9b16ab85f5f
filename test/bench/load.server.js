/**
 * A server of the load part, in a process of its own: without a database a bare route without the library; else one decorated with a
 * candidate that misbehaves in the way that is named, or a bare one where another experiment is in use, maybe with the same work done by
 * hand. Answers `count` with what it has counted, `settle` with its memory when nothing is in flight, and `enable` when its experiment is on.
 * One that burns CPU time is off until then, and has guardrails.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Experiment, ExperimentService } from 'nestjs-studies';
import { ANY_LOAD, moduleWith, QUIET } from './application.js';
import { decorate } from './decorate.js';

const NONE = { errorRate: null, mismatchRate: null, slowerBy: null, blockedFor: null };
const ANSWER = { cities: [{ id: 2988507, name: 'Paris', country: 'FR' }] };
const counts = { calls: 0, candidates: 0, haltedAt: undefined };

/** What candidates do, by name. */
const CANDIDATES = {
  stuck: () => new Promise(() => undefined),
  burning: () => {
    const end = performance.now() + 50;
    while (performance.now() < end);
    return ANSWER;
  },
  rejecting: async () => {
    await pause(20);
    throw new Error('too late');
  },
  huge: async () => (huge ??= Buffer.alloc(50_000_000, 1)),
  hugeAnew: async () => Buffer.alloc(50_000_000, 1),
  hungry: async (signal) => {
    const kept = [];
    while (!signal.aborted) {
      kept.push(new Array(2_000).fill(kept.length));
      await pause(10);
    }
    return kept;
  },
};

let experiments;
let huge;

function controller(...decorators) {
  class SearchController {
    async search(query) {
      counts.calls += 1;
      return { query, ...ANSWER };
    }

    candidate() {
      counts.candidates += 1;
      return CANDIDATES[kind](experiments.current().signal);
    }
  }
  Query('q')(SearchController.prototype, 'search', 0);
  Controller('search')(SearchController);
  return decorate(SearchController, 'search', Get(), ...decorators);
}

async function withLibrary({ database, isLimited, isByHand }) {
  const isBare = kind === 'bare' || isByHand;
  const controllers = [isBare ? controller() : controller(Experiment({ name: kind, candidate: 'candidate' }))];
  const onHalt = () => (counts.haltedAt = Date.now());
  const limits = isLimited ? { maxEventLoopUtilization: 0.9, maxEventLoopDelay: 100 } : ANY_LOAD;
  const application = await NestFactory.create(moduleWith({ database, studies: { onHalt, ...limits }, controllers }), {
    logger: ['error'],
  });
  await application.init();
  experiments = application.get(ExperimentService);
  if (isBare) await useElsewhere();
  else if (kind !== 'burning') await experiments.update(kind, { percentEnabled: 100, guardrails: NONE });
  if (isByHand) for (let one = 0; one < 10; one += 1) void workByHand();
  return application;
}

/** Does what a candidate does again and again, as many at a time as an experiment has by default, and as long. */
async function workByHand() {
  for (;;) {
    await Promise.race([CANDIDATES[kind](AbortSignal.timeout(10_000)), pause(10_000)]);
    await pause(1);
  }
}

/** Runs another experiment, so that what it costs to have the library in use is not the candidates'. */
async function useElsewhere() {
  const run = experiments.wrap({ name: 'elsewhere', control: () => 1, candidate: async () => 1 });
  run();
  while ((await experiments.find('elsewhere')) === undefined) await pause(10);
  await experiments.enable('elsewhere');
  run();
  await experiments.whenIdle();
  if ((await experiments.summary('elsewhere')).runs === 0) throw new Error('The other experiment did not run.');
}

function withoutLibrary() {
  class BareModule {}
  Module({ controllers: [controller()] })(BareModule);
  return NestFactory.create(BareModule, QUIET);
}

const [, , kind, given] = process.argv;
const application = await (given === undefined ? withoutLibrary() : withLibrary(JSON.parse(given)));
await application.listen(0, '127.0.0.1');
process.on('message', async (message) => {
  if (message === 'settle') {
    await experiments?.whenIdle();
    for (let time = 0; time < 3; time += 1) {
      await pause(200);
      globalThis.gc();
    }
  }
  if (message === 'enable') {
    counts.haltedAt = undefined;
    await experiments.enable(kind);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send({ ...counts, rss, live: heapUsed + external });
});
process.on('disconnect', async () => {
  await application.close();
  process.exit(); // what is done by hand goes on
});
process.send(await application.getUrl());
