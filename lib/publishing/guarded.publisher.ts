import { performance } from 'node:perf_hooks';
import { StudiesError } from '../base/errors.js';
import type { ExperimentRegistry } from '../experiment/run/experiment-registry.js';
import { attempt, isThenable, type FunctionHost } from '../base/user-function.js';
import type { ExperimentResult } from '../experiment/result.js';
import type { Publisher } from './publisher.js';
import { weigh } from './result-weight.js';
import type { StudiesOperation } from '../base/studies-operation.js';

/** Limits of unsettled results, and of the bytes of their values. More would fill the memory. */
const PENDING = { results: 1_000, bytes: 67_108_864 } as const;

/** Services that it needs from an application's experiments. */
type Surroundings = Pick<ExperimentRegistry, 'activity' | 'eventLoop' | 'functions'>;

/**
 * Passes results to a publisher and contains its failures: nothing it throws or rejects gets through, and it may never settle.
 * The time for which it holds the event loop is measured.
 */
export class GuardedPublisher {
  private readonly pending = { results: 0, bytes: 0 };
  private isMatchWanted = true;

  constructor(
    private readonly publisher: Publisher,
    private readonly surroundings: Surroundings,
    private readonly report: (operation: StudiesOperation, error: unknown, experiment: string) => void,
  ) {}

  /** Tells whether the publisher didn't want a result that matched when it was last asked. */
  get ignoresMatches(): boolean {
    return !this.isMatchWanted;
  }

  /** @returns ms for which it held the event loop; they are also added to the event-loop gauge */
  publish(result: ExperimentResult): number {
    const begun = performance.now();
    this.give(result);
    const held = performance.now() - begun;
    this.surroundings.eventLoop.hold(held);
    return held;
  }

  private give(result: ExperimentResult): void {
    const { experiment } = result;
    try {
      // Both of its methods are called in one context, because each would cost as much as the run of a quick method.
      this.surroundings.functions.run('publish', experiment, () => {
        if (!this.isWanted(result)) return;
        if (this.pending.results >= PENDING.results || this.pending.bytes >= PENDING.bytes) {
          this.report('publish', this.overloaded(experiment), experiment);
          return;
        }
        const published = this.publisher.publish(result) as unknown;
        if (isThenable(published)) void this.settled(published, experiment, weigh(result));
      });
    } catch (error) {
      this.report('publish', error, experiment);
    }
  }

  private isWanted({ experiment, matched, ignored }: ExperimentResult): boolean {
    const outcome = matched ? 'matched' : ignored ? 'ignored' : 'mismatched';
    const host: FunctionHost = {
      report: (operation, error) => this.report(operation, error, experiment),
      run: (_, act) => act(),
    };
    const isWanted = attempt('publish', host, () => this.publisher.wants?.(outcome)) !== false;
    if (matched) this.isMatchWanted = isWanted;
    return isWanted;
  }

  private async settled(published: PromiseLike<unknown>, experiment: string, bytes: number): Promise<void> {
    const { pending, surroundings } = this;
    pending.results += 1;
    pending.bytes += bytes;
    surroundings.activity.begin();
    try {
      await published;
    } catch (error) {
      this.report('publish', error, experiment);
    } finally {
      pending.results -= 1;
      pending.bytes -= bytes;
      surroundings.activity.end();
    }
  }

  private overloaded(experiment: string): StudiesError {
    const { results, bytes } = this.pending;
    return new StudiesError(
      'PUBLISHER_OVERLOADED',
      `A result of experiment "${experiment}" was dropped, because the publisher has not settled ${results} earlier ones with about ` +
        `${Math.ceil(bytes / 1_048_576)} MiB of values; the limits are ${PENDING.results} and ${PENDING.bytes / 1_048_576} MiB. ` +
        'Let publish() settle sooner, publish less with "clean", or lower the percentage.',
      { experiment, pending: results, bytes },
    );
  }
}
