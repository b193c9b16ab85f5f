/**
 * A process of its own that makes an error of the application's, of the kind that it is given: with the package as it is built, right after a
 * call whose candidate makes errors too, or without. All that can be seen of either is printed: it has to be the same.
 */
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import domain from 'node:domain';
import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const { kind, listeners, hasLibrary } = JSON.parse(process.argv[2] ?? '');

const say = (...words) => process.stdout.write(`${words.join(' ')}\n`);

const fail = () => {
  throw new RangeError('of the application');
};
const load = async () => {
  await null;
  fail();
};

const KINDS = {
  'a throw': fail,
  'a throw in a timer': () => setTimeout(fail, 1),
  'a throw in a tick': () => process.nextTick(fail),
  'a throw in a microtask': () => queueMicrotask(fail),
  'a throw of nothing': () =>
    setImmediate(() => {
      throw undefined;
    }),
  'an error that nobody listens for': () =>
    setImmediate(() => new EventEmitter().emit('error', new RangeError('of the application'))),
  'a rejection': () => void load(),
  'a rejection with a text': () => void Promise.reject('of the application'),
  'a rejection that is handled late': () => {
    const rejected = load();
    setTimeout(() => rejected.catch(() => say('handled')), 5);
  },
  'two rejections': () => void [load(), load()],
  'a rejection and a throw': () => {
    void load();
    setTimeout(fail, 5);
  },
  'a throw in a domain': () =>
    domain
      .create()
      .on('error', (error) => say('domain', error.message))
      .run(() => setTimeout(fail, 1)),
  'a rejection in a domain': () =>
    domain
      .create()
      .on('error', (error) => say('domain', error.message))
      .run(load),
  'a throw in a domain that nobody listens to': () => domain.create().run(() => setTimeout(fail, 1)),
};

const EVENTS = ['uncaughtExceptionMonitor', 'uncaughtException', 'unhandledRejection', 'rejectionHandled', 'warning'];

/** What the application listens with. */
const LISTENERS = {
  none: () => undefined,
  'two of each': () => {
    for (const event of EVENTS) {
      process.on(event, (error, more) => say(event, 'second', error?.message, typeof more, new Error('at').stack));
      process.prependListener(event, (error) => say(event, 'first', error?.message));
    }
  },
  'one that ends the process': () =>
    process.on('uncaughtException', (error, origin) => {
      say(error?.message, origin);
      process.exit(7);
    }),
  'one that throws': () => {
    process.on('uncaughtException', () => fail());
  },
  'a monitor': () => process.on('uncaughtExceptionMonitor', (error, origin) => say('monitor', error?.message, origin)),
  'one that sets the exit code': () =>
    process.on('unhandledRejection', (error) => (process.exitCode = error === undefined ? 2 : 3)),
  'a capture': () => process.setUncaughtExceptionCaptureCallback((error) => say('captured', error?.message)),
  'a wrapped emit': () => {
    const { emit } = process;
    process.emit = function (event, ...told) {
      say('wrapped', event, told.length);
      return emit.call(this, event, ...told);
    };
  },
};

const heard = [];

/** Makes the call of which the error comes. */
async function application() {
  // The stack of what an async hook sees has a frame more, so both processes have one.
  const stores = new AsyncLocalStorage();
  if (!hasLibrary) return { call: () => stores.run(1, () => pause(1)), close: async () => undefined };
  const [{ Module }, { NestFactory }, { ExperimentService }, { StudiesTestingModule }] = await Promise.all([
    import('@nestjs/common'),
    import('@nestjs/core'),
    import('nestjs-studies'),
    import('nestjs-studies/testing'),
  ]);
  class FateModule {}
  Module({ imports: [StudiesTestingModule.forRoot({ onError: (operation) => heard.push(operation) })] })(FateModule);
  const nest = await NestFactory.createApplicationContext(FateModule, { logger: false });
  const candidate = async () => {
    void load();
    // Whatever listens to what can't be contained: what captures all exceptions hears those of candidates too.
    if (listeners !== 'a capture') setTimeout(fail, 1);
    // What holds the context of a candidate may still throw while the application's error comes.
    setInterval(() => stores.getStore(), 1).unref();
  };
  const call = nest.get(ExperimentService).wrap({ name: 'beside', control: () => pause(1), candidate });
  return { call: () => stores.run(1, call), close: () => nest.close() };
}

const { call, close } = await application();
LISTENERS[listeners]();
process.on('exit', (code) => say('exit', code, process.exitCode, heard.length > 0 === hasLibrary));
await call();
for (let waited = 0; hasLibrary && heard.length === 0 && waited < 1_000; waited += 1) await pause(10);
// In the context of the call, as what a request begins.
setImmediate(KINDS[kind]);
await new Promise((resolve) => setImmediate(resolve));
// What has been begun is due before this, however busy the machine is.
await pause(50);
await call();
await close();
say('ended', Object.keys(process).includes('emit'));
