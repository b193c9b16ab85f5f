import type { ExperimentCatalog } from '../operations/experiment-catalog.js';
import { withStorageTimeout } from '../database/storage-timeout.js';
import { sumTallies } from '../recording/tallies/sum-tallies.js';
import { summariseDurations, type Durations } from './durations.js';
import type { RecordStorage } from '../recording/storage/record.storage.js';
import { tierLength, type TallyTier } from '../recording/tallies/period-tier.js';
import { timelineStart, SPANS, makeTimeline, type Layer, type Span, type Timeline } from './timeline.js';
import type { ExperimentEpoch } from '../recording/recorded.js';
import { chooseEpoch, identifyEpochs, type ExperimentEpochs } from './experiment-epochs.js';
import type { PeriodCounts, PeriodSkips, PeriodSelection } from '../recording/tallies/tally-row.js';

/** Chart data of an experiment, over all processes, as far as they have written their results. */
export class ExperimentCharts {
  constructor(
    private readonly catalog: ExperimentCatalog,
    private readonly storage: RecordStorage,
    private readonly epochs: ExperimentEpochs,
  ) {}

  /**
   * Returns the outcomes over time.
   *
   * @param epoch number of the only epoch whose outcomes are meant; by default, all since the last purge
   * @throws StudiesError `NOT_FOUND`
   */
  async timeline(name: string, span: Span, epoch?: number): Promise<Timeline> {
    const row = await this.catalog.get(name);
    const all = (await this.epochs.read([row])).get(row.id) ?? [];
    const of = identifyEpochs(row, epoch === undefined ? all : [chooseEpoch(row, all, epoch)].filter((one) => one !== undefined));
    const { step, tiers } = SPANS[span];
    const now = Date.now();
    const from = timelineStart(span, now);
    const layers: Layer[] = [];
    let oldest = now;
    // The shortest first: periods that are rolled up meanwhile are then seen twice, and not missed.
    for (const tier of tiers) {
      // Times also covered by shorter periods are read period by period, to compare both. The database can add up anything
      // older.
      const stretches = layers.length === 0 ? [{ from }] : chooseStretches(tier, from, oldest, step);
      const layer = await this.layer(of, tier, stretches);
      layers.push(layer);
      for (const { startsAt } of [...layer.counted, ...layer.skipped]) oldest = Math.min(oldest, startsAt);
    }
    return makeTimeline(name, span, layers);
  }

  /**
   * Returns the durations of its candidates.
   *
   * @param epoch number of the epoch; by default, the current one
   * @throws StudiesError `NOT_FOUND`
   */
  async durations(name: string, epoch?: number): Promise<Durations> {
    const row = await this.catalog.get(name);
    const chosen = await this.epochs.choose(row, epoch);
    const of = identifyEpochs(row, chosen === undefined ? [] : [chosen]);
    return summariseDurations(
      name,
      await sumTallies(await withStorageTimeout(this.storage.tallies.totals(of, ['control', 'candidate']))),
    );
  }

  private async layer(of: readonly ExperimentEpoch[], tier: TallyTier, stretches: readonly PeriodSelection[]): Promise<Layer> {
    const { tallies } = this.storage;
    const layer = { tier, counted: [] as PeriodCounts[], skipped: [] as PeriodSkips[] };
    for (const stretch of stretches) {
      layer.counted.push(...(await withStorageTimeout(tallies.counted(of, tier, stretch))));
      layer.skipped.push(...(await withStorageTimeout(tallies.skipped(of, tier, stretch))));
    }
    return layer;
  }
}

/**
 * Chooses the stretches of a tier to read from one time on. Whole steps before the time `until` are read as one row per step.
 */
function chooseStretches(tier: TallyTier, from: number, until: number, step: number): PeriodSelection[] {
  const whole = until - (until % step);
  if (tierLength(tier) >= step || whole <= from) return [{ from }];
  return [{ from, before: whole, length: step }, { from: whole }];
}
