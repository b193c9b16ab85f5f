import type { ChangeRecord } from './change.record.js';
import type { Durations } from './durations.js';
import type { Change, Experiment } from './experiment.js';
import type { Epoch } from './epoch.js';
import type { Figures } from './figures.js';
import type { PageOf } from './page.of.js';
import { ask } from './request.js';
import type { Result, ResultQuery } from './result.js';
import type { Summary } from './summary.js';
import type { Span, Timeline } from './timeline.js';

/** Largest number of experiments on a page of the list. */
const LIST_PAGE = 1_000;

/** Number of results, and of changes, on a page. */
const RESULTS_PAGE = 20;
const HISTORY_PAGE = 50;

// The casts are safe: openapi.json documents each response, and a test checks the types against its schemas.

/** Returns all experiments, by name. */
export async function listExperiments(signal: AbortSignal): Promise<readonly Experiment[]> {
  const all: Experiment[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: LIST_PAGE, cursor };
    const page = (await ask(['experiments'], { query, signal })) as PageOf<Experiment>;
    all.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

/** Returns the key figures of the named experiments. */
export async function figuresOf(names: readonly string[], signal: AbortSignal): Promise<readonly Figures[]> {
  const { items } = (await ask(['figures'], { query: { name: names }, signal })) as { items: readonly Figures[] };
  return items;
}

/** Returns an experiment as it is stored. */
export async function readExperiment(name: string, signal?: AbortSignal): Promise<Experiment> {
  return (await ask(['experiments', name], { ...(signal ? { signal } : {}) })) as Experiment;
}

/**
 * Changes an experiment.
 *
 * @param version version that the change is made for; if there is a newer one, the change fails with a conflict. Without it,
 * the change is made anyway
 */
export async function changeExperiment(name: string, change: Change, version?: number): Promise<Experiment> {
  return (await ask(['experiments', name], { method: 'PATCH', body: change, version })) as Experiment;
}

/** @param version version to remove; if there is a newer one, the removal fails with a conflict */
export async function removeExperiment(name: string, version: number): Promise<void> {
  await ask(['experiments', name], { method: 'DELETE', version, isLong: true });
}

/** Resolves when all recorded results are gone, which may take minutes. */
export async function purgeResults(name: string): Promise<void> {
  await ask(['experiments', name, 'results'], { method: 'DELETE', isLong: true });
}

/** Returns the number of purged rows that are still to be removed. */
export async function rowsToPurge(name: string, signal: AbortSignal): Promise<number> {
  const { left } = (await ask(['experiments', name, 'purging'], { signal })) as { left: number };
  return left;
}

/** Returns the states of an experiment's code that results belong to, the newest first. */
export async function epochsOf(name: string, signal: AbortSignal): Promise<readonly Epoch[]> {
  const { items } = (await ask(['experiments', name, 'epochs'], { signal })) as { items: readonly Epoch[] };
  return items;
}

/** @param epoch number of the epoch; by default, that of the code that runs now */
export async function summaryOf(name: string, signal: AbortSignal, epoch?: string): Promise<Summary> {
  return (await ask(['experiments', name, 'summary'], { query: { epoch }, signal })) as Summary;
}

/** @param epoch number of the only epoch that is meant; by default, all */
export async function timelineOf(name: string, span: Span, signal: AbortSignal, epoch?: string): Promise<Timeline> {
  return (await ask(['experiments', name, 'timeline'], { query: { span, epoch }, signal })) as Timeline;
}

/** @param epoch number of the epoch; by default, that of the code that runs now */
export async function durationsOf(name: string, signal: AbortSignal, epoch?: string): Promise<Durations> {
  return (await ask(['experiments', name, 'durations'], { query: { epoch }, signal })) as Durations;
}

/** Returns a page of recorded results, the newest first. */
export async function resultsOf(name: string, query: ResultQuery, signal?: AbortSignal): Promise<PageOf<Result>> {
  const asked = { query: { ...query, limit: RESULTS_PAGE }, ...(signal ? { signal } : {}) };
  return (await ask(['experiments', name, 'results'], asked)) as PageOf<Result>;
}

/** Returns one recorded result. */
export async function resultOf(name: string, id: string, signal: AbortSignal): Promise<Result> {
  return (await ask(['experiments', name, 'results', id], { signal })) as Result;
}

/** Returns the changes of an experiment, the newest first. It may have been removed. */
export async function historyOf(name: string, cursor?: string, signal?: AbortSignal): Promise<PageOf<ChangeRecord>> {
  const asked = { query: { cursor, limit: HISTORY_PAGE }, ...(signal ? { signal } : {}) };
  return (await ask(['experiments', name, 'history'], asked)) as PageOf<ChangeRecord>;
}
