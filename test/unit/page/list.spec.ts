import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../page/api/experiment.js';
import type { Figures } from '../../../page/api/figures.js';
import { stateOf } from '../../../page/experiment/state.js';
import { filtered, listQueryOf } from '../../../page/list/list.query.js';
import { sorted } from '../../../page/list/sorted.js';
import { worstOf } from '../../../page/list/worst.js';

const NOW = Date.parse('2025-11-25T12:00:00Z');
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();

function experiment(name: string, rest: Partial<Experiment> = {}): Experiment {
  const { percentEnabled = 0 } = rest;
  return {
    name,
    percentEnabled,
    enabled: percentEnabled > 0,
    startsAt: null,
    endsAt: null,
    subjects: [],
    targetRate: 0.001,
    confidence: 0.95,
    minSpan: 24,
    ignorePaths: [],
    guardrails: {},
    haltedAt: null,
    haltReason: null,
    version: 1,
    createdAt: at(-900),
    updatedAt: at(-900),
    firstRunAt: null,
    lastRunAt: null,
    seenAt: at(0),
    ...rest,
  };
}

function figures(name: string, runs: number, mismatchRate: number | null): Figures {
  const readiness = {
    state: 'collecting',
    reason: '',
    runsNeeded: 1,
    inputsNeeded: 1,
    subjectsNeeded: 0,
    hoursNeeded: 0,
  } as const;
  const rate = mismatchRate === null ? null : { estimate: mismatchRate, low: 0, high: 1 };
  const candidate = { name: 'v2', runs, mismatchRate: rate, speedup: null, speedupOver: 'firstCall' as const, readiness };
  return {
    name,
    running: true,
    runs,
    candidates: [candidate],
    lastHour: { startsAt: at(-60), step: 60_000, runs: [runs], differing: [0] },
  };
}

describe('The state of an experiment', () => {
  it.each([
    ['running', { percentEnabled: 5 }],
    ['off', {}],
    ['off', { seenAt: null }],
    ['scheduled', { percentEnabled: 5, startsAt: at(1) }],
    ['running', { percentEnabled: 5, startsAt: at(0), endsAt: at(1) }],
    ['ended', { percentEnabled: 5, endsAt: at(0) }],
    ['halted', { haltedAt: at(-1), haltReason: 'too slow' }],
    ['unseen', { percentEnabled: 5, seenAt: null }],
    ['unseen', { percentEnabled: 5, seenAt: at(-3) }],
    ['running', { percentEnabled: 5, seenAt: at(-2.9) }],
  ] as const)('is %s', (kind, rest) => {
    expect(stateOf(experiment('a', rest), NOW).kind).toBe(kind);
  });
});

describe('The list', () => {
  const all = [
    experiment('Search.cities', { percentEnabled: 5, firstRunAt: at(-600), lastRunAt: at(-1) }),
    experiment('rates', { haltedAt: at(-5), firstRunAt: at(-30), lastRunAt: at(-5) }),
    experiment('item-10'),
    experiment('item-9', { percentEnabled: 100, seenAt: null }),
  ];
  const names = (query: Record<string, string>) => filtered(all, listQueryOf(query), NOW).map(({ name }) => name);

  it('is searched whatever the case', () => {
    expect(names({ q: 'search' })).toEqual(['Search.cities']);
  });

  it('is filtered by state, percentage and days', () => {
    expect(names({ state: 'halted' })).toEqual(['rates']);
    expect(names({ on: 'yes' })).toEqual(['Search.cities', 'item-9']);
    expect(names({ on: 'no' })).toEqual(['rates', 'item-10']);
    expect(names({ 'last-from': '2025-11-01' })).toEqual(['Search.cities', 'rates']);
    expect(names({ 'first-to': '2025-11-01' })).toEqual([]);
  });

  it('passes over what it does not know', () => {
    expect(names({ state: 'lost', on: 'maybe', sort: '-nothing', 'last-to': 'soon' })).toHaveLength(all.length);
  });

  const order = (sort: string, known: readonly Figures[] = []) =>
    sorted(all, new Map(known.map((one) => [one.name, one])), listQueryOf({ sort }), NOW).map(({ name }) => name);

  it('has names with numbers in the order of the numbers', () => {
    expect(order('name')).toEqual(['item-9', 'item-10', 'rates', 'Search.cities']);
    expect(order('-name')).toEqual(['Search.cities', 'rates', 'item-10', 'item-9']);
  });

  it('has last what has no value, in either direction', () => {
    const known = [figures('rates', 10, 0.5), figures('item-9', 20, 0), figures('item-10', 0, null)];
    expect(order('match', known)).toEqual(['rates', 'item-9', 'item-10', 'Search.cities']);
    expect(order('-match', known)).toEqual(['item-9', 'rates', 'item-10', 'Search.cities']);
    expect(order('-runs', known)).toEqual(['item-9', 'rates', 'item-10', 'Search.cities']);
    expect(order('-last')).toEqual(['Search.cities', 'rates', 'item-9', 'item-10']);
  });

  it('tells the worst of several candidates', () => {
    const [one, other] = [figures('a', 5, 0.1), figures('a', 5, 0.2)].map(({ candidates }) => candidates);
    const ready = { ...other?.[0], readiness: { state: 'notReady', reason: 'bad', runsNeeded: null }, speedup: -2 };
    const worst = worstOf({ ...figures('a', 5, 0), candidates: [...(one ?? []), ready as Figures['candidates'][number]] });
    expect(worst).toMatchObject({
      mismatchRate: { estimate: 0.2 },
      speed: { speedup: -2 },
      readiness: { state: 'notReady' },
      candidates: 2,
    });
  });
});
