import { libraryVersion } from '../base/library-version.js';
import { InitFailure } from '../init/init-failure.js';
import { runInit } from '../init/run-init.js';
import { jsonLines, printable } from '../reports/text/printable.js';
import { parseInvocation, type Invocation } from './arguments.js';
import { UsageError } from './usage.error.js';
import { Client } from './client.js';
import { COMMANDS } from './commands.js';
import { Failure } from './failure.js';
import { HELP } from './help.js';

const EXIT = { done: 0, failed: 1, usage: 64 };

/** Receives the text to print. */
type Write = (text: string) => void;

/**
 * Runs the command `nestjs-studies`.
 *
 * @returns the exit code
 */
export async function run(
  argv: string[],
  env: Readonly<Record<string, string | undefined>>,
  out: Write,
  err: Write,
): Promise<number> {
  try {
    return await execute(parseInvocation(argv, env), out);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const lines = error instanceof InitFailure ? message.split('\n') : [message];
    err(`nestjs-studies: ${lines.map(printable).join('\n')}\n`);
    if (!(error instanceof UsageError)) return EXIT.failed;
    err('Try: nestjs-studies --help\n');
    return EXIT.usage;
  }
}

async function execute(invocation: Invocation, out: Write): Promise<number> {
  switch (invocation.kind) {
    case 'help':
      out(HELP);
      return EXIT.done;
    case 'version':
      out(`${libraryVersion()}\n`);
      return EXIT.done;
    case 'init':
      out(runInit(process.cwd(), invocation.options, invocation.dryRun));
      return EXIT.done;
    case 'command': {
      const { command, url, headers, json, ...task } = invocation;
      const print = (value: unknown, text: () => string) => out(json ? `${jsonLines(value).join('\n')}\n` : readable(text));
      return COMMANDS[command]({ ...task, json, client: new Client(url, headers), print });
    }
  }
}

/** Renders an answer as text. Not all of it has been checked before. */
function readable(text: () => string): string {
  try {
    return text();
  } catch {
    throw new Failure('This version of nestjs-studies does not understand the answer. With --json, it is printed unchanged.');
  }
}
