/**
 * A server of the HTTP part, in a process of its own. Given a database, it has the library, and beside the bare route the same route
 * decorated, at 0 % and at 100 %, and in django-studies' way. Says its address when it listens, answers what it is asked, and ends with
 * its parent.
 */
import { Controller, Get, Inject, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Experiment, ExperimentService } from 'nestjs-studies';
import { moduleWith, QUIET } from './application.js';
import { decorate } from './decorate.js';
import { DjangoExperiment, DjangoStudies } from './django-studies.js';

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

async function withLibrary(database) {
  // Express tries routes in this order, which is not to the bare one's disadvantage.
  const controllers = [
    controller('bare', searches('bare')),
    controller('off', searches('off'), Experiment({ name: 'off', candidate: 'searchV2' })),
    controller('all', searches('all'), Experiment({ name: 'all', candidate: 'searchV2' })),
    controller('differing', searches('differing', 'US'), Experiment({ name: 'differing', candidate: 'searchV2' })),
    controller('django', DjangoSearches),
  ];
  const imports = [TypeOrmModule.forFeature([DjangoExperiment])];
  const application = await NestFactory.create(moduleWith({ database, imports, controllers, providers: [DjangoStudies] }), QUIET);
  await application.init();
  const studies = application.get(ExperimentService);
  for (const name of ['all', 'differing']) await studies.setPercentEnabled(name, 100);
  await application.get(DjangoStudies).prepare('django');
  return { application, studies };
}

async function withoutLibrary() {
  class BareModule {}
  Module({ controllers: [controller('bare', searches('bare'))] })(BareModule);
  return { application: await NestFactory.create(BareModule, QUIET) };
}

const [, , database] = process.argv;
const { application, studies } = await (database === undefined ? withoutLibrary() : withLibrary(JSON.parse(database)));

const answers = {
  count: () => ({ calls, candidates, cpu: cpuTime() }),
  /** Writes what is to be written. Gives the ms of CPU time that it takes. */
  settle: async () => {
    const before = cpuTime();
    await studies?.whenIdle();
    return cpuTime() - before;
  },
  recorded: async () => {
    const [all, differing] = [await studies.summary('all'), await studies.summary('differing')];
    return { all: recordedIn(all), differing: recordedIn(differing) };
  },
};

/** What was recorded of an experiment's calls: what came of them, and why others were skipped. */
function recordedIn({ candidates: [{ counts }], skipped }) {
  return { counts, skipped };
}

/** ms. */
function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

await application.listen(0, '127.0.0.1');
process.on('message', async (question) => process.send(await answers[question]()));
process.on('disconnect', () => application.close());
process.send(await application.getUrl());
