import { setTimeout } from 'node:timers/promises';
import { Experiment } from 'nestjs-studies';
import { startApplication } from './application.js';
import { decorate } from './decorate.js';
import { SHAPES } from './disturb.shapes.js';
import { turn } from './measure.js';
import { table, Target } from './report.js';

/** How often each shape is given: the least counts, since what else the machine does only adds to it. */
const CALLS = 5;

/** ms: the most that a call may take of its caller, and the most that a piece may keep the event loop. */
const LIMITS = { caller: 1, piece: 10 };

/** The values that are given, made beforehand, so that the bare code takes nothing. */
const given = { control: undefined, candidate: undefined };

/** Takes what comes of runs. */
const outcomes = [];
const afterRun = ({ candidates: [candidate] }) => outcomes.push(candidate.outcome);

/** Experiments that are given shapes. */
const EXPERIMENTS = {
  take: { control: (argument) => argument === undefined, candidate: (argument) => argument === undefined },
  copied: { control: () => given.control, candidate: () => given.candidate },
  shared: { control: () => given.control, candidate: () => given.candidate, isolate: 'none' },
};

class Disturbed {
  take(argument) {
    return argument === undefined;
  }

  candidate() {
    return given.candidate;
  }

  count(number) {
    return number < 2 ? number : this.count(number - 1) + this.count(number - 2);
  }

  countBare(number) {
    return number < 2 ? number : this.countBare(number - 1) + this.countBare(number - 2);
  }
}
decorate(Disturbed, 'take', Experiment({ name: 'take', candidate: 'take' }));
decorate(Disturbed, 'count', Experiment({ name: 'count', candidate: 'countBare' }));

/** What shapes of values take, as arguments and as values, of a caller and of the event loop. */
export async function run() {
  const names = ['take', 'count'];
  const percentages = Object.fromEntries(names.map((name) => [name, 100]));
  const { application, studies } = await startApplication([Disturbed], percentages);
  const subject = application.get(Disturbed);
  const settled = () => studies.whenIdle();
  const experiments = {};
  for (const kind of Object.keys(EXPERIMENTS)) experiments[kind] = await experimentsOf(studies, kind);
  await warmUp(studies, experiments);
  const measured = [];
  for (const [name, make] of Object.entries(SHAPES)) {
    measured.push([name, await shapeOf(studies, experiments, make)]);
    // What others have left is theirs.
    given.control = given.candidate = undefined;
    globalThis.gc?.();
  }
  const bursts = await burstsOf(subject, settled);
  await application.close();
  return {
    title: `Shapes of values: ms of a caller, ms of the longest piece of work, and what came of it, the least of ${CALLS} calls`,
    table: [tableOf(measured), '', table(BURSTS, bursts)].join('\n'),
    notes: [
      'Time that the process waited for a processor is not counted. Values "not copied" are those of an experiment with isolate: none.',
    ],
    targets: [
      ['ms of a caller, its arguments', (shape) => shape.argument.caller, LIMITS.caller],
      ['ms of a caller, its value', (shape) => Math.max(shape.equal.caller, shape.different.caller), LIMITS.caller],
      ['ms in one piece, arguments', (shape) => shape.argument.piece, LIMITS.piece],
      ['ms in one piece, copied values', (shape) => Math.max(shape.equal.piece, shape.different.piece), LIMITS.piece],
      ['ms in one piece, values not copied', (shape) => Math.max(shape.same.piece, shape.other.piece), LIMITS.piece],
    ].flatMap(([what, of, atMost]) => targetsOf(what, measured, of, atMost)),
  };
}

/** One target for all shapes that keep the limit, and one for each that doesn't. */
function targetsOf(what, measured, of, atMost) {
  const beyond = measured.filter(([, shape]) => of(shape) > atMost);
  const within = measured.filter(([, shape]) => of(shape) <= atMost).map(([, shape]) => of(shape));
  return [
    ...(within.length > 0
      ? [new Target(`${what}: the worst of ${within.length} shapes`, [Math.max(...within)], { atMost })]
      : []),
    ...beyond.map(([name, shape]) => new Target(`${what}: ${name}`, [of(shape)], { atMost })),
  ];
}

async function shapeOf(studies, experiments, make) {
  const argument = make(1);
  const taken = await leastOf(studies, experiments.take, argument);
  given.control = argument;
  given.candidate = make(1);
  const equal = await leastOf(studies, experiments.copied);
  const same = await leastOf(studies, experiments.shared);
  given.candidate = make(2);
  const different = await leastOf(studies, experiments.copied);
  const other = await leastOf(studies, experiments.shared);
  return { argument: taken, equal, same, different, other };
}

