import { Experiment } from 'nestjs-studies';
import Scientist from 'scientist';
import { experiment } from 'tzientist';
import { decorate } from './decorate.js';

/** The method alone, without a candidate. */
export class Plain {
  search(number) {
    return number + 1;
  }
}

/** What people write without a library: a switch, and both ways in one class. */
export class HandWritten {
  isOn = false;

  search(number) {
    if (this.isOn) return this.compared(number);
    return this.control(number);
  }

  compared(number) {
    if (this.control(number) !== this.candidate(number)) throw new Error('They differ.');
    return this.control(number);
  }

  control(number) {
    return number + 1;
  }

  candidate(number) {
    return number + 1;
  }
}

/** Makes a class with a decorated method, and options for its experiment. It counts the runs of its candidate. */
export function decorated(name, options) {
  class Decorated {
    runs = 0;

    search(number) {
      return number + 1;
    }

    searchV2(number) {
      this.runs += 1;
      return number + 1;
    }
  }
  return decorate(Decorated, 'search', Experiment({ name, candidate: 'searchV2', ...options }));
}

/** As `decorated`, for what takes and gives the same data. */
export function decoratedEcho(name, options) {
  class Echo {
    runs = 0;

    search(data) {
      return data;
    }

    searchV2(data) {
      this.runs += 1;
      return data;
    }
  }
  return decorate(Echo, 'search', Experiment({ name, candidate: 'searchV2', ...options }));
}

/** The method as an experiment of tzientist. */
export class Tzientist {
  constructor(isEnabled) {
    this.search = experiment({
      name: 'search',
      control: (number) => number + 1,
      candidate: (number) => number + 1,
      options: { enabled: () => isEnabled, publish: () => undefined },
    });
  }
}

/** The method as an experiment of scientist (Trello's). It counts its calls and its results. */
export class TrelloScientist {
  calls = 0;
  runs = 0;

  constructor(isSampled) {
    this.scientist = new Scientist();
    this.scientist.sample(() => isSampled);
    this.scientist.on('result', () => {
      this.runs += 1;
    });
  }

  search(number) {
    this.calls += 1;
    return this.scientist.science('search', (experiment) => {
      experiment.use(() => number + 1);
      experiment.try(() => number + 1);
    });
  }
}
