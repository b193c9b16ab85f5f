import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactRow, expandRow, type KnownExperiment } from '../../lib/sync/known-experiment.js';
import { KnownExperiments } from '../../lib/sync/known-experiments.js';
import { experimentRow } from '../support/recording.js';

const versionOf = (id: number, version: number, purges = 0): KnownExperiment =>
  compactRow(experimentRow({ id, version, purges, percentEnabled: version }));

describe('what a process knows of experiments', () => {
  it('is all that is in a row', () => {
    const time = new Date(1_763_800_000_123);
    const row = experimentRow({
      startsAt: time,
      haltedAt: time,
      haltReason: 'why',
      subjects: ['ann'],
      guardrails: { errorRate: 0.5 },
      seenAt: time,
      lastRunAt: time,
    });
    expect(expandRow(compactRow(row))).toEqual(row);
    expect(expandRow(compactRow(experimentRow()))).toEqual(experimentRow());
  });

  it('is never put back by what is read from an old copy, in whatever order copies are read', () => {
    /** What a database goes through: changes, purges, and removals after which it is made anew. */
    const life = fc.array(fc.constantFrom('change', 'purge', 'remake'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(life, fc.array(fc.nat(), { maxLength: 30 }), (steps, reads) => {
        const states = [versionOf(1, 1)];
        for (const step of steps) {
          const { id, version, purges } = states.at(-1) as KnownExperiment; // there is one
          if (step === 'change') states.push(versionOf(id, version + 1, purges));
          if (step === 'purge') states.push(versionOf(id, version, purges + 1));
          if (step === 'remake') states.push(versionOf(id + 1, 1));
        }
        const known = new KnownExperiments();
        let newest = -1;
        for (const read of reads) {
          const index = read % states.length;
          newest = Math.max(newest, index);
          known.replace([states[index] as KnownExperiment]); // within the list
          expect(known.get('search')).toEqual(states[newest]);
        }
      }),
    );
  });

  it('has nothing of what was removed, however often it is read again', () => {
    const known = new KnownExperiments();
    const other = compactRow(experimentRow({ id: 9, name: 'other' }));
    known.replace([versionOf(3, 5), other]);
    known.drop('search', 3);
    known.replace([versionOf(3, 5), other]);
    expect(known.has('search')).toBe(false);
    known.replace([versionOf(10, 1), other]);
    expect(known.get('search')?.id).toBe(10);
  });

  it('has what was removed elsewhere no more, where what was read knows of later ones', () => {
    const known = new KnownExperiments();
    const other = compactRow(experimentRow({ id: 9, name: 'other' }));
    known.replace([versionOf(3, 5), other]);
    known.replace([other]);
    expect(known.has('search')).toBe(false);
    known.replace([versionOf(3, 5), other]);
    expect(known.has('search')).toBe(false);
  });

  it('comes back where it was only not yet in an old copy', () => {
    const known = new KnownExperiments();
    known.replace([versionOf(3, 1)]);
    known.replace([]);
    known.replace([versionOf(3, 1)]);
    expect(known.get('search')?.id).toBe(3);
  });
});
