/**
 * A server of the HTTP part, in a process of its own. Given a database, it has the library, and beside the bare route the same route
 * decorated, at 0 % and at 100 %. Says its address when it listens, answers every message with what it has counted, and ends with its
 * parent.
 */
import { Controller, Get, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Experiment, ExperimentService } from 'nestjs-studies';
import { EXPERIMENT_REGISTRY } from '../../dist/decorators/tokens.js';
import { moduleWith, QUIET } from './application.js';
import { decorate } from './decorate.js';

const calls = { bare: 0, off: 0, all: 0 };
const candidates = { bare: 0, off: 0, all: 0 };

function controller(path, ...decorators) {
  class SearchController {
    async search(query) {
      calls[path] += 1;
      return { query, cities: [{ id: 2988507, name: 'Paris', country: 'FR' }] };
    }

    async searchV2(query) {
      candidates[path] += 1;
      return { query, cities: [{ id: 2988507, name: 'Paris', country: 'FR' }] };
    }
  }
  Query('q')(SearchController.prototype, 'search', 0);
  Controller(path)(SearchController);
  return decorate(SearchController, 'search', Get(), ...decorators);
}

/** @returns the application, and what gives the runs that the library has skipped, which only it knows, by reason */
async function withLibrary(database) {
  // Express tries routes in this order, which is not to the bare one's disadvantage.
  const controllers = [
    controller('bare'),
    controller('off', Experiment({ name: 'off', candidate: 'searchV2' })),
    controller('all', Experiment({ name: 'all', candidate: 'searchV2' })),
  ];
  const application = await NestFactory.create(moduleWith({ database, controllers }), QUIET);
  await application.init();
  await application.get(ExperimentService).setPercentEnabled('all', 100);
  const { state } = application.get(EXPERIMENT_REGISTRY).find('all');
  return { application, skipped: () => Object.fromEntries(state.counts.skipped) };
}

async function withoutLibrary() {
  class BareModule {}
  Module({ controllers: [controller('bare')] })(BareModule);
  return { application: await NestFactory.create(BareModule, QUIET), skipped: () => ({}) };
}

const [, , database] = process.argv;
const { application, skipped } = await (database === undefined ? withoutLibrary() : withLibrary(JSON.parse(database)));
await application.listen(0, '127.0.0.1');
process.on('message', () => process.send({ calls, candidates, skipped: skipped(), cpu: process.cpuUsage() }));
process.on('disconnect', () => application.close());
process.send(await application.getUrl());
