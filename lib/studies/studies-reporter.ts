import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { Logger } from '@nestjs/common';
import { StudiesError } from '../base/errors.js';
import { escapeText } from '../base/escaping.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { failureText } from '../values/failure-text.js';
import { notify } from '../base/user-function.js';
import { ByteRate } from '../base/byte-rate.js';
import type { ExperimentHalt } from '../operations/halt.js';
import type { StudiesSettings } from './studies.options.js';
import type { StudiesOperation } from '../base/operation.js';

/** ms in which one operation of one experiment is logged only once. */
const QUIET = 1_000;

/** How many operations of experiments are told apart in that time. */
const TOLD_APART = 1_000;

/** Bytes of log per second, on average and at once. */
const LOG = { perSecond: 65_536, burst: 262_144 } as const;

/** How many failures of runs wait to be told. */
const WAITING = 1_000;

/** ms for which failures are told in one turn of the event loop. */
const TURN = 5;

/** What it needs of an application's experiments. */
type Surroundings = Pick<ExperimentRegistry, 'own' | 'activity' | 'eventLoop'>;

type Failure = [operation: StudiesOperation, error: unknown, experiment?: string];

/**
 * Where failures beside the callers go: to the application's `onError`, or to the log, at most 64 KiB a second of it. Never throws. What the
 * application does with them runs in the module's own async context, and counts as time for which the event loop is held.
 */
export class ErrorReporter {
  private readonly logger = new Logger('Studies');
  private readonly said = new Map<string, { at: number; since: number }>();
  private readonly rate = new ByteRate(LOG.perSecond, LOG.burst);
  private waiting: Failure[] = [];
  private dropped = 0;
  /** Says that no failure waits any more. Undefined if none ever did. */
  private endTracking: (() => void) | undefined;
  private forgotAt = -QUIET;

  constructor(
    private readonly settings: Pick<StudiesSettings, 'onError' | 'onHalt'>,
    private readonly surroundings: Surroundings,
  ) {}

  /** Tells a failure at once. */
  report(...[operation, error, experiment]: Failure): void {
    const { onError } = this.settings;
    this.charged(() => {
      if (onError === undefined) this.log(operation, error, experiment);
      else
        notify(
          operation,
          (_, failure) => this.log('onError', failure, experiment),
          () => onError(operation, error, experiment),
        );
    });
  }

  /**
   * Tells a failure in a later turn of the event loop, so that it takes nothing of the caller in whose call it came up. At most 1,000 wait;
   * more are counted, and their number is told.
   */
  reportLater(...failure: Failure): void {
    if (this.waiting.length >= WAITING) {
      this.dropped += 1;
      return;
    }
    this.waiting.push(failure);
    if (this.waiting.length > 1) return;
    this.endTracking = this.surroundings.activity.track();
    this.nextTurn();
  }

  /** Tells that a guardrail has stopped an experiment: the log, and the application's `onHalt`. */
  halted(halt: ExperimentHalt): void {
    const { experiment, reason } = halt;
    this.tell(() =>
      this.logger.warn(escapeText(`Experiment "${experiment}" was stopped. ${reason} It stays off until it is turned on again.`)),
    );
    const { onHalt } = this.settings;
    if (onHalt === undefined) return;
    this.charged(() =>
      notify(
        'onHalt',
        (operation, error) => this.report(operation, error, experiment),
        () => onHalt(halt),
      ),
    );
  }

  recovered(): void {
    this.tell(() => this.logger.log('The storage of experiments answers again.'));
  }

  private nextTurn(): void {
    this.surroundings.own.run(() => setImmediate(() => this.tellWaiting()));
  }

  private tellWaiting(): void {
    const begun = performance.now();
    let told = 0;
    do {
      const failure = this.waiting[told++];
      if (failure !== undefined) this.report(...failure);
    } while (told < this.waiting.length && performance.now() - begun < TURN);
    this.waiting = this.waiting.slice(told);
    if (this.waiting.length > 0) {
      this.nextTurn();
      return;
    }
    const { endTracking } = this;
    this.tellDropped();
    endTracking?.();
  }

  private tellDropped(): void {
    const { dropped } = this;
    if (dropped === 0) return;
    this.dropped = 0;
    const fact = `${dropped} failures of experiments were not told, because ${WAITING} came at once`;
    this.report(
      'run',
      new StudiesError('FAILURES_DROPPED', `${fact}. See those that were, or lower the percentages.`, { dropped }),
    );
  }

  /** Does what calls functions of the application's, for which it is charged. */
  private charged(act: () => void): void {
    const begun = performance.now();
    this.surroundings.own.runForUser(act);
    this.surroundings.eventLoop.hold(performance.now() - begun);
  }

  private log(operation: StudiesOperation | 'onError', error: unknown, experiment: string | undefined): void {
    this.tell(() => this.logOnceASecond(operation, error, experiment));
  }

  private tell(say: () => void): void {
    try {
      say();
    } catch {
      // A log that fails has nowhere to say so.
    }
  }

  /** A failure that comes with each call would otherwise fill the log as fast as there are calls. */
  private logOnceASecond(operation: StudiesOperation | 'onError', error: unknown, experiment: string | undefined): void {
    const now = performance.now();
    const key = this.keyOf(operation, experiment, now);
    const last = this.said.get(key);
    if ((last !== undefined && now - last.at < QUIET) || !this.rate.isOpen) {
      this.said.set(key, { at: last?.at ?? -QUIET, since: (last?.since ?? 0) + 1 });
      return;
    }
    this.said.set(key, { at: now, since: 0 });
    const whose = experiment === undefined ? '' : ` of experiment "${experiment}"`;
    const more = last === undefined || last.since === 0 ? '' : ` (and ${last.since} times before, which were not logged)`;
    const { message, stack } = failureText(error);
    const line = `"${operation}"${whose} failed: ${message}${more}`;
    this.rate.wrote(Buffer.byteLength(line) + Buffer.byteLength(stack ?? ''));
    this.logger.error(line, stack);
  }

  /** What is told once a second. Experiments beyond the first thousand are taken together. */
  private keyOf(operation: string, experiment: string | undefined, now: number): string {
    const key = JSON.stringify([operation, experiment]);
    if (this.said.size < TOLD_APART || this.said.has(key)) return key;
    if (now - this.forgotAt >= QUIET) this.forget(now);
    return this.said.size < TOLD_APART ? key : operation;
  }

  /** Forgets what has been quiet, and has nothing left to tell. */
  private forget(now: number): void {
    this.forgotAt = now;
    for (const [key, { at, since }] of this.said) if (since === 0 && now - at >= QUIET) this.said.delete(key);
  }
}
