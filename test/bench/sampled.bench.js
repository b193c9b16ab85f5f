import { startApplication } from './application.js';
import { measureCalls } from './call-site.js';
import { turn } from './measure.js';
import { spread, table } from './report.js';
import { decorated, decoratedEcho, TrelloScientist, Tzientist } from './searches.js';

const CITY = { id: 2988507, name: 'Paris', country: 'FR', location: { latitude: 48.85341, longitude: 2.3488 } };
const CITIES = Array.from({ length: 100 }, (_, id) => ({ ...CITY, id, location: { ...CITY.location } }));

const ROUNDS = { warmUp: 50, rounds: 100 };

/** What a sampled call costs its caller, and in all, and how that grows with the arguments and values that have to be copied. */
export async function run() {
  const [Adding, City, Cities] = [decorated('number'), decoratedEcho('city'), decoratedEcho('cities')];
  const percentages = { number: 100, city: 100, cities: 100 };
  const { application, studies } = await startApplication([Adding, City, Cities], percentages);
  const [number, city, cities] = [Adding, City, Cities].map((Class) => application.get(Class));
  const scientist = new TrelloScientist(true);
  const variants = {
    'nestjs-studies, a number': { subject: number, count: 400, perTurn: 20 },
    'nestjs-studies, a small object': { subject: city, argument: CITY, count: 400, perTurn: 20 },
    'nestjs-studies, a list of 100 objects': { subject: cities, argument: CITIES, count: 20, perTurn: 5 },
    'tzientist, a number': { subject: new Tzientist(true), count: 400 },
    'scientist, a number': { subject: scientist, count: 400, perTurn: 20, settle: () => published(scientist) },
  };
  const measured = await measureCalls(variants, ROUNDS);
  await studies.whenIdle();
  await application.close();

  const rows = Object.entries(measured).map(([name, { caller, total }]) => [name, micros(caller), micros(total)]);
  const calls = [400, 400, 20].map((count) => count * (ROUNDS.warmUp + ROUNDS.rounds));
  const runs = [number, city, cities].map((subject) => subject.runs);
  return {
    title: 'Calls that are all sampled, of a method that gives what it takes, with a candidate that does the same',
    table: table(['median (quartiles)', "µs of the caller's", 'µs in all'], rows),
    notes: [`nestjs-studies ran the candidate for ${runs.join(', ')} of ${calls.join(', ')} calls.`],
    targets: [],
  };
}

function micros(nanoseconds) {
  return spread(nanoseconds.map((one) => one / 1_000));
}

/** Waits until scientist has the results of all its calls, which takes it several turns. */
async function published(scientist) {
  while (scientist.runs < scientist.calls) await turn();
}
