import type { Experiment } from '../api/experiment.js';
import { STATES, stateOf, type State } from '../experiment/state.js';
import type { RouteQuery } from '../route/route.js';
import { dayStart } from '../text/local.time.js';

/** Sort keys of the list. */
export const SORT_KEYS = ['name', 'percent', 'state', 'runs', 'match', 'speedup', 'readiness', 'hour', 'last'] as const;
/** A sort key of the list. */
export type SortKey = (typeof SORT_KEYS)[number];

/** Selection of experiments, and their order. Days begin in the reader's zone. */
export interface ListQuery {
  readonly search: string;
  readonly state: State['kind'] | undefined;
  readonly isOn: boolean | undefined;
  /** Range of times in ms since the epoch: from the first on, and before the second. */
  readonly firstRun: Between;
  readonly lastRun: Between;
  readonly sort: SortKey;
  readonly isDescending: boolean;
}

interface Between {
  readonly from: number | undefined;
  readonly before: number | undefined;
}

/** Reads the query of the list's address. Unknown values are ignored. */
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

/** Returns the experiments that match a query. */
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
