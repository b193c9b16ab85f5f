/**
 * A process of its own, with the package as it is built, in which each function that an application can give leaves errors behind. Prints of
 * which the application's `onError` was told. Nobody listens to errors of the process, so that one that isn't contained ends it.
 */
import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExperimentService, Publisher } from 'nestjs-studies';
import { StudiesTestingModule } from 'nestjs-studies/testing';

const { mode } = JSON.parse(process.argv[2] ?? '');

const fail = (operation) => {
  throw new Error(operation);
};

/** Leaves errors behind, and gives a value. */
const leave = (operation, value) => {
  void (async () => fail(operation))();
  void Promise.reject(new Error(operation));
  setTimeout(fail, 1, operation);
  setImmediate(fail, operation);
  process.nextTick(fail, operation);
  queueMicrotask(() => fail(operation));
  return value;
};

const logged = [];
const logger = Object.fromEntries(
  ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'].map((level) => [
    level,
    (message) => {
      logged.push(String(message));
      // What Nest itself logs is the application's.
      if (/failed|was stopped/.test(message)) leave('logger');
    },
  ]),
);

class LeavingPublisher extends Publisher {
  publish({ control, candidates }) {
    void [control.cleanedValue, candidates[0].diff];
    return leave('publish');
  }
}

const told = new Map();
class FunctionsModule {}
Module({
  imports: [
    StudiesTestingModule.forRoot({
      publisher: LeavingPublisher,
      onError: (operation, error) => {
        told.set(operation, (told.get(operation) ?? new Set()).add(error?.message));
        leave('onError');
      },
      onHalt: () => leave('onHalt'),
      defaults: { mode, timeout: 5_000, record: true },
    }),
  ],
})(FunctionsModule);
const application = await NestFactory.createApplicationContext(FunctionsModule, { logger });
const experiments = application.get(ExperimentService);

const value = { control: () => 1, candidate: () => 2 };
const error = { control: () => fail('control'), candidate: () => fail('candidate') };
const OPTIONS = {
  all: {
    ...value,
    context: () => leave('context', {}),
    runIf: () => leave('runIf', true),
    beforeRun: () => leave('beforeRun'),
    candidateArgs: () => leave('candidateArgs', []),
    compare: () => leave('compare', false),
    ignore: () => leave('ignore', false),
    clean: (given) => leave('clean', given),
    diff: () => leave('diff', 'differs'),
    afterRun: () => leave('afterRun'),
    ...(mode === 'serial' && { order: (names) => leave('order', names) }),
  },
  errors: { ...error, compareErrors: () => leave('compareErrors', true) },
  raising: { ...value, raiseOnMismatch: true, raiseWith: () => leave('raiseWith', new Error('differs')) },
  someSubjects: { ...value, subject: () => leave('subject', 'ada') },
  halted: { control: async () => 1, candidate: async () => fail('candidate') },
};

/** What is told of the last function that a run of each calls. */
const LAST = { all: 'publish', errors: 'compareErrors', raising: 'raiseWith', someSubjects: 'subject', halted: 'onHalt' };

for (const [name, options] of Object.entries(OPTIONS)) {
  const call = experiments.wrap({ name, ...options });
  const tryCall = async () => {
    try {
      await call();
    } catch {
      // What the control throws, or the mismatch.
    }
    await experiments.whenIdle();
    await pause(5);
  };
  await tryCall();
  if (name === 'someSubjects') await experiments.update(name, { percentEnabled: 50, subjects: ['ada'] });
  if (name === 'halted') await experiments.update(name, { guardrails: { errorRate: 0 } });
  // A busy machine skips calls.
  for (let calls = 0; calls < 100 && !told.has(LAST[name]); calls += 1) await tryCall();
}
await experiments.whenIdle();
await pause(100);
await application.close();
await pause(50);

const hasLogged = logged.some((message) => message.includes('"onError"'));
process.stdout.write(
  JSON.stringify({ hasLogged, told: Object.fromEntries([...told].map(([name, messages]) => [name, [...messages]])) }),
);
