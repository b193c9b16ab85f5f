import type { ExperimentCatalog } from '../operations/experiment-catalog.js';
import { splitBySize } from '../base/split-into-chunks.js';
import type { ExperimentRow } from '../storage/experiment-row.js';
import { withStorageTimeout } from '../database/storage-timeout.js';
import { sumTallies } from '../recording/tallies/sum-tallies.js';
import {
  makeFigures,
  lastHourFrom,
  summariseLastHour,
  countResults,
  type Figures,
  type LastHour,
  type Results,
} from './figures.js';
import { AnswerCache } from './answer-cache.js';
import type { KnownCode } from './known-code.js';
import type { RecordStorage } from '../recording/storage/record.storage.js';
import type { Tally } from '../recording/tallies/tally.js';
import { HOUR } from '../recording/tallies/period-tier.js';
import type { ExperimentEpoch } from '../recording/recorded.js';
import { chooseEpoch, identifyEpochs, type ExperimentEpochs } from './experiment-epochs.js';
import type { RecordedEpoch } from './recorded-epoch.js';
import type { PeriodCounts } from '../recording/tallies/tally-row.js';

/** Number of rows with measurements that one statement reads. Each has some kilobytes. */
const ROWS = 200;

/** Number of experiments whose measurements are kept in memory. */
const REMEMBERED = 1_000;

/** A request for the figures of a row in an epoch. The key changes with each change, purge and removal. */
interface Question {
  readonly key: string;
  readonly row: ExperimentRow;
  readonly epoch: number | undefined;
}

/** A request whose epochs are known. */
interface Located {
  readonly row: ExperimentRow;
  /** Epoch that the results are of; undefined if nothing was recorded. */
  readonly epoch: RecordedEpoch | undefined;
  readonly all: readonly RecordedEpoch[];
}

interface Answer {
  readonly results: Results;
  readonly lastHour: LastHour;
}

/** Results of an experiment for a certain state of its counts. */
interface Remembered {
  readonly state: string;
  readonly results: Results;
}

/**
 * Key figures of many experiments, which are requested all the time. They cover all processes, as far as these have written
 * their results.
 */
export class ExperimentFigures {
  private readonly lately = new AnswerCache((questions: readonly Question[]) => this.read(questions));
  private readonly remembered = new Map<number, Remembered>();

  constructor(
    private readonly catalog: ExperimentCatalog,
    private readonly storage: RecordStorage,
    private readonly epochs: ExperimentEpochs,
    private readonly known: KnownCode,
  ) {}

  /**
   * Returns the figures of the named experiments, in their order. Unknown names are left out. The figures can be some seconds
   * old.
   *
   * @param epoch number of an epoch of the only experiment that is named; by default, the current ones
   * @throws StudiesError `NOT_FOUND` when there is no such epoch
   */
  async of(names: readonly string[], epoch?: number): Promise<Figures[]> {
    const rows = await this.catalog.findSome(names);
    const questions = rows.map((row) => ({ key: `${row.id}.${row.purges}.${row.version}.${epoch}`, row, epoch }));
    const answers = await this.lately.answers(questions);
    const now = Date.now();
    return answers.map(({ answer: { results, lastHour }, question: { row } }) => makeFigures(row, results, lastHour, now));
  }

  private async read(questions: readonly Question[]): Promise<Answer[]> {
    const located = await this.locate(questions);
    const now = Date.now();
    const from = lastHourFrom(now);
    // The last hour is that of all code that ran in it.
    const lately = located.flatMap(({ row, all }) =>
      identifyEpochs(
        row,
        all.filter(({ seenAt }) => seenAt.getTime() >= from - HOUR),
      ),
    );
    const { tallies } = this.storage;
    const minutes = byExperiment(await withStorageTimeout(tallies.ran(lately, 'minute', from)));
    const totals = byExperiment(
      await withStorageTimeout(tallies.counted(located.flatMap(identifyLocated), 'total', { from: 0 })),
    );
    const results = await this.resultsIn(totals, located);
    return located.map(({ row }, index) => ({
      results: results[index] ?? countResults(row, new Map<string, Tally>(), null, this.known.candidatesOf(row.name)),
      lastHour: summariseLastHour(minutes.get(row.id) ?? [], now),
    }));
  }

  private async locate(questions: readonly Question[]): Promise<Located[]> {
    const epochs = await this.epochs.read(questions.map(({ row }) => row));
    return questions.map(({ row, epoch }) => {
      const all = epochs.get(row.id) ?? [];
      return { row, epoch: chooseEpoch(row, all, epoch), all };
    });
  }

  /** Reads measurements only for experiments whose counts have changed since the last read. */
  private async resultsIn(
    totals: ReadonlyMap<number, readonly PeriodCounts[]>,
    located: readonly Located[],
  ): Promise<(Results | undefined)[]> {
    const states = located.map((one) => {
      const { row, epoch } = one;
      const counted = (totals.get(row.id) ?? []).toSorted((a, b) => (a.candidate < b.candidate ? -1 : 1));
      const size = counted.reduce((sum, { rows: own }) => sum + own, 0);
      const known = this.known.candidatesOf(row.name);
      return { one, row, known, size, state: JSON.stringify([epoch?.number, row.version, counted, known]) };
    });
    const due = states.filter(({ row, state }) => this.remembered.get(row.id)?.state !== state);
    for (const chunk of splitBySize(due, ROWS, ({ size }) => size)) {
      const tallies = await this.measured(chunk.map(({ one }) => one));
      for (const { one, row, known, state } of chunk) {
        const own = tallies.get(row.id) ?? new Map<string, Tally>();
        const ignored = this.known.ignoredPathsOf(row.name);
        this.remember(row.id, { state, results: countResults(row, own, one.epoch ?? null, known, ignored) });
      }
    }
    return states.map(({ row }) => this.remembered.get(row.id)?.results);
  }

  private async measured(located: readonly Located[]): Promise<ReadonlyMap<number, ReadonlyMap<string, Tally>>> {
    const found = await withStorageTimeout(
      this.storage.tallies.totals(located.flatMap(identifyLocated), ['speedup', 'differences', 'evidence']),
    );
    const tallies = new Map<number, ReadonlyMap<string, Tally>>();
    for (const [id, own] of byExperiment(found)) tallies.set(id, await sumTallies(own));
    return tallies;
  }

  private remember(id: number, remembered: Remembered): void {
    this.remembered.delete(id);
    this.remembered.set(id, remembered);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
  }
}

function identifyLocated({ row, epoch }: Located): ExperimentEpoch[] {
  return identifyEpochs(row, epoch === undefined ? [] : [epoch]);
}

function byExperiment<Row extends { readonly experimentId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const found = new Map<number, Row[]>();
  for (const row of rows) {
    const known = found.get(row.experimentId);
    if (known === undefined) found.set(row.experimentId, [row]);
    else known.push(row);
  }
  return found;
}
