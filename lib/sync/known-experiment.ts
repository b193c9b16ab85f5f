import type { OperatorSettings } from '../experiment/run/experiment-runner.js';
import type { Guardrails } from '../experiment/guardrails.js';
import type { ExperimentRow } from '../storage/experiment-row.js';

type Time = 'startsAt' | 'endsAt' | 'haltedAt' | 'createdAt' | 'updatedAt' | 'firstRunAt' | 'lastRunAt' | 'seenAt';

/**
 * A row as a process keeps it: what calls look at, what their results are filed under, and the rest of it as it was last read. Times are ms
 * since the epoch, which take less memory than a `Date`: there can be thousands of experiments.
 */
export type KnownExperiment = Omit<ExperimentRow, Time> & {
  readonly [Name in Time]: null extends ExperimentRow[Name] ? number | null : number;
} & OperatorSettings;

// One of each for the thousands of experiments that have nothing there.
const NO_TEXTS: readonly string[] = Object.freeze([]);
const NO_LIMITS: Partial<Guardrails> = Object.freeze({});

/** Makes of a row what a process keeps. */
export function compactRow(row: ExperimentRow): KnownExperiment {
  const { subjects, ignorePaths, guardrails } = row;
  return {
    ...row,
    startsAt: row.startsAt?.getTime() ?? null,
    endsAt: row.endsAt?.getTime() ?? null,
    subjects: subjects.length === 0 ? NO_TEXTS : subjects,
    ignorePaths: ignorePaths.length === 0 ? NO_TEXTS : ignorePaths,
    guardrails: Object.keys(guardrails).length === 0 ? NO_LIMITS : guardrails,
    haltedAt: row.haltedAt?.getTime() ?? null,
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
    firstRunAt: row.firstRunAt?.getTime() ?? null,
    lastRunAt: row.lastRunAt?.getTime() ?? null,
    seenAt: row.seenAt?.getTime() ?? null,
  };
}

/** Makes the row again. */
export function expandRow(known: KnownExperiment): ExperimentRow {
  const time = (at: number | null) => (at === null ? null : new Date(at));
  return {
    ...known,
    startsAt: time(known.startsAt),
    endsAt: time(known.endsAt),
    haltedAt: time(known.haltedAt),
    createdAt: new Date(known.createdAt),
    updatedAt: new Date(known.updatedAt),
    firstRunAt: time(known.firstRunAt),
    lastRunAt: time(known.lastRunAt),
    seenAt: time(known.seenAt),
  };
}

/** Gives the newer of two readings of one row: versions and epochs only grow, so that what has less of them was read from an old copy. */
export function chooseNewer(known: KnownExperiment, read: KnownExperiment): KnownExperiment {
  const newer = read.version < known.version ? known : read;
  const epoch = Math.max(known.epoch, read.epoch);
  return newer.epoch === epoch ? newer : { ...newer, epoch };
}
