import type { Client } from './client.js';

/** Input of a command. */
export interface Task {
  readonly client: Client;
  readonly name: string;
  readonly percent: number;
  readonly limit: number | undefined;
  /** Number of the epoch; undefined for the current one. */
  readonly epoch: number | undefined;
  /** Longest wait, in ms. */
  readonly wait: number;
  readonly json: boolean;
  readonly markdown: boolean;
  /** File to write to. */
  readonly out: string | undefined;
  /** File with an earlier receipt. */
  readonly against: string | undefined;
  /** Prints a value as JSON or as text, depending on `--json`. */
  readonly print: (value: unknown, text: () => string) => void;
}
