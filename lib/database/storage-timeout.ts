import { StudiesError } from '../base/errors.js';
import type { MaybePromise } from '../base/maybe-promise.js';

/** Longest wait for an answer, in ms. */
const LIMIT = 10_000;

/** Passes on a storage's answer, or fails when it takes too long, so that a lost answer keeps nobody waiting for ever. */
export function withStorageTimeout<Answer>(answer: MaybePromise<Answer>): MaybePromise<Answer> {
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
