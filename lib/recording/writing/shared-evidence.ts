import type { RunCounts } from '../../experiment/admission/guardrail-watch.js';
import type { GuardrailWatches } from '../../experiment/admission/guardrail-watches.js';
import type { Statements } from '../../database/statements.js';
import type { TallyStorage } from '../storage/tally.storage.js';
import { MINUTE, periodStart } from '../tallies/tier.js';
import type { ExperimentEpoch } from '../recorded.js';
import type { OtherWritersQuery, OtherWritersCounts } from '../tallies/tally-row.js';

/** An experiment of which this process has just written what it has counted. */
export interface WrittenExperiment {
  readonly name: string;
  readonly of: ExperimentEpoch;
}

/** What shared evidence needs of its application. */
export interface EvidenceSurroundings {
  readonly tallies: Pick<TallyStorage, 'others'>;
  readonly statements: Statements;
  /** What judges an experiment's runs, if the latest of them make it worth knowing what other processes have counted. */
  asking(experiment: string): GuardrailWatches | undefined;
}

/** What was read of a minute of a candidate. */
type Read = Pick<OtherWritersCounts, 'all' | 'fresh'>;

/** What was read for one version of an experiment's settings. */
interface Known {
  readonly writer: number;
  /** Whether all that was made before the settings were changed had been written by then. */
  readonly isSettled: boolean;
  readonly minutes: ReadonlyMap<string, Read>;
}

const NOTHING: RunCounts = { runs: 0, failed: 0, mismatched: 0 };

/**
 * Has a process whose candidates misbehave judge them by what all processes have counted: where each has few runs, none would see enough
 * by itself. It reads what the others have written of this minute and the one before, after it has written itself, and gives the growth
 * since its last look to the guardrails. Experiments whose candidates behave cost nothing.
 *
 * Runs from before the settings were last changed don't count. A minute of a process that began after the change counts from its first
 * run on. One that began before counts as far as it grows after the first look, and not for some time after the change, in which runs
 * from before it are still being written.
 */
export class SharedEvidence {
  private readonly known = new WeakMap<GuardrailWatches, Known>();

  /** @param settling ms after a change for which runs from before it may still be written */
  constructor(
    private readonly surroundings: EvidenceSurroundings,
    private readonly settling: number,
  ) {}

  /**
   * Looks for what other processes have counted of experiments that ask for it.
   *
   * @param writer this process's own
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
    // Under another number than before, this process would find its own earlier runs among those of others.
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

/** What has come to a count. Counts that have shrunk, since rows were removed, have not grown. */
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
