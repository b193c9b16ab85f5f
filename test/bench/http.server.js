/**
 * A server of the HTTP part, in a process of its own. Given a database, it has the library, and beside the bare route the same route
 * decorated, at 0 % and at 100 %, and in django-studies' way. Each route is in an application of its own, for of those in one application
 * Express finds the first sooner than the others. Says their addresses when it listens, answers what it is asked, and ends with its parent.
 */
import { Controller, Get, Inject, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Experiment, ExperimentService } from 'nestjs-studies';
import { moduleWith } from './application.js';
import { decorate } from './decorate.js';
import { DjangoExperiment, DjangoStudies } from './django-studies.js';

/** Several applications in one process are warned of the default data source that each has. */
const QUIET = { logger: ['error'] };

const calls = { bare: 0, off: 0, all: 0, differing: 0, django: 0 };
const candidates = { bare: 0, off: 0, all: 0, differing: 0, django: 0 };

/** Makes a class with a control, and a candidate that finds the city in that country. */
function searches(path, country = 'FR') {
  return class Searches {
    async search(query) {
      calls[path] += 1;
      return { query, cities: [{ id: 2988507, name: 'Paris', country: 'FR' }] };
    }

    async searchV2(query) {
      candidates[path] += 1;
      return { query, cities: [{ id: 2988507, name: 'Paris', country }] };
    }
  };
}

function controller(path, Class, ...decorators) {
  Query('q')(Class.prototype, 'search', 0);
  Controller(path)(Class);
  return decorate(Class, 'search', Get(), ...decorators);
}

class DjangoSearches extends searches('django') {
  search(query) {
    return this.studies.conduct(
      'django',
      () => super.search(query),
      () => this.searchV2(query),
    );
  }
}
Inject(DjangoStudies)(DjangoSearches.prototype, 'studies');

const CONTROLLERS = {
  bare: controller('bare', searches('bare')),
  off: controller('off', searches('off'), Experiment({ name: 'off', candidate: 'searchV2' })),
  all: controller('all', searches('all'), Experiment({ name: 'all', candidate: 'searchV2' })),
  differing: controller('differing', searches('differing', 'US'), Experiment({ name: 'differing', candidate: 'searchV2' })),
  django: controller('django', DjangoSearches),
};

async function withLibrary(path, database) {
  const imports = path === 'django' ? [TypeOrmModule.forFeature([DjangoExperiment])] : [];
  const providers = path === 'django' ? [DjangoStudies] : [];
  const controllers = [CONTROLLERS[path]];
  const application = await NestFactory.create(moduleWith({ database, imports, controllers, providers }), QUIET);
  await application.init();
  if (path === 'django') await application.get(DjangoStudies).prepare('django');
  if (path === 'all' || path === 'differing') await application.get(ExperimentService).setPercentEnabled(path, 100);
  return application;
}

async function withoutLibrary() {
  class BareModule {}
  Module({ controllers: [CONTROLLERS.bare] })(BareModule);
  return NestFactory.create(BareModule, QUIET);
}

const [, , given] = process.argv;
const database = given && JSON.parse(given);
const applications = new Map();
for (const path of database === undefined ? ['bare'] : Object.keys(CONTROLLERS)) {
  applications.set(path, await (database === undefined ? withoutLibrary() : withLibrary(path, database)));
}

const answers = {
  count: () => ({ calls, candidates, cpu: cpuTime() }),
  /** Writes what is to be written. Gives the ms of CPU time that it takes. */
  settle: async () => {
    const before = cpuTime();
    if (database !== undefined)
      for (const application of applications.values()) await application.get(ExperimentService).whenIdle();
    return cpuTime() - before;
  },
  recorded: async () => ({ all: await recordedOf('all'), differing: await recordedOf('differing') }),
};

/** What was recorded of an experiment's calls: what came of them, and why others were skipped. */
async function recordedOf(name) {
  const { candidates: found, skipped } = await applications.get(name).get(ExperimentService).summary(name);
  return { counts: found[0].counts, skipped };
}

/** ms. */
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const urls = {};
for (const [path, application] of applications) {
  await application.listen(0, '127.0.0.1');
  urls[path] = `${await application.getUrl()}/${path}`;
}
process.on('message', async (question) => process.send(await answers[question]()));
process.on('disconnect', () => Promise.all([...applications.values()].map((application) => application.close())));
process.send(urls);
