import type { Experiment } from '../api/experiment.js';
import { STATES, stateOf, type State } from '../experiment/state.js';
import type { RouteQuery } from '../route/route.js';
import { dayStart } from '../text/local.time.js';

/** What the list can be sorted by. */
export const SORT_KEYS = ['name', 'percent', 'state', 'runs', 'match', 'speedup', 'readiness', 'hour', 'last'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** Which experiments are listed, and in which order; days begin in the reader's zone. */
export interface ListQuery {
  readonly search: string;
  readonly state: State['kind'] | undefined;
  readonly isOn: boolean | undefined;
  /** In ms since the epoch: from the first on, and before the second. */
  readonly firstRun: Between;
  readonly lastRun: Between;
  readonly sort: SortKey;
  readonly isDescending: boolean;
}

interface Between {
  readonly from: number | undefined;
  readonly before: number | undefined;
}

/** Reads the query of the list's address: what it doesn't know, it passes over. */
export function listQueryOf(query: RouteQuery): ListQuery {
  const { sort = 'name' } = query;
  const key = sort.replace(/^-/, '');
  return {
    search: query['q'] ?? '',
    state: STATES.find((state) => state === query['state']),
    isOn: query['on'] === 'yes' ? true : query['on'] === 'no' ? false : undefined,
    firstRun: { from: dayStart(query['first-from']), before: dayStart(query['first-to'], 1) },
    lastRun: { from: dayStart(query['last-from']), before: dayStart(query['last-to'], 1) },
    sort: SORT_KEYS.find((one) => one === key) ?? 'name',
    isDescending: sort.startsWith('-'),
  };
}

/** The experiments that a query asks for. */
export function filtered(experiments: readonly Experiment[], query: ListQuery, now: number): Experiment[] {
  const search = query.search.trim().toLowerCase();
  return experiments.filter(
    (experiment) =>
      experiment.name.toLowerCase().includes(search) &&
      (query.state === undefined || stateOf(experiment, now).kind === query.state) &&
      (query.isOn === undefined || experiment.enabled === query.isOn) &&
      isBetween(experiment.firstRunAt, query.firstRun) &&
      isBetween(experiment.lastRunAt, query.lastRun),
  );
}

function isBetween(time: string | null, { from, before }: Between): boolean {
  if (from === undefined && before === undefined) return true;
  const at = time === null ? Number.NaN : Date.parse(time);
  return !Number.isNaN(at) && (from === undefined || at >= from) && (before === undefined || at < before);
}
