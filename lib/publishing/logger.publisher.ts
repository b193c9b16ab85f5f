import { Logger } from '@nestjs/common';
import { escaped } from '../experiment/escaped.js';
import type { Observation } from '../experiment/observation.js';
import type { ExperimentResult } from '../experiment/result.js';
import { Publisher } from './publisher.js';

/**
 * Writes results to Nest's `Logger`: a match as one line at debug; anything else at warn, with each observation as a line of
 * JSON.
 *
 * @publicApi
 */
export class LoggerPublisher extends Publisher {
  private readonly logger = new Logger('Experiment');

  publish(result: ExperimentResult): void {
    if (result.matched) {
      this.logger.debug(`Experiment "${result.experiment}" is a match`);
      return;
    }
    const verdict = result.ignored ? 'differs in an ignored way' : 'is not a match';
    const lines = [result.control, ...result.candidates].map(lineOf);
    this.logger.warn([`Experiment "${result.experiment}" ${verdict}`, ...lines].join('\n'));
  }
}

/** JSON escapes the control characters of ASCII; the others could still steer a terminal. */
function lineOf(observation: Observation): string {
  return `  ${escaped(JSON.stringify(observation))}`;
}
