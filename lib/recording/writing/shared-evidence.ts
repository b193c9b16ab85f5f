import type { RunCounts } from '../../experiment/guardrails/guardrail-watch.js';
import type { GuardrailWatches } from '../../experiment/guardrails/guardrail-watches.js';
import type { Statements } from '../../database/statements.js';
import type { TallyStorage } from '../storage/tally.storage.js';
import { MINUTE, periodStart } from '../tallies/period-tier.js';
import type { ExperimentEpoch } from '../recorded.js';
import type { OtherWritersQuery, OtherWritersCounts } from '../tallies/tally-row.js';

/** An experiment whose counts this process has just written. */
export interface WrittenExperiment {
  readonly name: string;
  readonly of: ExperimentEpoch;
}

/** Services that shared evidence needs from its application. */
export interface EvidenceSurroundings {
  readonly tallies: Pick<TallyStorage, 'others'>;
  readonly statements: Statements;
  /** Returns an experiment's guardrail watches, if its latest runs make the counts of other processes worth reading. */
  asking(experiment: string): GuardrailWatches | undefined;
}

/** Counts read for a minute of a candidate. */
type Read = Pick<OtherWritersCounts, 'all' | 'fresh'>;

/** Counts read for one version of an experiment's settings. */
interface Known {
  readonly writer: number;
  /** True if everything from before the change of the settings had been written by then. */
  readonly isSettled: boolean;
  readonly minutes: ReadonlyMap<string, Read>;
}

const NOTHING: RunCounts = { runs: 0, failed: 0, mismatched: 0 };

/**
 * Lets a process whose candidates misbehave judge them by the counts of all processes: with few runs in each process, none
 * would see enough evidence alone. After writing its own counts, the process reads what the others have written for this minute
 * and the one before. It passes the growth since its last look to the guardrails. Experiments whose candidates behave cost
 * nothing.
 *
 * Runs from before the last change of the settings don't count. A minute of a process that began after the change counts from
 * its first run on. A minute that began before counts only as far as it grows after the first look. It does not count at all
 * for some time after the change, while runs from before are still being written.
 */
export class SharedEvidence {
  private readonly known = new WeakMap<GuardrailWatches, Known>();

  /** @param settling time after a change, in ms, during which runs from before it may still be written */
  constructor(
    private readonly surroundings: EvidenceSurroundings,
    private readonly settling: number,
  ) {}

  /**
   * Reads the counts of other processes for experiments that need them.
   *
   * @param writer writer of this process
   * @param now ms since the epoch
   */
  async look(written: readonly WrittenExperiment[], writer: number, now: number): Promise<void> {
    const asking = written.flatMap(({ name, of }) => {
      const watches = this.surroundings.asking(name);
      return watches === undefined ? [] : [{ watches, asked: { ...of, since: watches.since, from: firstMinute(watches, now) } }];
    });
    if (asking.length === 0) return;
    const { statements, tallies } = this.surroundings;
    const counted = await statements.run(() =>
      tallies.others(
        asking.map(({ asked }) => asked),
        writer,
      ),
    );
    for (const { watches, asked } of asking) {
      const own = counted.filter((one) => one.experimentId === asked.experimentId && one.epoch === asked.epoch);
      this.tell(watches, asked, own, { writer, now });
    }
  }

  private tell(
    watches: GuardrailWatches,
    { since }: OtherWritersQuery,
    counted: readonly OtherWritersCounts[],
    { writer, now }: { readonly writer: number; readonly now: number },
  ): void {
    const known = this.known.get(watches);
    const isSettled = now - since >= this.settling;
    this.known.set(watches, { writer, isSettled, minutes: new Map(counted.map((one) => [evidenceKey(one), one])) });
    // Under a new writer number, this process would count its own earlier runs as those of others.
    if (known !== undefined && known.writer !== writer) return;
    const grown = new Map<string, RunCounts>();
    for (const one of counted) {
      const before = known?.minutes.get(evidenceKey(one));
      const growth =
        before !== undefined && known?.isSettled
          ? measureGrowth(one.all, before.all)
          : measureGrowth(one.fresh, before?.fresh ?? NOTHING);
      grown.set(one.candidate, sumRuns(grown.get(one.candidate) ?? NOTHING, growth));
    }
    for (const [candidate, runs] of grown) if (runs.runs > 0) watches.takeOthers(candidate, runs);
  }
}

function firstMinute({ since }: GuardrailWatches, now: number): number {
  return Math.max(periodStart('minute', now) - MINUTE, periodStart('minute', since));
}

function evidenceKey({ startsAt, candidate }: OtherWritersCounts): string {
  return `${startsAt} ${candidate}`;
}

/** Returns the growth of a count. Counts that have shrunk because rows were removed have not grown. */
function measureGrowth(now: RunCounts, before: RunCounts): RunCounts {
  const runs = Math.max(0, now.runs - before.runs);
  const part = (key: 'failed' | 'mismatched') => Math.min(runs, Math.max(0, now[key] - before[key]));
  return { runs, failed: part('failed'), mismatched: part('mismatched') };
}

function sumRuns(one: RunCounts, other: RunCounts): RunCounts {
  return {
    runs: one.runs + other.runs,
    failed: one.failed + other.failed,
    mismatched: one.mismatched + other.mismatched,
  };
}
