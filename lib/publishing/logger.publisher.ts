import { Logger } from '@nestjs/common';
import { printable } from '../base/escaping.js';
import type { ExperimentResult } from '../experiment/result.js';
import { ByteRate } from '../base/byte-rate.js';
import { observationLine } from './observation-line.js';
import { Publisher } from './publisher.js';

/** Bytes per second, on average and in a burst, for matching results and for others. */
const MATCHES = { perSecond: 8_192, burst: 32_768 } as const;
const DIFFERENCES = { perSecond: 57_344, burst: 229_376 } as const;

/** Largest size of one result, in bytes. */
const RESULT = 16_384;

/**
 * Smallest size of an observation, in bytes. If there are so many candidates that each would get less, only the first are
 * logged.
 */
const OBSERVATION = 512;

/** Delay, in ms, before the number of unlogged results is reported. */
const REPORT_DELAY = 1_000;

/**
 * Writes results to Nest's `Logger`: what doesn't match at warn, with each observation as a line of JSON. A class whose `wants` returns
 * true gets matches, too; they are written as one line at debug.
 *
 * Writes at most 64 KiB per second on average, 256 KiB in a burst, and 16 KiB for one result. A cut text ends with the amount
 * that is missing. One line a second reports how many results were left out.
 *
 * @publicApi
 */
export class LoggerPublisher extends Publisher {
  private readonly logger = new Logger('Experiment');
  private readonly matches = new ByteRate(MATCHES.perSecond, MATCHES.burst);
  private readonly differences = new ByteRate(DIFFERENCES.perSecond, DIFFERENCES.burst);
  private readonly leftOut = { matches: 0, differences: 0 };
  private timer: NodeJS.Timeout | undefined;

  /** Wants all but matches. */
  override wants(outcome: 'matched' | 'mismatched' | 'ignored'): boolean {
    return outcome !== 'matched';
  }

  publish(result: ExperimentResult): void {
    const kind = result.matched ? 'matches' : 'differences';
    if (!this[kind].isOpen) {
      this.leftOut[kind] += 1;
      this.reportLater();
      return;
    }
    const text = resultText(result);
    // Counted before it is written: a logger that throws has taken time, and may have written.
    this[kind].wrote(Buffer.byteLength(text));
    if (kind === 'matches') this.logger.debug(text);
    else this.logger.warn(text);
  }

  private reportLater(): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.reportLeftOut(), REPORT_DELAY);
    this.timer.unref();
  }

  private reportLeftOut(): void {
    this.timer = undefined;
    const { matches, differences } = this.leftOut;
    Object.assign(this.leftOut, { matches: 0, differences: 0 });
    const because =
      'were not logged, so that the log takes no more than 64 KiB a second. Lower the percentages, or give a "publisher".';
    try {
      if (matches > 0) this.logger.debug(`${matches} more results that match ${because}`);
      if (differences > 0) this.logger.warn(`${differences} more results that do not match ${because}`);
    } catch {
      // A failing log can't be reported to itself.
    }
  }
}

function resultText(result: ExperimentResult): string {
  const name = printable(result.experiment);
  if (result.matched) return `Experiment "${name}" is a match`;
  const verdict = `Experiment "${name}" ${result.ignored ? 'differs in an ignored way' : 'is not a match'}`;
  const observations = [result.control, ...result.candidates];
  const shown = observations.slice(0, Math.floor(RESULT / OBSERVATION) - 1);
  const each = Math.floor((RESULT - OBSERVATION) / shown.length);
  const lines = shown.map((observation) => `  ${observationLine(observation, each - 3)}`);
  const more = observations.length - shown.length;
  return [verdict, ...lines, ...(more > 0 ? [`  … (${more} more candidates)`] : [])].join('\n');
}
