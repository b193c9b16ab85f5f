import { Logger } from '@nestjs/common';
import { onTestFinished } from 'vitest';

/** A line of Nest's log. */
export interface LogLine {
  readonly level: 'log' | 'error' | 'warn' | 'debug' | 'verbose' | 'fatal';
  readonly context: unknown;
  readonly message: unknown;
}

/** What goes to Nest's log until the end of the test. */
export function recordedLog(): readonly LogLine[] {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level']) =>
    (message: unknown, ...rest: unknown[]) => {
      lines.push({ level, context: rest.at(-1), message });
    };
  Logger.overrideLogger({
    log: at('log'),
    error: at('error'),
    warn: at('warn'),
    debug: at('debug'),
    verbose: at('verbose'),
    fatal: at('fatal'),
  });
  onTestFinished(() => {
    Logger.overrideLogger(false);
  });
  return lines;
}
