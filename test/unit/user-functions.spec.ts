import { describe, expect, it } from 'vitest';
import type { ExperimentOptions } from '../../lib/experiment/experiment.options.js';
import type { RunMode } from '../../lib/experiment/option-types.js';
import { Laboratory } from './harness.js';
import type { StudiesOperation } from '../../lib/base/studies-operation.js';

const MODES: RunMode[] = ['shadow', 'parallel', 'serial'];
const broken = new Error('of the user');

/** A candidate that makes the run ask every function there is. */
const differs: Record<string, () => unknown> = {
  compareErrors: () => {
    throw new Error('other');
  },
};

type Failing = Exclude<StudiesOperation, 'publish' | 'storage' | 'raiseOnMismatch'>;
const OPERATIONS: Failing[] = [
  'clean',
  'compare',
  'compareErrors',
  'context',
  'diff',
  'ignore',
  'runIf',
  'subject',
  'beforeRun',
  'afterRun',
  'order',
  'raiseWith',
];

const WAYS: Record<string, () => unknown> = {
  throws: () => {
    throw broken;
  },
  rejects: () => Promise.reject(broken),
  hangs: () => new Promise(() => {}),
};

describe.each(OPERATIONS)('a %s that fails', (operation) => {
  describe.each(Object.keys(WAYS))('in that it %s', (way) => {
    it.each(MODES.filter((mode) => operation !== 'order' || mode === 'serial'))(
      'leaves the caller in %s mode with what the control gives',
      async (mode) => {
        const fail = WAYS[way] as () => never;
        const laboratory = new Laboratory({
          gate: { percentEnabled: operation === 'subject' ? 50 : 100, startsAt: null, endsAt: null, subjects: [] },
        });
        const bothThrow = operation === 'compareErrors';
        const value = { control: true };
        const given = {
          mode,
          control: () => {
            if (bothThrow) throw broken;
            return value;
          },
          candidate: differs[operation] ?? (() => ({ control: false })),
          [operation]: fail,
        } satisfies ExperimentOptions & Record<string, unknown>;

        const call = () => laboratory.call(given);
        if (bothThrow) expect(call).toThrow(broken);
        else expect(call()).toBe(value);
        await laboratory.settled();
        // Nobody but the function itself asks for what is cleaned, and how it differs.
        laboratory.results.forEach(({ control, candidates }) => [control.cleanedValue, candidates[0]?.diff]);

        const hangsUnnoticed = way === 'hangs' && ['beforeRun', 'afterRun'].includes(operation);
        const isNeverAsked = operation === 'raiseWith';
        const failures = laboratory.failures.map((failure) => failure.operation);
        expect(failures).toEqual(hangsUnnoticed || isNeverAsked ? [] : [operation]);
        expect(laboratory.results.length).toBe(['runIf', 'subject'].includes(operation) ? 0 : 1);
      },
    );
  });
});

describe('a raiseWith that fails', () => {
  it.each(Object.keys(WAYS))('in that it %s leaves the caller with the MismatchError', (way) => {
    const laboratory = new Laboratory();
    const given = { control: () => 1, candidate: () => 2, raiseOnMismatch: true, raiseWith: WAYS[way] as () => never };
    expect(() => laboratory.call(given)).toThrow('Experiment "experiment" has observations that differ');
    expect(laboratory.failures.map(({ operation }) => operation)).toEqual(['raiseWith']);
  });
});
