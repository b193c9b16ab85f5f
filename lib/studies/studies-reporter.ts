import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { Logger } from '@nestjs/common';
import { StudiesError } from '../base/errors.js';
import { escapeText, printable } from '../base/escaping.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { failureText } from '../values/failure-text.js';
import { notify, type FunctionHost, type Report } from '../base/user-function.js';
import { ByteRate } from '../base/byte-rate.js';
import type { ExperimentHalt } from '../operations/halt.js';
import type { StudiesSettings } from './studies.options.js';
import type { StudiesOperation } from '../base/studies-operation.js';

/** Time, in ms, in which one operation of one experiment is logged only once. */
const QUIET = 1_000;

/** Number of operations of experiments that are distinguished in that time. */
const DISTINGUISHED = 1_000;

/** Bytes of log per second, on average and in a burst. */
const LOG = { perSecond: 65_536, burst: 262_144 } as const;

/** Largest number of failures that wait to be reported. */
const WAITING = 1_000;

/** Time, in ms, for which failures are reported in one turn of the event loop. */
const TURN = 5;

/** Services that it needs from an application's experiments. */
type Surroundings = Pick<ExperimentRegistry, 'own' | 'activity' | 'eventLoop' | 'functions' | 'redactionOf'>;

type Failure = [operation: StudiesOperation | 'onError', error: unknown, experiment?: string | undefined];

/**
 * Reports failures outside the callers' results to the application's `onError`, or to the log, at most 64 KiB a second. Never
 * throws. The application's handlers run in the module's own async context, and their time counts as time for which the event
 * loop is held.
 */
export class ErrorReporter {
  private readonly logger = new Logger('Studies');
  private readonly logged = new Map<string, { at: number; since: number }>();
  private readonly rate = new ByteRate(LOG.perSecond, LOG.burst);
  private waiting: Failure[] = [];
  private dropped = 0;
  private forgotAt = -QUIET;

  constructor(
    private readonly settings: Pick<StudiesSettings, 'onError' | 'onHalt'>,
    private readonly surroundings: Surroundings,
  ) {}

  /** Reports a failure at once. */
  report(...[operation, error, experiment]: Failure): void {
    const { onError } = this.settings;
    if (onError === undefined || operation === 'onError') {
      this.charged(() => this.log(operation, error, experiment));
      return;
    }
    const host = this.makeHost('onError', experiment, (_, failure) => this.log('onError', failure, experiment));
    this.charged(() => notify(operation, host, () => onError(operation, error, experiment)));
  }

  /**
   * Reports a failure in a later turn of the event loop, so that it costs the current caller no time. At most 1,000 wait;
   * further ones are counted, and their number is reported.
   */
  reportLater(...failure: Failure): void {
    if (this.waiting.length >= WAITING) {
      this.dropped += 1;
      return;
    }
    this.waiting.push(failure);
    if (this.waiting.length > 1) return;
    this.surroundings.activity.begin();
    this.nextTurn();
  }

  /** Reports that a guardrail has stopped an experiment, to the log and to the application's `onHalt`. */
  halted(halt: ExperimentHalt): void {
    const { experiment, reason } = halt;
    this.writeSafely(() =>
      this.logger.warn(escapeText(`Experiment "${experiment}" was stopped. ${reason} It stays off until it is turned on again.`)),
    );
    const { onHalt } = this.settings;
    if (onHalt === undefined) return;
    const host = this.makeHost('onHalt', experiment, (operation, error) => this.report(operation, error, experiment));
    this.charged(() => notify('onHalt', host, () => onHalt(halt)));
  }

  recovered(): void {
    this.writeSafely(() => this.logger.log('The storage of experiments answers again.'));
  }

  private nextTurn(): void {
    this.surroundings.own.run(() => setImmediate(() => this.reportWaiting()));
  }

  private reportWaiting(): void {
    const begun = performance.now();
    let reported = 0;
    do {
      const failure = this.waiting[reported++];
      if (failure !== undefined) this.report(...failure);
    } while (reported < this.waiting.length && performance.now() - begun < TURN);
    this.waiting = this.waiting.slice(reported);
    if (this.waiting.length > 0) {
      this.nextTurn();
      return;
    }
    this.reportDropped();
    this.surroundings.activity.end();
  }

  private reportDropped(): void {
    const { dropped } = this;
    if (dropped === 0) return;
    this.dropped = 0;
    const fact = `${dropped} failures of experiments were not reported, because ${WAITING} arrived at once`;
    this.report(
      'run',
      new StudiesError('FAILURES_DROPPED', `${fact}. See those that were reported, or lower the percentages.`, { dropped }),
    );
  }

  /** Runs an action that calls functions of the application, and charges its time to the event-loop gauge. */
  private charged(act: () => void): void {
    const begun = performance.now();
    this.surroundings.own.run(act);
    this.surroundings.eventLoop.hold(performance.now() - begun);
  }

  private makeHost(operation: 'onError' | 'onHalt', experiment: string | undefined, report: Report): FunctionHost {
    return { report, run: (_, act) => this.surroundings.functions.run(operation, experiment, act) };
  }

  private log(operation: StudiesOperation | 'onError', error: unknown, experiment: string | undefined): void {
    this.writeSafely(() => this.logOnceASecond(operation, error, experiment));
  }

  /** Writes to the log. What the application's logger throws later is a failure of `onError`, and logged as seldom as any. */
  private writeSafely(write: () => void): void {
    try {
      this.surroundings.functions.run('onError', undefined, write);
    } catch {
      // A failing log can't be reported to itself.
    }
  }

  /** Logs a failure at most once a second. A failure with each call would otherwise fill the log as fast as calls arrive. */
  private logOnceASecond(operation: StudiesOperation | 'onError', error: unknown, experiment: string | undefined): void {
    const now = performance.now();
    const key = this.keyOf(operation, experiment, now);
    const last = this.logged.get(key);
    if ((last !== undefined && now - last.at < QUIET) || !this.rate.isOpen) {
      this.logged.set(key, { at: last?.at ?? -QUIET, since: (last?.since ?? 0) + 1 });
      return;
    }
    this.logged.set(key, { at: now, since: 0 });
    const whose = experiment === undefined ? '' : ` of experiment "${printable(experiment)}"`;
    const more = last === undefined || last.since === 0 ? '' : ` (and ${last.since} times before, which were not logged)`;
    const { message, stack } = failureText(error, this.surroundings.redactionOf(experiment));
    const line = `"${operation}"${whose} failed: ${message}${more}`;
    this.rate.wrote(Buffer.byteLength(line) + Buffer.byteLength(stack ?? ''));
    this.logger.error(line, stack);
  }

  /**
   * Returns the key under which failures are logged once a second. Experiments beyond the first thousand share one key per
   * operation.
   */
  private keyOf(operation: string, experiment: string | undefined, now: number): string {
    const key = JSON.stringify([operation, experiment]);
    if (this.logged.size < DISTINGUISHED || this.logged.has(key)) return key;
    if (now - this.forgotAt >= QUIET) this.forget(now);
    return this.logged.size < DISTINGUISHED ? key : operation;
  }

  /** Drops keys that have been quiet and have no unlogged failures. */
  private forget(now: number): void {
    this.forgotAt = now;
    for (const [key, { at, since }] of this.logged) if (since === 0 && now - at >= QUIET) this.logged.delete(key);
  }
}
