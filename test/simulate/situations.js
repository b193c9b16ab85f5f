import { TIMEOUT } from './experiment.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ASKED = { targetRate: 0.001, minSpan: 0, isForAll: true };

/**
 * Situations in which "ready" must be right. Each has the largest number of calls of an experiment, the number of calls between two looks,
 * the number of experiments relative to others, and what makes the calls of an experiment whose candidate differs in a share of all calls.
 */
export const SITUATIONS = {
  independent: {
    name: 'independent calls',
    asked: ASKED,
    calls: 20_000,
    look: 20,
    share: 1,
    *make(rate, draws) {
      for (let call = 0; ; call += 1) yield { at: call * 100, input: call, differs: draws.happens(rate) };
    },
  },
  bursts10: bursts(10, 0.5),
  bursts100: bursts(100, 0.2),
  bursts1000: bursts(1_000, 0.1),
  someUsers: {
    name: '1 % of 10,000 users take part, some are wrong in all',
    asked: { ...ASKED, isForAll: false },
    calls: 30_000,
    look: 200,
    share: 0.5,
    *make(rate, draws) {
      const wrong = Array.from({ length: 100 }, () => draws.happens(rate));
      for (let call = 0; ; call += 1) {
        const subject = draws.below(wrong.length);
        yield { at: call * 100, input: call, subject, differs: wrong[subject] };
      }
    },
  },
  allUsers: {
    name: 'all of 10,000 users take part, some are wrong in all',
    asked: ASKED,
    calls: 40_000,
    look: 50,
    share: 0.5,
    *make(rate, draws) {
      for (let call = 0; ; call += 1) {
        const subject = draws.below(10_000);
        yield { at: call * 100, input: call, subject, differs: subject < rate * 10_000 };
      }
    },
  },
  hanging: {
    name: 'hangs where it is wrong, 1,000 calls/s',
    asked: ASKED,
    calls: 200_000,
    look: 100,
    share: 0.2,
    *make(rate, draws) {
      for (let call = 0; ; call += 1) {
        const differs = draws.happens(rate);
        yield { at: call, input: call, differs, duration: differs ? TIMEOUT : 5 };
      }
    },
  },
  hours: {
    name: 'differs in one hour of the day alone, over 24 hours',
    asked: { ...ASKED, minSpan: 24 },
    calls: 60_000,
    look: 50,
    share: 0.5,
    *make(rate, draws) {
      const begin = draws.below(24) * HOUR;
      for (let call = 0; ; call += 1) {
        const at = call * (DAY / 20_000);
        const isHour = Math.floor(((begin + at) % DAY) / HOUR) === 12;
        yield { at, input: call, differs: isHour && draws.happens(24 * rate) };
      }
    },
  },
  wrongInMuchNoise: wrongInNoise(0.1),
  wrongInLittleNoise: wrongInNoise(0.0001),
  wrongInJitter: wrongInJitter(),
  identical02: identical(0.002, 1),
  identical1: identical(0.01, 1),
  identical10: identical(0.1, 1),
  identical30: identical(0.3, 1),
  identicalTen: identical(0.01, 10),
  few: {
    name: 'ten inputs in three hours, all others are wrong',
    asked: ASKED,
    calls: 20_000,
    look: 100,
    share: 0.2,
    *make(rate, draws) {
      for (let call = 0; ; call += 1) yield { at: call * 540, input: draws.below(10), differs: false };
    },
  },
};

/** Share of the runs in which the control is called again. */
const REPEATED = 0.1;

/** The control gives another value at random, and the candidate never does, but is wrong at times. */
function wrongInNoise(noise) {
  return {
    name: `the control gives B in ${noise * 100} %, the candidate A or something wrong`,
    asked: ASKED,
    calls: 20_000,
    look: 50,
    share: 1,
    *make(rate, draws) {
      const value = () => ({ a: draws.happens(noise) ? 'B' : 'A' });
      for (let call = 0; ; call += 1) {
        const again = draws.happens(REPEATED) ? value() : undefined;
        const candidate = { a: draws.happens(rate) ? 'WRONG' : 'A' };
        yield { at: call * 100, input: call, first: value(), candidate, again };
      }
    },
  };
}

/** The control's number varies a little, and the candidate gives any number at times. */
function wrongInJitter() {
  return {
    name: 'the control varies by 1e-9, the candidate gives nonsense',
    asked: ASKED,
    calls: 20_000,
    look: 50,
    share: 1,
    *make(rate, draws) {
      const value = () => ({ a: 100 + draws.uniform() * 1e-7 });
      for (let call = 0; ; call += 1) {
        const again = draws.happens(REPEATED) ? value() : undefined;
        const candidate = draws.happens(rate) ? { a: draws.uniform() * 200 } : value();
        yield { at: call * 100, input: call, first: value(), candidate, again };
      }
    },
  };
}

/** Both give the same values at random, in each field. */
function identical(noise, fields) {
  return {
    name: `identical code with noise of ${noise * 100} % in ${fields === 1 ? 'one field' : `${fields} fields`}`,
    asked: ASKED,
    isIdentical: true,
    calls: 20_000,
    look: 50,
    share: 0.2,
    *make(rate, draws) {
      const keys = Array.from({ length: fields }, (_, index) => `f${index}`);
      const value = () => Object.fromEntries(keys.map((key) => [key, draws.happens(noise) ? draws.below(100) : -1]));
      for (let call = 0; ; call += 1) {
        yield {
          at: call * 100,
          input: call,
          first: value(),
          candidate: value(),
          again: draws.happens(REPEATED) ? value() : undefined,
        };
      }
    },
  };
}

/** Each input comes in a burst, and the candidate is right or wrong for an input. */
function bursts(mean, share) {
  return {
    name: `bursts of the same input, ${mean} on average`,
    asked: ASKED,
    calls: 8_000 * mean,
    look: 40 * mean,
    share,
    *make(rate, draws) {
      let at = 0;
      for (let input = 0; ; input += 1) {
        const differs = draws.happens(rate);
        for (let left = draws.repetitions(mean); left > 0; left -= 1) yield { at: (at += 20), input, differs };
      }
    },
  };
}
