import { types } from 'node:util';
import { Logger } from '@nestjs/common';
import { escaped } from './experiment/escaped.js';
import { notify } from './experiment/guards.js';
import { isObject, ownValue, propertyOf } from './experiment/kinds.js';
import type { Operation } from './experiment/options.js';
import type { Halt } from './storage/halt.js';
import type { OnError, OnHalt } from './studies.options.js';

/** ms in which one operation of one experiment is logged only once. */
const QUIET = 1_000;

/** Where failures beside the callers go: to the application's `onError`, or to the log. Never throws. */
export class ErrorReporter {
  private readonly logger = new Logger('Studies');
  private readonly said = new Map<string, { at: number; since: number }>();

  constructor(
    private readonly onError: OnError | undefined,
    private readonly onHalt?: OnHalt,
  ) {}

  report(operation: Operation, error: unknown, experiment?: string): void {
    const { onError } = this;
    if (onError === undefined) this.log(operation, error, experiment);
    else
      notify(
        operation,
        (_, failure) => this.log('onError', failure, experiment),
        () => onError(operation, error, experiment),
      );
  }

  /** Tells that a guardrail has stopped an experiment: the log, and the application's `onHalt`. */
  halted(halt: Halt): void {
    const { experiment, reason } = halt;
    this.tell(() =>
      this.logger.warn(escaped(`Experiment "${experiment}" was stopped. ${reason} It stays off until it is turned on again.`)),
    );
    const { onHalt } = this;
    if (onHalt === undefined) return;
    notify(
      'onHalt',
      (operation, error) => this.report(operation, error, experiment),
      () => onHalt(halt),
    );
  }

  recovered(): void {
    this.logger.log('The storage of experiments answers again.');
  }

  private log(operation: Operation | 'onError', error: unknown, experiment: string | undefined): void {
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
  private logOnceASecond(operation: Operation | 'onError', error: unknown, experiment: string | undefined): void {
    const key = JSON.stringify([operation, experiment]);
    const now = performance.now();
    const last = this.said.get(key);
    if (last !== undefined && now - last.at < QUIET) {
      last.since += 1;
      return;
    }
    this.said.set(key, { at: now, since: 0 });
    const whose = experiment === undefined ? '' : ` of experiment "${experiment}"`;
    const more = last === undefined || last.since === 0 ? '' : ` (and ${last.since} times before, which were not logged)`;
    const { message, stack } = error instanceof Error ? error : { message: typeOf(error), stack: undefined };
    this.logger.error(`"${operation}"${whose} failed: ${escaped(message)}${more}`, stack && escaped(stack));
  }
}

/** What is said of something thrown that is no error: a text itself, of anything else its type alone, since it may hold what is secret. */
function typeOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (!isObject(thrown)) return `[${thrown === null ? 'null' : typeof thrown}]`;
  if (types.isProxy(thrown)) return '[Proxy]';
  const constructor: unknown = propertyOf(thrown, 'constructor')?.value;
  const name = typeof constructor === 'function' && !types.isProxy(constructor) ? ownValue(constructor, 'name') : undefined;
  return `[object ${typeof name === 'string' ? name : 'Object'}]`;
}
