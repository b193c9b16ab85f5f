import type { Activity } from '../experiment/activity.js';
import { isThenable } from '../experiment/guards.js';
import { StudiesError } from '../experiment/errors.js';
import type { Operation } from '../experiment/options.js';
import type { ExperimentResult } from '../experiment/result.js';
import type { Publisher } from './publisher.js';

/** How many results may be with a publisher that takes its time; more would fill the memory. */
const PENDING_LIMIT = 1_000;

/** Gives results to a publisher, whatever it does with them: nothing it throws, rejects or never settles comes back. */
export class GuardedPublisher {
  private pending = 0;

  constructor(
    private readonly publisher: Publisher,
    private readonly activity: Activity,
    private readonly report: (operation: Operation, error: unknown, experiment: string) => void,
  ) {}

  publish(result: ExperimentResult): void {
    if (this.pending >= PENDING_LIMIT) {
      this.report('publish', overloaded(result), result.experiment);
      return;
    }
    try {
      const published = this.publisher.publish(result) as unknown;
      if (isThenable(published)) void this.settled(published, result);
    } catch (error) {
      this.report('publish', error, result.experiment);
    }
  }

  private async settled(published: PromiseLike<unknown>, result: ExperimentResult): Promise<void> {
    this.pending += 1;
    this.activity.begin();
    try {
      await published;
    } catch (error) {
      this.report('publish', error, result.experiment);
    } finally {
      this.pending -= 1;
      this.activity.end();
    }
  }
}

function overloaded({ experiment }: ExperimentResult): StudiesError {
  return new StudiesError(
    'PUBLISHER_OVERLOADED',
    `A result of experiment "${experiment}" was dropped, because ${PENDING_LIMIT} are still with the publisher. ` +
      'Let publish() settle sooner, or lower the percentage.',
    { experiment, pending: PENDING_LIMIT },
  );
}
