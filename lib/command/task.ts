import type { CommandArguments } from './arguments.js';
import type { Client } from './client.js';

/** Input of a command. */
export interface Task extends CommandArguments {
  readonly client: Client;
  /** Prints a value as JSON or as text, depending on `--json`. */
  readonly print: (value: unknown, text: () => string) => void;
}
