import { MoreThanOrEqual, Not, type SelectQueryBuilder } from 'typeorm';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import type { TallyEntity } from '../tally.entity.js';
import { EXPERIMENT_ITSELF, type OtherWritersQuery, type OtherWritersCounts } from '../../tallies/tally-row.js';

/** SQL expressions of the counts. */
const COUNTED = {
  runs: 'tally.matched + tally.mismatched + tally.ignored + tally.errored + tally.timedOut',
  failed: 'tally.errored + tally.timedOut',
  mismatched: 'tally.mismatched',
} as const;

type Sum = keyof typeof COUNTED;

/** A sum as databases return it. */
type Raw = { readonly candidate: string } & Readonly<
  Record<'experimentId' | 'epoch' | 'startsAt' | Sum | `fresh_${Sum}`, RawNumber>
>;

/** Sums up the minutes of all writers but one: one small row for each minute and candidate, however many writers there are. */
export async function othersIn(
  builder: SelectQueryBuilder<TallyEntity>,
  asked: readonly OtherWritersQuery[],
  writer: number,
): Promise<OtherWritersCounts[]> {
  const fresh = asked.map(
    // Safe to interpolate: all values are numbers from this library.
    ({ experimentId, since }) => `(tally.experimentId = ${experimentId} AND tally.firstAt >= ${since})`,
  );
  builder.select('tally.experimentId', 'experimentId').groupBy('tally.experimentId');
  for (const key of ['epoch', 'startsAt', 'candidate']) builder.addSelect(`tally.${key}`, key).addGroupBy(`tally.${key}`);
  for (const [name, sql] of Object.entries(COUNTED)) {
    builder.addSelect(`SUM(${sql})`, name);
    builder.addSelect(`SUM(CASE WHEN ${fresh.join(' OR ')} THEN ${sql} ELSE 0 END)`, `fresh_${name}`);
  }
  const where = asked.map(({ experimentId, epoch, from }) => ({
    experimentId,
    epoch,
    tier: 'minute' as const,
    startsAt: MoreThanOrEqual(from),
    candidate: Not(EXPERIMENT_ITSELF),
    writer: Not(writer),
  }));
  return (await builder.where(where).getRawMany<Raw>()).map(toOthersCounted);
}

function toOthersCounted(raw: Raw): OtherWritersCounts {
  return {
    experimentId: parseNumber(raw.experimentId),
    epoch: parseNumber(raw.epoch),
    startsAt: parseNumber(raw.startsAt),
    candidate: raw.candidate,
    all: { runs: parseNumber(raw.runs), failed: parseNumber(raw.failed), mismatched: parseNumber(raw.mismatched) },
    fresh: {
      runs: parseNumber(raw.fresh_runs),
      failed: parseNumber(raw.fresh_failed),
      mismatched: parseNumber(raw.fresh_mismatched),
    },
  };
}
