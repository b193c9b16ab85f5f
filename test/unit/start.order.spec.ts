import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandidateFinding, OrderedRun } from '../../lib/experiment/ordered-run.js';
import { NOT_IN_ORDER, StartOrder } from '../../lib/experiment/run/start-order.js';

const NOW = 1_800_000_000_000;

const findings = fc.uniqueArray(
  fc.record({
    candidate: fc.constantFrom('a', 'b', 'c'),
    finding: fc.constantFrom('same', 'differs', 'bothThrew', 'nothingLeft'),
  }) as fc.Arbitrary<CandidateFinding>,
  { selector: ({ candidate }) => candidate, maxLength: 3 },
);

/** What a run shows when it settles; undefined where it has no result. */
const shown = fc.option(
  fc.record({
    input: fc.nat(0xffff_ffff),
    subject: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
    isForAll: fc.boolean(),
    findings,
  }),
  { nil: undefined },
);

/** Starts of runs, and ends of one of those under way, by its position among them. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), later: fc.nat(3) }),
  fc.record({ kind: fc.constant('settle' as const), which: fc.nat(1_000), run: shown }),
);

describe('the order of starts', () => {
  it('hands on each run once, in the order of starts, when all before have settled, as a naive list does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const handedOn: OrderedRun[] = [];
        const order = new StartOrder((run) => handedOn.push(run));
        const naive: { startedAt: number; settled: boolean; run: Omit<OrderedRun, 'startedAt'> | undefined }[] = [];
        const underWay: { place: number; index: number }[] = [];
        let now = NOW;
        for (const one of steps) {
          if (one.kind === 'begin') {
            now += one.later * 1_000;
            underWay.push({ place: order.begin(now, 10_000_000), index: naive.length });
            naive.push({ startedAt: now, settled: false, run: undefined });
          } else if (underWay.length > 0) {
            const [ended] = underWay.splice(one.which % underWay.length, 1);
            if (ended === undefined) continue;
            naive[ended.index] = { startedAt: naive[ended.index]?.startedAt ?? 0, settled: true, run: one.run };
            order.settle(ended.place, one.run);
          }
          const first = naive.findIndex(({ settled }) => !settled);
          const expected = naive
            .slice(0, first < 0 ? undefined : first)
            .flatMap(({ startedAt, run }) => (run === undefined ? [] : [{ startedAt, ...run }]));
          expect(handedOn).toEqual(expected);
        }
      }),
    );
  });

  it('lets 1,024 runs wait; more take no part, and are never handed on', () => {
    const handedOn: OrderedRun[] = [];
    const order = new StartOrder((run) => handedOn.push(run));
    const run = { input: 1, subject: undefined, isForAll: true, findings: [] };
    const places = Array.from({ length: 1_030 }, () => order.begin(NOW, 1_000));
    expect(places.filter((place) => place === NOT_IN_ORDER)).toHaveLength(6);
    for (const place of places.slice(1, 1_024)) order.settle(place, run);
    expect(handedOn).toHaveLength(0);
    order.settle(places[0] ?? 0, undefined);
    expect(handedOn).toHaveLength(1_023);
    expect(order.begin(NOW, 1_000)).not.toBe(NOT_IN_ORDER);
  });

  it('waits for a run no longer than a minute beyond its candidates’ timeout', () => {
    const handedOn: number[] = [];
    const order = new StartOrder(({ input }) => handedOn.push(input));
    const run = (input: number) => ({ input, subject: undefined, isForAll: true, findings: [] });
    const never = order.begin(NOW, 10_000);
    order.settle(order.begin(NOW, 10_000), run(2));
    order.begin(NOW + 69_000, 10_000);
    expect(handedOn).toEqual([]);
    order.begin(NOW + 71_000, 10_000);
    expect(handedOn).toEqual([2]);
    order.settle(never, run(1));
    expect(handedOn).toEqual([2]);
  });
});
