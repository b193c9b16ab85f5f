import { startApplication } from './application.js';
import { measureCalls } from './call-site.js';
import { ratios } from './measure.js';
import { spread, table, Target, times } from './report.js';
import { decorated, HandWritten, Plain, TrelloScientist, Tzientist } from './searches.js';

const PLAIN = 'plain method';
const CHECK = 'hand-written check';
const OFF = 'nestjs-studies at 0 %';
const ONE_PERCENT = 'nestjs-studies at 1 %, with what runs later';

/** A service has several experiments, and what V8 learns of one decorated method, it applies to all. */
const NEIGHBOURS = ['a', 'b', 'c', 'd', 'e', 'f'];

const ROUNDS = { warmUp: 50, rounds: 300 };
const COUNT = 30_000;

/** What a call costs that is not sampled, or rarely, beside the method alone and beside a check written by hand. */
export async function run() {
  const [Off, OnePercent, ...Neighbours] = ['off', 'one-percent', ...NEIGHBOURS].map((name) => decorated(name));
  const { application, studies } = await startApplication([Off, OnePercent, ...Neighbours], { 'one-percent': 1 });
  const onePercent = application.get(OnePercent);
  const variants = {
    [PLAIN]: { subject: new Plain(), count: COUNT },
    [CHECK]: { subject: new HandWritten(), count: COUNT },
    [OFF]: { subject: application.get(Off), count: COUNT },
    [ONE_PERCENT]: { subject: onePercent, count: COUNT, perTurn: COUNT / 6 },
    'nestjs-studies at 0 %, wrap()': { subject: await wrapped(studies), count: COUNT },
    'tzientist, not enabled': { subject: new Tzientist(false), count: 10_000 },
    'scientist, not sampled': { subject: new TrelloScientist(false), count: 2_000 },
  };
  const neighbours = Neighbours.map((Neighbour) => [Neighbour.name, { subject: application.get(Neighbour), count: 2_000 }]);
  const measured = await measureCalls({ ...variants, ...Object.fromEntries(neighbours) }, ROUNDS);
  await studies.whenIdle();
  await application.close();

  const [plain, check] = [measured[PLAIN].total, measured[CHECK].total];
  const row = (name, numbers) => [name, spread(numbers), times(numbers, plain), times(numbers, check)];
  const rows = Object.keys(variants).map((name) => row(name, measured[name].total));
  rows.splice(3, 0, row('nestjs-studies at 1 %, the caller alone', measured[ONE_PERCENT].caller));
  const calls = (ROUNDS.warmUp + ROUNDS.rounds) * COUNT;
  return {
    title: 'Calls that are not sampled, from a shared call site, of a method that adds one',
    table: table(['median (quartiles)', 'ns per call', 'of the plain method', 'of the hand-written check'], rows),
    notes: [`At 1 %, ${onePercent.runs} of ${calls} calls ran the candidate. ${NEIGHBOURS.length} more experiments are at 0 %.`],
    targets: [
      new Target('a call at 0 %, of the hand-written check', ratios(measured[OFF].total, check), { atMost: 1.5 }),
      new Target('a call at 1 % for its caller, of the hand-written check', ratios(measured[ONE_PERCENT].caller, check), {
        atMost: 3,
      }),
    ],
  };
}

/** The experiment as a function. Its first call makes it known. */
async function wrapped(studies) {
  const search = studies.wrap({ name: 'wrapped', control: (number) => number + 1, candidate: (number) => number + 1 });
  search(1);
  await studies.whenIdle();
  return { search };
}
