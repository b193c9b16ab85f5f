import type { Settings } from '../src/settings';

/** Keeps what came back from one step. It has to be the same however the application's experiments are set. */
export type Record = (step: string, value: unknown) => void;

/** One way in which the application is used, and a row of the table of compatibility. */
export interface Integration {
  readonly name: string;
  /** Packages whose versions the table tells. */
  readonly packages: readonly string[];
  /** What is tried, for the table. */
  readonly tried: string;
  /** The server that it needs beside the database. */
  readonly needs?: 'redis' | 'nats' | 'rabbitmq' | 'mqtt';
  /** Beginnings of the names of its experiments. */
  readonly experiments: readonly string[];
  play(record: Record, settings: Settings): Promise<void>;
}

/** What one integration has given. */
export interface Played extends Pick<Integration, 'name' | 'tried' | 'experiments'> {
  /** Packages with their versions. */
  readonly packages: readonly string[];
  /** The server that is missing, so that it was not tried. */
  readonly leftOut?: string;
  /** Why it could not be played to its end. */
  readonly failed?: string;
  readonly steps: readonly { readonly step: string; readonly value: unknown }[];
}
