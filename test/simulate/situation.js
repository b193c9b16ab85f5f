import { Draws } from './draws.js';
import { SimulatedExperiment } from './experiment.js';
import { SITUATIONS } from './situations.js';

/** Simulates experiments in one situation, in a process of its own, and sends what came of them. */
const [, , name, experiments] = process.argv;
const situation = SITUATIONS[name];

process.send({
  name,
  ...(name === 'independent' ? { needed: runsNeeded(20) } : {}),
  ...(situation.isIdentical ? { identical: simulateIdentical() } : { atTarget: simulate(1), atTwice: simulate(2) }),
});

/** Counts the experiments with identical code that are ever "not ready". */
function simulateIdentical() {
  const counted = { experiments: Number(experiments), is: 0 };
  for (let seed = 1; seed <= counted.experiments; seed += 1) {
    const experiment = new SimulatedExperiment(seed, situation.asked);
    let calls = 0;
    for (const call of situation.make(0, new Draws(seed))) {
      experiment.callWith(call);
      calls += 1;
      const isDue = calls % situation.look === 0;
      if (isDue && experiment.readiness.state === 'notReady') counted.is += 1;
      if (calls >= situation.calls || (isDue && experiment.readiness.state === 'notReady')) break;
    }
  }
  return counted;
}

/** Counts the experiments that ever end in "ready", with and without coverage, if so many times the target of calls differ. */
function simulate(times) {
  const counted = { experiments: Number(experiments), was: 0, is: 0 };
  for (let seed = 1; seed <= counted.experiments; seed += 1) {
    const { was, is } = everReady(times * situation.asked.targetRate, seed * 2 + times);
    if (was) counted.was += 1;
    if (is) counted.is += 1;
  }
  return counted;
}

function everReady(rate, seed) {
  const experiment = new SimulatedExperiment(seed, situation.asked);
  let calls = 0;
  let was = false;
  for (const call of situation.make(rate, new Draws(seed))) {
    if (call.first === undefined) experiment.call(call);
    else experiment.callWith(call);
    calls += 1;
    if (calls % situation.look > 0) continue;
    was ||= experiment.wasReady;
    if (experiment.isReady) return { was, is: true };
    if (calls >= situation.calls || experiment.isHopeless) return { was, is: false };
  }
}

/** The mean number of runs that are needed where nothing differs. */
function runsNeeded(experiments) {
  let sum = 0;
  for (let seed = 1; seed <= experiments; seed += 1) {
    const experiment = new SimulatedExperiment(seed, situation.asked);
    for (const call of situation.make(0, new Draws(seed))) {
      experiment.call(call);
      sum += 1;
      if (experiment.isReady) break;
    }
  }
  return sum / experiments;
}
