import type { ExperimentCatalog } from '../operations/experiment-catalog.js';
import { splitBySize } from '../base/chunks.js';
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
import type { RecordStorage } from '../recording/storage/record.storage.js';
import type { Recorder } from '../recording/writing/recorder.js';
import type { Tally } from '../recording/tallies/tally.js';
import { identifyResults } from '../recording/recorded.js';
import type { PeriodCounts } from '../recording/tallies/tally-row.js';

/** How many rows with what was measured are asked for by one statement: each has some kilobytes. */
const ROWS = 200;

/** Of how many experiments it is remembered what was measured. */
const REMEMBERED = 1_000;

/** What is told of a row: after a change, a purge or a removal something else. */
interface Question {
  readonly key: string;
  readonly row: ExperimentRow;
}

interface Answer {
  readonly results: Results;
  readonly lastHour: LastHour;
}

/** What came of an experiment when so much was counted. */
interface Remembered {
  readonly state: string;
  readonly results: Results;
}

/** What was recorded, in a few figures of many experiments, which are asked for all the time: of all processes, as far as they have written it. */
export class ExperimentFigures {
  private readonly lately = new AnswerCache((questions: readonly Question[]) => this.read(questions.map(({ row }) => row)));
  private readonly remembered = new Map<number, Remembered>();

  constructor(
    private readonly catalog: ExperimentCatalog,
    private readonly storage: RecordStorage,
    private readonly recorder: Recorder,
  ) {}

  /** Those of the experiments of some names, in their order, and none of names that there are not. They can be some seconds old. */
  async of(names: readonly string[]): Promise<Figures[]> {
    const rows = await this.catalog.findSome(names);
    const questions = rows.map((row) => ({ key: `${row.id}.${row.epoch}.${row.version}`, row }));
    const answers = await this.lately.answers(questions);
    const now = Date.now();
    return answers.map(({ answer: { results, lastHour }, question: { row } }) => makeFigures(row, results, lastHour, now));
  }

  private async read(rows: readonly ExperimentRow[]): Promise<Answer[]> {
    await this.recorder.flush();
    const now = Date.now();
    const of = rows.map(identifyResults);
    const { tallies } = this.storage;
    const minutes = byExperiment(await withStorageTimeout(tallies.ran(of, 'minute', lastHourFrom(now))));
    const totals = byExperiment(await withStorageTimeout(tallies.counted(of, 'total', { from: 0 })));
    const results = await this.resultsIn(totals, rows);
    return rows.map((row, index) => ({
      results: results[index] ?? countResults(row, new Map<string, Tally>()),
      lastHour: summariseLastHour(minutes.get(row.id) ?? [], now),
    }));
  }

  /** Reads what was measured only of those of which more was counted than when it was last read. */
  private async resultsIn(
    totals: ReadonlyMap<number, readonly PeriodCounts[]>,
    rows: readonly ExperimentRow[],
  ): Promise<(Results | undefined)[]> {
    const states = rows.map((row) => {
      const counted = (totals.get(row.id) ?? []).toSorted((a, b) => (a.candidate < b.candidate ? -1 : 1));
      const size = counted.reduce((sum, { rows: own }) => sum + own, 0);
      return { row, size, state: JSON.stringify([row.epoch, row.version, counted]) };
    });
    const due = states.filter(({ row, state }) => this.remembered.get(row.id)?.state !== state);
    for (const chunk of splitBySize(due, ROWS, ({ size }) => size)) {
      const tallies = await this.measured(chunk.map(({ row }) => row));
      for (const { row, state } of chunk) {
        this.remember(row.id, { state, results: countResults(row, tallies.get(row.id) ?? new Map<string, Tally>()) });
      }
    }
    return states.map(({ row }) => this.remembered.get(row.id)?.results);
  }

  private async measured(rows: readonly ExperimentRow[]): Promise<ReadonlyMap<number, ReadonlyMap<string, Tally>>> {
    const found = await withStorageTimeout(this.storage.tallies.totals(rows.map(identifyResults), ['speedup', 'differences']));
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

function byExperiment<Row extends { readonly experimentId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const found = new Map<number, Row[]>();
  for (const row of rows) {
    const known = found.get(row.experimentId);
    if (known === undefined) found.set(row.experimentId, [row]);
    else known.push(row);
  }
  return found;
}
