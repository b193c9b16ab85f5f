import type { Columns } from '../../../database/columns.js';
import type { TallyContent } from '../../tallies/tally.js';
import type { TallyEntity } from '../tally.entity.js';
import type { TallyPart, TallyRow } from '../../tallies/tally-row.js';

/** In which columns the parts of what was measured are. */
export const COLUMN_OF = {
  control: 'controlTimes',
  candidate: 'candidateTimes',
  delta: 'deltas',
  speedup: 'speedups',
  differences: 'differences',
} as const satisfies Record<TallyPart, keyof TallyEntity>;

/** A row as it is stored. */
export function toTallyEntity({ content, ...key }: TallyRow): Columns<TallyEntity> {
  const { counts, skipped, control, candidate, delta, speedup, differences, ...numbers } = content;
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  return {
    ...key,
    ...numbers,
    ...counts,
    skipped: json(skipped),
    controlTimes: json(control),
    candidateTimes: json(candidate),
    deltas: json(delta),
    speedups: json(speedup),
    differences: json(differences),
  };
}

/** The row that is stored so; columns that were not read are as those without anything. */
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
    skipped: parsed(entity.skipped),
    control: parsed(entity.controlTimes),
    candidate: parsed(entity.candidateTimes),
    delta: parsed(entity.deltas),
    speedup: parsed(entity.speedups),
    differences: parsed(entity.differences),
  } as TallyContent; // this library has written it there itself
}

function parsed(json: string | null | undefined): unknown {
  return json == null ? null : JSON.parse(json);
}
