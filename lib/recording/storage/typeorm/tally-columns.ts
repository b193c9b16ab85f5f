import type { Columns } from '../../../database/columns.js';
import type { TallyContent } from '../../tallies/tally.js';
import type { TallyEntity } from '../tally.entity.js';
import type { TallyPart, TallyRow } from '../../tallies/tally-row.js';

/** Columns that hold the measured parts of a tally. */
export const COLUMN_OF = {
  control: 'controlTimes',
  candidate: 'candidateTimes',
  delta: 'deltas',
  speedup: 'speedups',
  differences: 'differences',
  evidence: 'evidence',
} as const satisfies Record<TallyPart, keyof TallyEntity>;

/** Converts a row to its stored form. */
export function toTallyEntity({ content, ...key }: TallyRow): Columns<TallyEntity> {
  const { counts, reads, skipped, refused, control, candidate, delta, speedup, differences, evidence, ...numbers } = content;
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  return {
    ...key,
    ...numbers,
    ...counts,
    reads: json(reads),
    skipped: json(skipped),
    refused: json(refused),
    controlTimes: json(control),
    candidateTimes: json(candidate),
    deltas: json(delta),
    speedups: json(speedup),
    differences: json(differences),
    evidence: json(evidence),
  };
}

/** Converts a stored row back. Columns that were not read become null. */
export function toTallyRow(entity: TallyEntity): TallyRow {
  const { experimentId, epoch, tier, startsAt, candidate, writer } = entity;
  return { experimentId, epoch, tier, startsAt, candidate, writer, content: parseContent(entity) };
}

function parseContent(entity: TallyEntity): TallyContent {
  const { firstAt, lastAt, runs, drifted, matched, mismatched, ignored, errored, timedOut } = entity;
  return {
    firstAt,
    lastAt,
    runs,
    drifted,
    counts: { matched, mismatched, ignored, errored, timedOut },
    reads: parsed(entity.reads),
    skipped: parsed(entity.skipped),
    refused: parsed(entity.refused),
    control: parsed(entity.controlTimes),
    candidate: parsed(entity.candidateTimes),
    delta: parsed(entity.deltas),
    speedup: parsed(entity.speedups),
    differences: parsed(entity.differences),
    evidence: parsed(entity.evidence),
  } as TallyContent; // written by this library
}

function parsed(json: string | null | undefined): unknown {
  return json == null ? null : JSON.parse(json);
}
