import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import { of, delay } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AnyFunction, RunMode } from '../../lib/experiment/option-types.js';
import { Laboratory, type Given } from './harness.js';

const visitors = new AsyncLocalStorage<string>();

/** Candidates, by how they settle. */
const CANDIDATES: Record<string, AnyFunction> = {
  'that is synchronous': () => 1,
  'that gives a promise': async () => 1,
  'that gives a promise later': () => setTimeout(1, 1),
  'that gives a thenable': () => ({ then: (give: (value: number) => void) => give(1) }),
  'that gives an Observable': () => of(1),
  'that gives an Observable later': () => of(1).pipe(delay(1)),
  'that gives a promise of an Observable': async () => of(1).pipe(delay(1)),
  'that throws': () => {
    throw new Error('no');
  },
  'that rejects': async () => Promise.reject(new Error('no')),
  'that takes too long': () => setTimeout(60_000, 1, { ref: false }),
};

/** Runs an experiment for a visitor, and tells in which context, and within which candidate, what comes after it is done. */
function watched(laboratory: Laboratory, given: Given, then: () => Promise<unknown>) {
  const seen: unknown[] = [];
  const afterRun = () => seen.push([visitors.getStore(), laboratory.registry.candidate()]);
  return visitors.run('ada', async () => {
    await laboratory.call({ timeout: 20, ...given, control: async () => 1, afterRun });
    await visitors.run('bob', then);
    return seen;
  });
}

describe('what comes after a candidate is done in the context of its call', () => {
  for (const mode of ['shadow', 'parallel', 'serial'] satisfies RunMode[]) {
    it.each(Object.keys(CANDIDATES))(`${mode}, for one %s`, async (how) => {
      const laboratory = new Laboratory();
      const seen = await watched(laboratory, { mode, candidate: CANDIDATES[how] ?? (() => 0) }, () => laboratory.settled());
      expect(seen).toEqual([['ada', undefined]]);
    });
  }

  it('also where the application stops while it is under way', async () => {
    const laboratory = new Laboratory();
    const given = { candidate: () => new Promise(() => undefined), timeout: 60_000 };
    const stop = async () => {
      await new Promise(setImmediate);
      await laboratory.registry.activity.stop(1);
    };
    expect(await watched(laboratory, given, stop)).toEqual([['ada', undefined]]);
    expect(laboratory.results[0]?.candidates[0]).toMatchObject({ error: { code: 'CANDIDATE_ABORTED' } });
  });

  it('also where it had to wait for a place that another call’s candidate gave back', async () => {
    const laboratory = new Laboratory();
    const given = { candidates: { a: async () => 1, b: async () => 1 }, maxConcurrent: 1 };
    expect(await watched(laboratory, given, () => laboratory.settled())).toEqual([['ada', undefined]]);
  });
});