/** Measures calls, each of an experiment of its own: one that has met a value beyond its budget rests, and then costs nothing. */
async function leastOf(studies, calls, ...args) {
  const all = [];
  for (let nth = 0; nth < CALLS; nth += 1) {
    const call = calls.pop();
    all.push(
      await measure(
        () => call(...args),
        () => studies.whenIdle(),
      ),
    );
  }
  return {
    caller: Math.min(...all.map(({ caller }) => caller)),
    piece: Math.min(...all.map(({ piece }) => piece)),
    outcome: all.at(-1).outcome,
  };
}

/** Makes as many experiments of a kind as shapes are given to, that all calls are in. */
async function experimentsOf(studies, kind) {
  const count = 1 + 2 * CALLS * Object.keys(SHAPES).length;
  const calls = Array.from({ length: count }, (_, index) =>
    studies.wrap({ name: `${kind} ${index}`, percentEnabled: 100, ...EXPERIMENTS[kind], afterRun }),
  );
  for (const call of calls) call(1);
  while ((await studies.find(`${kind} ${count - 1}`)) === undefined) await setTimeout(100);
  return calls;
}

async function measure(call, settled) {
  outcomes.length = 0;
  await turn();
  const caller = used(call);
  let piece = 0;
  let isOver = false;
  const over = settled().then(() => (isOver = true));
  while (!isOver) piece = Math.max(piece, await usedUntilNextTurn());
  await over;
  return { caller, piece, outcome: outcomes[0] ?? 'skipped' };
}

/** ms of work in a function: what the process waited for a processor is none. */
function used(work) {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  work();
  return passed(cpu, begun);
}

async function usedUntilNextTurn() {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  await turn();
  return passed(cpu, begun);
}

function passed(cpu, begun) {
  const wall = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  return Math.min(wall, (user + system) / 1_000);
}

/** Calls so often that the code is compiled, as it is in a service that has run for a while. */
async function warmUp(studies, experiments) {
  for (const [call] of Object.values(experiments)) {
    for (let round = 0; round < 300; round += 1) {
      const make = Object.values(SHAPES)[round % 3];
      given.control = make(1);
      given.candidate = make(1 + (round % 2));
      call(given.control);
      await studies.whenIdle();
    }
  }
}

function tableOf(measured) {
  const ms = (number) => number.toFixed(2);
  const head = ['shape', 'argument: caller', 'piece', 'value: caller', 'piece', 'came of it', 'not copied: piece', 'came of it'];
  const rows = measured.map(([name, { argument, equal, same, different, other }]) => [
    name,
    ms(argument.caller),
    ms(argument.piece),
    ms(Math.max(equal.caller, different.caller)),
    ms(Math.max(equal.piece, different.piece)),
    both(equal, different),
    ms(Math.max(same.piece, other.piece)),
    both(same, other),
  ]);
  return table(head, rows);
}

function both(equal, different) {
  return equal.outcome === different.outcome ? equal.outcome : `${equal.outcome}, ${different.outcome}`;
}

const BURSTS = ['many calls in one turn', 'ms bare', 'ms', 'runs'];

/** What many calls in one turn take, and one of a method that calls itself. */
async function burstsOf(subject, settled) {
  const list = SHAPES['a list of 100 objects'](1);
  const long = [...list, ...list, ...list, ...list, ...list];
  const bare = { take: Disturbed.prototype.candidate, count: subject.countBare };
  const rows = [];
  for (const [name, plain, call] of [
    [
      '2,500,000 calls with a number',
      () => repeat(2_500_000, bare.take, 1),
      () => repeat(2_500_000, (one) => subject.take(one), 1),
    ],
    [
      '50,000 calls with a list of 500',
      () => repeat(50_000, bare.take, long),
      () => repeat(50_000, (one) => subject.take(one), long),
    ],
    ['a method that calls itself, 20 deep', () => subject.countBare(20), () => subject.count(20)],
  ]) {
    outcomes.length = 0;
    await turn();
    const [without, ms] = [used(plain), used(call)];
    await settled();
    rows.push([name, without.toFixed(2), ms.toFixed(2), String(outcomes.length)]);
  }
  return rows;
}

function repeat(count, call, argument) {
  for (let nth = 0; nth < count; nth += 1) call(argument);
}
