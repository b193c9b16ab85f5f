import { setTimeout as pause } from 'node:timers/promises';
import type { ReadinessState } from '../reports/statistics/measured.js';
import { summaryText, type SummaryLike } from '../reports/text/summary.text.js';
import { printable } from '../reports/text/printable.js';
import { dateOf } from '../reports/text/quantity.text.js';
import type { ResultLike } from './api-answers.js';
import type { CommandName } from './arguments.js';
import { epochsText } from './epochs.text.js';
import { Failure } from './failure.js';
import { listText } from './list.text.js';
import { runningText } from './period.text.js';
import { worstState } from '../reports/statistics/worst-state.js';
import { readinessText } from './readiness.text.js';
import { receipt } from './receipt.command.js';
import { resultText } from './result.text.js';
import type { Task } from './task.js';

const DONE = 0;
const READINESS = { ready: DONE, collecting: 2, notReady: 3, noisy: 4 };

/** Wait before asking again whether a candidate is ready, in ms. */
const INTERVAL = 5_000;

/** Implementations of the commands. Each returns the exit code. */
export const COMMANDS: Readonly<Record<CommandName, (task: Task) => Promise<number>>> = {
  list,
  summary,
  epochs,
  mismatches: (task) => results(task, ['mismatched'], 'mismatches'),
  errors: (task) => results(task, ['errored', 'timedOut'], 'errors'),
  enable: (task) => change(task, task.percent),
  disable: (task) => change(task, 0),
  ready,
  receipt,
};

async function list({ client, limit = Infinity, print }: Task): Promise<number> {
  const items = await client.experiments(limit);
  print(items, () => listText(items));
  return DONE;
}

async function summary({ client, name, epoch, print }: Task): Promise<number> {
  const found = await client.summary(name, epoch);
  print(found, () => summaryText(found));
  return DONE;
}

async function epochs({ client, name, print }: Task): Promise<number> {
  const items = await client.epochs(name);
  print(items, () => epochsText(name, items));
  return DONE;
}

async function results({ client, name, limit = 10, print }: Task, outcomes: string[], title: string): Promise<number> {
  const found = await Promise.all(outcomes.map((outcome) => client.results(name, outcome, limit)));
  const items = found
    .flat()
    .sort((a, b) => ranAt(b) - ranAt(a))
    .slice(0, limit);
  print(items, () => (items.length === 0 ? `No ${title} of "${printable(name)}" are kept.\n` : items.map(resultText).join('\n')));
  return DONE;
}

/** Returns the time of a result, in ms since the epoch; 0 if it has none. */
function ranAt(result: ResultLike): number {
  return dateOf(result['ranAt'])?.getTime() ?? 0;
}

async function change({ client, name, print }: Task, percentEnabled: number): Promise<number> {
  const changed = await client.change(name, { percentEnabled });
  const off = () =>
    changed['stored'] === false
      ? 'is off in the process that answered. The database could not store that yet; storing is retried until it succeeds'
      : 'is off now';
  const is = () => (percentEnabled === 0 ? off() : runningText(percentEnabled, changed));
  print(changed, () => `"${printable(name)}" ${is()}.\n`);
  return DONE;
}

async function ready({ client, name, wait, print }: Task): Promise<number> {
  const end = performance.now() + wait;
  const left = () => Math.ceil(end - performance.now());
  let found = await client.summary(name);
  while (stateOf(found) === 'collecting' && left() > 0) {
    await pause(Math.min(INTERVAL, left()));
    const known = found;
    found = await client.summary(name).catch((error: unknown) => {
      // During a long wait, the application may restart.
      if (error instanceof Failure && error.mayPass && left() > 0) return known;
      throw error;
    });
  }
  const state = stateOf(found);
  const candidates = found.candidates.map((candidate) => ({ name: candidate.name, readiness: candidate.readiness }));
  print({ name: found.name, state, candidates }, () => readinessText(found));
  return READINESS[state];
}

function stateOf({ candidates }: SummaryLike): ReadinessState {
  return worstState(candidates.map(({ readiness }) => readiness.state));
}
