import { startApplication } from './application.js';
import { measureCalls } from './call-site.js';
import { turn } from './measure.js';
import { spread, table, Target } from './report.js';
import { decorated, decoratedEcho, TrelloScientist, Tzientist } from './searches.js';

const CITY = { id: 2988507, name: 'Paris', country: 'FR', location: { latitude: 48.85341, longitude: 2.3488 } };
const CITIES = Array.from({ length: 100 }, (_, id) => ({ ...CITY, id, location: { ...CITY.location } }));

const NUMBER = 'nestjs-studies, a number';
const CITY_ONLY = 'nestjs-studies, a small object';
const LIST = 'nestjs-studies, a list of 100 objects';

/** The same experiments, of which nothing is recorded. */
const unrecorded = (name) => `${name}, record: false`;

const ROUNDS = { warmUp: 50, rounds: 100 };

/**
 * What a sampled call costs its caller, and in all, with and without its result being recorded, and how that grows with the arguments
 * and values that have to be copied.
 */
export async function run() {
  const recorded = { [NUMBER]: decorated, [CITY_ONLY]: decoratedEcho, [LIST]: decoratedEcho };
  const classes = Object.entries(recorded).flatMap(([name, make]) => [
    [name, make(name)],
    [unrecorded(name), make(unrecorded(name), { record: false })],
  ]);
  const percentages = Object.fromEntries(classes.map(([name]) => [name, 100]));
  const { application, studies } = await startApplication(
    classes.map(([, Class]) => Class),
    percentages,
  );
  const ours = Object.fromEntries(classes.map(([name, Class]) => [name, callsOf(name, application.get(Class))]));
  const scientist = new TrelloScientist(true);
  const variants = {
    ...ours,
    'tzientist, a number': { subject: new Tzientist(true), count: 400 },
    'scientist, a number': { subject: scientist, count: 400, perTurn: 20, settle: () => published(scientist) },
  };
  const measured = await measureCalls(variants, ROUNDS);
  await studies.whenIdle();
  await application.close();

  const rows = Object.entries(measured).map(([name, { caller, total }]) => [name, micros(caller), micros(total)]);
  const runs = sum(Object.values(ours).map(({ subject }) => subject.runs));
  const calls = sum(Object.values(ours).map(({ count }) => count * (ROUNDS.warmUp + ROUNDS.rounds)));
  const added = (name) => measured[name].total.map((total, round) => (total - measured[unrecorded(name)].total[round]) / 1_000);
  return {
    title: 'Calls that are all sampled, of a method that gives what it takes, with a candidate that does the same',
    table: table(['median (quartiles)', "µs of the caller's", 'µs in all'], rows),
    notes: [`nestjs-studies ran the candidate for ${runs} of ${calls} calls.`],
    targets: [NUMBER, CITY_ONLY].map(
      (name) => new Target(`µs that recording adds to a run: ${name}`, added(name), { atMost: 3 }),
    ),
  };
}

function callsOf(name, subject) {
  if (name.startsWith(LIST)) return { subject, argument: CITIES, count: 20, perTurn: 5 };
  return { subject, argument: name.startsWith(CITY_ONLY) ? CITY : 1, count: 400, perTurn: 20 };
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function micros(nanoseconds) {
  return spread(nanoseconds.map((one) => one / 1_000));
}

/** Waits until scientist has the results of all its calls, which takes it several turns. */
async function published(scientist) {
  while (scientist.runs < scientist.calls) await turn();
}
