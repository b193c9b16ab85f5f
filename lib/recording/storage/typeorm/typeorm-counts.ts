import { setImmediate } from 'node:timers/promises';
import { Between, MoreThanOrEqual, type FindOptionsWhere } from 'typeorm';
import { splitBySize, splitIntoChunks } from '../../../base/split-into-chunks.js';
import { parseNumber, type RawNumber } from '../../../database/columns.js';
import type { OwnDatabase } from '../../../database/own-database.js';
import type { OwnStatements } from '../../../database/own-statements.js';
import { Skips } from '../../tallies/skips.js';
import { TallyEntity } from '../tally.entity.js';
import type { TallyTier } from '../../tallies/period-tier.js';
import {
  EXPERIMENT_ITSELF,
  type PeriodCounts,
  type PeriodSelection,
  type PeriodRuns,
  type PeriodSkips,
} from '../../tallies/tally-row.js';
import type { ExperimentEpoch } from '../../recorded.js';

/** Number of ranges of the primary key per statement: epochs whose periods are read. */
const RANGES = 10;

/** Number of rows processed per turn of the event loop. These rows are small. */
const AT_ONCE = 500;

/** Columns to group by, and columns to sum up. */
const WHOSE = ['experimentId', 'epoch', 'candidate'] as const;
const COUNTS = ['runs', 'matched', 'mismatched', 'ignored', 'errored', 'timedOut'] as const;

/** A counted period as databases return it. */
interface RawCounted extends Record<(typeof COUNTS)[number] | 'experimentId' | 'epoch' | 'startsAt' | 'rows', RawNumber> {
  readonly candidate: string;
}

type RawRan = Record<keyof PeriodRuns, RawNumber>;

/** Reads counts, but no measurements, from the table of tallies. The database sums them up. */
export class TypeOrmCounts {
  constructor(private readonly database: OwnDatabase) {}

  async counted(
    of: readonly ExperimentEpoch[],
    tier: TallyTier,
    { from, before, length = 1 }: PeriodSelection,
  ): Promise<PeriodCounts[]> {
    const found: PeriodCounts[] = [];
    for (const chunk of splitIntoChunks(of, RANGES)) {
      const rows = await this.database.use((statements) => {
        const builder = statements.of(TallyEntity, 'tally').select('COUNT(*)', 'rows');
        const startsAt = length === 1 ? 'tally.startsAt' : `tally.startsAt - (tally.startsAt % ${length})`;
        builder.addSelect(startsAt, 'startsAt').groupBy(startsAt);
        for (const column of WHOSE) builder.addSelect(`tally.${column}`, column).addGroupBy(`tally.${column}`);
        for (const column of COUNTS) builder.addSelect(`SUM(tally.${column})`, column);
        return builder.where(listRanges(chunk, tier, from, before)).getRawMany<RawCounted>();
      });
      found.push(...(await inTurns(rows, toCounted)));
    }
    return found;
  }

  async ran(of: readonly ExperimentEpoch[], tier: TallyTier, from: number): Promise<PeriodRuns[]> {
    const found: PeriodRuns[] = [];
    // The epochs of one experiment are added up, and so belong into one statement.
    for (const chunk of splitBySize(byExperiment(of), RANGES, ({ length }) => length)) {
      const rows = await this.database.use((statements) => this.runsOf(statements, listRanges(chunk.flat(), tier, from)));
      found.push(...(await inTurns(rows, toRan)));
    }
    return found;
  }

  async skipped(
    of: readonly ExperimentEpoch[],
    tier: TallyTier,
    { from, before, length = 1 }: PeriodSelection,
  ): Promise<PeriodSkips[]> {
    const skips = new Skips(length);
    for (const chunk of splitIntoChunks(of, RANGES)) {
      const rows = await this.database.use((statements) =>
        statements
          .of(TallyEntity, 'tally')
          .select('tally.experimentId', 'experimentId')
          .addSelect('tally.epoch', 'epoch')
          .addSelect('tally.startsAt', 'startsAt')
          .addSelect('tally.skipped', 'skipped')
          .where(listRanges(chunk, tier, from, before))
          .andWhere('tally.skipped IS NOT NULL')
          .getRawMany<Record<'experimentId' | 'epoch' | 'startsAt', RawNumber> & { skipped: string }>(),
      );
      await inTurns(rows, ({ experimentId, epoch, startsAt, skipped }) =>
        skips.add(
          { experimentId: parseNumber(experimentId), epoch: parseNumber(epoch) },
          parseNumber(startsAt),
          JSON.parse(skipped) as PeriodSkips['skipped'], // written by this library
        ),
      );
    }
    return skips.all();
  }

