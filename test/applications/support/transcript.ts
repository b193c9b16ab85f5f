/** Which experiments an application has: none at all, all at 0 %, or all at 100 %. */
export type Experiments = 'absent' | '0' | '100';

export const EXPERIMENTS: readonly Experiments[] = ['absent', '0', '100'];

/** What came back from one step of the client. */
export interface Step {
  readonly step: string;
  readonly value: unknown;
}

/** What one integration has given, as the client writes it. */
export interface Played {
  readonly name: string;
  readonly tried: string;
  readonly packages: readonly string[];
  readonly experiments: readonly string[];
  /** The server that is missing, so that it was not tried. */
  readonly leftOut?: string;
  /** Why it could not be played to its end. */
  readonly failed?: string;
  readonly steps: readonly Step[];
}

/** What the library has counted for one experiment. */
export interface Tally {
  readonly name: string;
  readonly percentEnabled: number;
  readonly runs: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly candidates: readonly { readonly name: string; readonly counts: Readonly<Record<string, number>> }[];
}

/** All that a run of an application has given. */
export interface Transcript {
  readonly played: readonly Played[];
  /** All rows of the application's tables at the end. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
  readonly experiments: readonly Tally[];
  /** Its log, without times and process ids. */
  readonly log: readonly string[];
  /** The signal that it ended with, or its exit code. */
  readonly end: string | number | null;
}

/** The transcripts of one application. */
export interface Application {
  readonly name: string;
  readonly transcripts: Readonly<Record<Experiments, Transcript>>;
}

/** A step that gave something else. */
export interface DifferingStep {
  readonly step: string | undefined;
  readonly expected: unknown;
  readonly received: unknown;
}

/** Compares two plays of an integration, byte by byte. */
export function differingSteps(expected: readonly Step[], received: readonly Step[]): DifferingStep[] {
  const longer = expected.length > received.length ? expected : received;
  return longer.flatMap((_, index) => {
    const [one, other] = [expected[index], received[index]];
    if (JSON.stringify(one) === JSON.stringify(other)) return [];
    return [{ step: one?.step ?? other?.step, expected: one?.value, received: other?.value }];
  });
}

/** Reason for which most calls ran the control alone. A crowd of requests adds others. */
export function mainReason({ skipped }: Tally): string | undefined {
  return Object.entries(skipped).sort(([, a], [, b]) => b - a)[0]?.[0];
}
