import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { Turn } from '../../lib/base/event-loop-turn.js';
import { OwnContext } from '../../lib/base/own-context.js';
import type { Steps } from '../../lib/base/steps.js';

/** Longest time, in ms, of a turn without its last step. */
const PIECE = 4;

let now = 0;
let immediates: (() => void)[] = [];

beforeEach(() => {
  now = 0;
  immediates = [];
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});

afterEach(() => {
  vi.restoreAllMocks();
});

vi.mock('node:timers', () => ({ setImmediate: (act: () => void) => immediates.push(act) }));

/** Does one turn of the event loop. Returns its duration; undefined if nothing was left to do. */
function turnOnce(): number | undefined {
  const act = immediates.shift();
  const begun = now;
  act?.();
  return act && now - begun;
}

const works = fc.array(
  fc.record({ isDelivery: fc.boolean(), steps: fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 8 }) }),
  { minLength: 1, maxLength: 12 },
);

describe('the work of a turn', () => {
  it('exceeds its time by one step at most, and all of it is done in order', () =>
    fc.assert(
      fc.property(works, (given) => {
        const turn = new Turn(new OwnContext());
        const done: Record<'tasks' | 'deliveries', string[]> = { tasks: [], deliveries: [] };
        for (const [index, { isDelivery, steps }] of given.entries()) {
          const into = isDelivery ? done.deliveries : done.tasks;
          const task = {
            *steps(): Steps<void> {
              for (const [step, duration] of steps.entries()) {
                now += duration;
                into.push(`${index}.${step}`);
                yield;
              }
            },
          };
          if (isDelivery) turn.deliver(task);
          else turn.later(task);
        }
        for (let took = turnOnce(); took !== undefined; took = turnOnce()) expect(took).toBeLessThan(PIECE + 6);
        const all = (isDelivery: boolean) =>
          given.flatMap((one, index) => (one.isDelivery === isDelivery ? one.steps.map((_, step) => `${index}.${step}`) : []));
        expect(done).toEqual({ tasks: all(false), deliveries: all(true) });
      }),
    ));

  it('is over once it has taken its time, until the next turn', () => {
    const turn = new Turn(new OwnContext());
    const seen: boolean[] = [turn.isOver];
    turn.later({
      work: () => {
        now += 3;
        seen.push(turn.isOver);
        now += 3;
      },
    });
    turnOnce();
    seen.push(turn.isOver);
    turnOnce();
    seen.push(turn.isOver);
    expect(seen).toEqual([false, false, true, false]);
    expect(turnOnce()).toBeUndefined();
  });

  it('goes on with what a caller waits for, however long that takes', () => {
    const turn = new Turn(new OwnContext());
    const done: number[] = [];
    turn.deliverNow({
      *steps(): Steps<void> {
        for (const step of [1, 2, 3]) {
          now += 10;
          done.push(step);
          yield;
        }
      },
    });
    expect(done).toEqual([1, 2, 3]);
  });

  it('passes on what its steps throw', async () => {
    const turn = new Turn(new OwnContext());
    const failure = new Error('of a step');
    const failing = function* (): Steps<void> {
      yield;
      throw failure;
    };
    const completed = turn.complete(failing());
    turnOnce();
    await expect(completed).rejects.toBe(failure);
  });
});