  private runsOf(statements: OwnStatements, ranges: FindOptionsWhere<TallyEntity>[]): Promise<RawRan[]> {
    const itself = `tally.candidate = '${EXPERIMENT_ITSELF}'`;
    const byCandidate = statements
      .of(TallyEntity, 'tally')
      .select('tally.experimentId', 'experimentId')
      .addSelect('tally.startsAt', 'startsAt')
      .addSelect(`SUM(CASE WHEN ${itself} THEN tally.runs ELSE 0 END)`, 'runs')
      .addSelect(`SUM(CASE WHEN ${itself} THEN 0 ELSE tally.mismatched + tally.errored + tally.timedOut END)`, 'differing')
      .where(ranges)
      .groupBy('tally.experimentId')
      .addGroupBy('tally.startsAt')
      .addGroupBy('tally.candidate');
    const quoted = (name: keyof PeriodRuns) => `counted.${this.database.dataSource.driver.escape(name)}`;
    return statements
      .about()
      .select(quoted('experimentId'), 'experimentId')
      .addSelect(quoted('startsAt'), 'startsAt')
      .addSelect(`MAX(${quoted('runs')})`, 'runs')
      .addSelect(`MAX(${quoted('differing')})`, 'differing')
      .from(`(${byCandidate.getQuery()})`, 'counted')
      .setParameters(byCandidate.getParameters())
      .groupBy(quoted('experimentId'))
      .addGroupBy(quoted('startsAt'))
      .getRawMany<RawRan>();
  }
}

function byExperiment(of: readonly ExperimentEpoch[]): ExperimentEpoch[][] {
  const experiments = new Map<number, ExperimentEpoch[]>();
  for (const one of of) experiments.set(one.experimentId, [...(experiments.get(one.experimentId) ?? []), one]);
  return [...experiments.values()];
}

/** Selects the periods of epochs as one range of the primary key each. */
function listRanges(
  of: readonly ExperimentEpoch[],
  tier: TallyTier,
  from: number,
  before?: number,
): FindOptionsWhere<TallyEntity>[] {
  const startsAt = before === undefined ? MoreThanOrEqual(from) : Between(from, before - 1);
  return of.map(({ experimentId, epoch }) => ({ experimentId, epoch, tier, startsAt }));
}

function toRan({ experimentId, startsAt, runs, differing }: RawRan): PeriodRuns {
  return {
    experimentId: parseNumber(experimentId),
    startsAt: parseNumber(startsAt),
    runs: parseNumber(runs),
    differing: parseNumber(differing),
  };
}

function toCounted({ candidate, ...numbers }: RawCounted): PeriodCounts {
  return {
    experimentId: parseNumber(numbers.experimentId),
    epoch: parseNumber(numbers.epoch),
    candidate,
    startsAt: parseNumber(numbers.startsAt),
    rows: parseNumber(numbers.rows),
    runs: parseNumber(numbers.runs),
    counts: {
      matched: parseNumber(numbers.matched),
      mismatched: parseNumber(numbers.mismatched),
      ignored: parseNumber(numbers.ignored),
      errored: parseNumber(numbers.errored),
      timedOut: parseNumber(numbers.timedOut),
    },
  };
}

async function inTurns<Row, Read>(rows: readonly Row[], read: (row: Row) => Read): Promise<Read[]> {
  const found: Read[] = [];
  for (const part of splitIntoChunks(rows, AT_ONCE)) {
    found.push(...part.map(read));
    await setImmediate();
  }
  return found;
}
