import type { Experiment } from '../api/experiment.js';
import type { Figures } from '../api/figures.js';
import { STATES, stateOf } from '../experiment/state.js';
import type { ListQuery, SortKey } from './list.query.js';
import { READINESS_RANK, worstOf } from './worst.js';

/** Decides whether a sort key needs the figures of all experiments. */
export function needsFigures(key: SortKey): boolean {
  return key === 'runs' || key === 'match' || key === 'speedup' || key === 'readiness' || key === 'hour';
}

/** Sorts experiments. Those without a value come last in either direction, and equal ones are sorted by name. */
export function sorted(
  experiments: readonly Experiment[],
  figures: ReadonlyMap<string, Figures>,
  { sort, isDescending }: Pick<ListQuery, 'sort' | 'isDescending'>,
  now: number,
): Experiment[] {
  const sign = isDescending ? -1 : 1;
  const values = new Map(experiments.map((one) => [one, valueOf(one, figures.get(one.name), sort, now)]));
  return [...experiments].sort((a, b) => {
    const [left, right] = [values.get(a) ?? null, values.get(b) ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || byName(a, b);
    if (typeof left === 'string' || typeof right === 'string') return sign * byName(a, b);
    return sign * (left - right) || byName(a, b);
  });
}

const names = new Intl.Collator('en', { numeric: true });

function byName(a: Experiment, b: Experiment): number {
  return names.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}

function valueOf(experiment: Experiment, figures: Figures | undefined, key: SortKey, now: number): string | number | null {
  switch (key) {
    case 'name':
      return experiment.name;
    case 'percent':
      return experiment.percentEnabled;
    case 'state':
      return STATES.indexOf(stateOf(experiment, now).kind);
    case 'last':
      return experiment.lastRunAt === null ? null : Date.parse(experiment.lastRunAt);
    case 'runs':
      return figures?.runs ?? null;
    case 'hour':
      return figures?.lastHour.runs.reduce((sum, runs) => sum + runs, 0) ?? null;
    case 'match':
    case 'speedup':
    case 'readiness':
      return figures === undefined ? null : worstValueOf(figures, key);
    default:
      return key satisfies never;
  }
}

function worstValueOf(figures: Figures, key: 'match' | 'speedup' | 'readiness'): number | null {
  const { mismatchRate, speed, readiness } = worstOf(figures);
  if (key === 'match') return mismatchRate && 1 - mismatchRate.estimate;
  if (key === 'speedup') return speed?.speedup ?? null;
  return readiness && READINESS_RANK[readiness.state];
}
