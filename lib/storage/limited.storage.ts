import { StudiesError } from '../experiment/errors.js';
import type { MaybePromise } from '../experiment/maybe-promise.js';
import type { ExperimentRow, ExperimentSettings, RunTimes } from './experiment.row.js';
import { ExperimentStorage } from './experiment.storage.js';

/** How long an answer is waited for, in ms. */
const LIMIT = 10_000;

/** A storage whose answers come in time or are failures, so that one lost on the way doesn't keep anybody waiting for ever. */
export class LimitedStorage extends ExperimentStorage {
  constructor(private readonly storage: ExperimentStorage) {
    super();
  }

  load(): MaybePromise<ExperimentRow[]> {
    return inTime(this.storage.load());
  }

  find(name: string): MaybePromise<ExperimentRow | undefined> {
    return inTime(this.storage.find(name));
  }

  create(experiments: readonly { name: string; percentEnabled: number }[]): MaybePromise<void> {
    return inTime(this.storage.create(experiments));
  }

  update(name: string, version: number, settings: ExperimentSettings): MaybePromise<boolean> {
    return inTime(this.storage.update(name, version, settings));
  }

  remove(name: string, version: number): MaybePromise<boolean> {
    return inTime(this.storage.remove(name, version));
  }

  ran(times: readonly RunTimes[]): MaybePromise<void> {
    return inTime(this.storage.ran(times));
  }
}

function inTime<Answer>(answer: MaybePromise<Answer>): MaybePromise<Answer> {
  if (!(answer instanceof Promise)) return answer;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new StudiesError('STORAGE_TIMED_OUT', `The storage of experiments has not answered for ${LIMIT / 1_000} s.`));
    }, LIMIT);
    timer.unref();
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
