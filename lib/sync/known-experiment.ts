import type { OperatorSettings } from '../experiment/run/experiment-runner.js';
import type { Guardrails } from '../experiment/guardrails.js';
import type { ExperimentRow } from '../storage/experiment-row.js';

type Time = 'startsAt' | 'endsAt' | 'haltedAt' | 'createdAt' | 'updatedAt' | 'firstRunAt' | 'lastRunAt' | 'seenAt';

/**
 * A row as a process keeps it: the settings that calls need, the identity of its results, and the rest as last read. Times are
 * ms since the epoch. They take less memory than a `Date`, and there can be thousands of experiments.
 */
export type KnownExperiment = Omit<ExperimentRow, Time> & {
  readonly [Name in Time]: null extends ExperimentRow[Name] ? number | null : number;
} & OperatorSettings;

// Shared instances, because thousands of experiments may have empty values.
const NO_TEXTS: readonly string[] = Object.freeze([]);
const NO_LIMITS: Partial<Guardrails> = Object.freeze({});

/** Converts a row to the form that a process keeps. */
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

/** Converts the kept form back to a row. */
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

/**
 * Returns the newer of two readings of one row. Versions and numbers of purges only grow, so the reading with the lower ones came from an
 * old copy.
 */
export function chooseNewer(known: KnownExperiment, read: KnownExperiment): KnownExperiment {
  const newer = read.version < known.version ? known : read;
  const purges = Math.max(known.purges, read.purges);
  return newer.purges === purges ? newer : { ...newer, purges };
}
