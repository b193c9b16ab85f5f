import { StudiesError } from '../../base/errors.js';

/** Names of what has timed out, and its time in ms. */
interface TimedOut {
  readonly experiment: string;
  readonly candidate: string;
  readonly timeout: number;
}

/** Makes the error of a candidate that took longer than its timeout: what its run is recorded with, and its signal aborted with. */
export function makeTimeoutError({ experiment, candidate, timeout }: TimedOut): StudiesError {
  return new StudiesError(
    'CANDIDATE_TIMED_OUT',
    `Candidate "${candidate}" of experiment "${experiment}" took longer than its timeout of ${timeout} ms. ` +
      'Raise "timeout", or stop the work when the signal of ExperimentService.current() fires.',
    { experiment, candidate, timeout },
  );
}

/**
 * Starts the time of a candidate that is waited for. It keeps no process alive. The candidate can't be stopped: `expire` aborts its
 * signal, and what it gives later is disposed of.
 */
export function startTimeout(timeout: number, expire: () => void): NodeJS.Timeout {
  return setTimeout(expire, timeout).unref();
}
