/**
 * A server of the soak, in a process of its own, whose candidates behave in many ways. Told `count`, says what was published, by experiment
 * and outcome, and its memory; told `summary`, what is stored; told `end`, closes, says what was published in all, and lets itself end.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Experiment, ExperimentService } from 'nestjs-studies';
import { moduleWith } from './application.js';
import { decorate } from './decorate.js';

const ANSWER = { cities: [{ id: 2988507, name: 'Paris', country: 'FR' }] };
const NONE = { errorRate: null, mismatchRate: null, slowerBy: null, blockedFor: null };

/** What candidates do, by the name of their experiment. */
const CANDIDATES = {
  matching: async () => ANSWER,
  differing: () => ({ cities: Math.random() < 0.5 ? [] : ANSWER.cities }),
  rejecting: () => pause(5).then(() => Promise.reject(new Error('no such city'))),
  stuck: () => new Promise(() => undefined),
  large: async () => ({ cities: Array.from({ length: 5_000 }, (_, id) => ({ id, name: 'Paris' })) }),
};

const published = {};
const publisher = {
  publish({ experiment, candidates }) {
    const counts = (published[experiment] ??= {});
    for (const { outcome } of candidates) counts[outcome] = (counts[outcome] ?? 0) + 1;
  },
};

function controller(name) {
  class SoakController {
    async search() {
      return ANSWER;
    }

    candidate() {
      return CANDIDATES[name]();
    }
  }
  Controller(name)(SoakController);
  return decorate(
    SoakController,
    'search',
    Get(),
    Experiment({ name, candidate: 'candidate', timeout: 200, percentEnabled: 50 }),
  );
}

const [, , database] = process.argv;
const names = Object.keys(CANDIDATES);
const studies = { publisher, refreshInterval: 200, flushInterval: 200, onError: () => undefined };
const application = await NestFactory.create(
  moduleWith({ database: JSON.parse(database), studies, controllers: names.map(controller) }),
  { logger: false },
);
await application.listen(0, '127.0.0.1');
const experiments = application.get(ExperimentService);

const answers = {
  count: async () => {
    globalThis.gc();
    const { rss, heapUsed, external } = process.memoryUsage();
    return { published, rss, live: heapUsed + external };
  },
  unguarded: async () => {
    for (const name of names) await experiments.update(name, { guardrails: NONE });
  },
  summary: async () => {
    await experiments.whenIdle();
    const stored = {};
    for (const name of names) stored[name] = (await experiments.summary(name)).candidates[0]?.counts ?? {};
    return { stored };
  },
  change: async ({ name, percent }) => {
    await experiments.setPercentEnabled(name, percent);
  },
  end: async () => {
    await application.close();
    return { published };
  },
};

process.on('message', async ({ question, ...more }) => {
  let answer;
  try {
    answer = (await answers[question](more)) ?? {};
  } catch (error) {
    answer = { failed: String(error) };
  }
  process.send(answer, () => {
    // What is left now keeps the process alive, and is found out by that.
    if (question === 'end') process.disconnect();
  });
});
process.send({ url: await application.getUrl(), names });
