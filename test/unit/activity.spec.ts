import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CandidateContext } from '../../lib/experiment/run-context.js';
import { Activity, type Abortable } from '../../lib/experiment/run/work-under-way.js';

it('counts, and aborts at the end, exactly the candidates that have come and not gone, in whatever order they go', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 60 }), async (steps) => {
      const activity = new Activity();
      activity.begin();
      const aborted: Abortable[] = [];
      const underWay = new Set<Abortable>();
      const gone: Abortable[] = [];
      for (const [comes, which] of steps) {
        if (comes) {
          const one: Abortable = {
            current: new CandidateContext('search', 'v2'),
            place: 0,
            dueAt: Infinity,
            expire: () => undefined,
            abort: () => void aborted.push(one),
          };
          activity.entered(one);
          underWay.add(one);
        } else {
          // Some go twice.
          const one = [...underWay, ...gone][which];
          if (one === undefined) continue;
          activity.left(one);
          underWay.delete(one);
          gone.push(one);
        }
        expect(activity.inFlight).toBe(underWay.size);
      }
      await activity.stop(0);
      expect(new Set(aborted)).toEqual(underWay);
      expect(aborted).toHaveLength(underWay.size);
    }),
    { numRuns: 50 },
  );
}, 20_000);
