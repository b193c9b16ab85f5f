import { Logger } from '@nestjs/common';
import type { ExperimentResult } from '../experiment/result.js';
import { ByteRate } from '../base/byte-rate.js';
import { observationLine } from './observation-line.js';
import { Publisher } from './publisher.js';

/** Bytes per second, on average and at once, of results that match, and of those that don't. */
const MATCHES = { perSecond: 8_192, burst: 32_768 } as const;
const DIFFERENCES = { perSecond: 57_344, burst: 229_376 } as const;

/** Bytes that one result may take. */
const RESULT = 16_384;

/** Bytes that an observation has at the least; with so many candidates that there is less for each, only the first are logged. */
const OBSERVATION = 512;

/** ms after which it is told how many results were not logged. */
const TELL_AFTER = 1_000;

/**
 * Writes results to Nest's `Logger`: a match as one line at debug; anything else at warn, with each observation as a line of
 * JSON.
 *
 * Writes at most 64 KiB per second on average, 256 KiB at once, and 16 KiB for one result. What is cut says how much is missing, and a
 * line a second says how many results were left out.
 *
 * @publicApi
 */
export class LoggerPublisher extends Publisher {
  private readonly logger = new Logger('Experiment');
  private readonly matches = new ByteRate(MATCHES.perSecond, MATCHES.burst);
  private readonly differences = new ByteRate(DIFFERENCES.perSecond, DIFFERENCES.burst);
  private readonly leftOut = { matches: 0, differences: 0 };
  private timer: NodeJS.Timeout | undefined;

  publish(result: ExperimentResult): void {
    const kind = result.matched ? 'matches' : 'differences';
    if (!this[kind].isOpen) {
      this.leftOut[kind] += 1;
      this.tellLater();
      return;
    }
    const text = resultText(result);
    // Before it is written: a logger that throws has taken time, and may have written.
    this[kind].wrote(Buffer.byteLength(text));
    if (kind === 'matches') this.logger.debug(text);
    else this.logger.warn(text);
  }

  private tellLater(): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.tell(), TELL_AFTER);
    this.timer.unref();
  }

  private tell(): void {
    this.timer = undefined;
    const { matches, differences } = this.leftOut;
    Object.assign(this.leftOut, { matches: 0, differences: 0 });
    const because =
      'were not logged, so that the log takes no more than 64 KiB a second. Lower the percentages, or give a "publisher".';
    try {
      if (matches > 0) this.logger.debug(`${matches} more results that match ${because}`);
      if (differences > 0) this.logger.warn(`${differences} more results that do not match ${because}`);
    } catch {
      // A log that fails has nowhere to say so.
    }
  }
}

function resultText(result: ExperimentResult): string {
  if (result.matched) return `Experiment "${result.experiment}" is a match`;
  const verdict = `Experiment "${result.experiment}" ${result.ignored ? 'differs in an ignored way' : 'is not a match'}`;
  const observations = [result.control, ...result.candidates];
  const told = observations.slice(0, Math.floor(RESULT / OBSERVATION) - 1);
  const each = Math.floor((RESULT - OBSERVATION) / told.length);
  const lines = told.map((observation) => `  ${observationLine(observation, each - 3)}`);
  const more = observations.length - told.length;
  return [verdict, ...lines, ...(more > 0 ? [`  … (${more} more candidates)`] : [])].join('\n');
}
