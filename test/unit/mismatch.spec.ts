import { setTimeout as wait } from 'node:timers/promises';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { MismatchError } from '../../lib/experiment/mismatch.error.js';
import { Laboratory, type Given } from './harness.js';

const raising: Given = { name: 'search', raiseOnMismatch: true, control: () => 1, candidate: () => 2 };

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

describe('raiseOnMismatch', () => {
  it('gives the caller a MismatchError that names the experiment and carries the result', () => {
    const laboratory = new Laboratory();
    const error = thrownBy(() => laboratory.call(raising)) as MismatchError;
    expect(error).toBeInstanceOf(MismatchError);
    expect(error.message).toContain('Experiment "search" has observations that differ');
    expect(error.result).toBe(laboratory.results[0]);
  });

  it('can be set for all experiments, and unset for one', () => {
    const laboratory = new Laboratory({ defaults: { raiseOnMismatch: true } });
    expect(() => laboratory.call({ control: () => 1, candidate: () => 2 })).toThrow(MismatchError);
    expect(laboratory.call({ control: () => 1, candidate: () => 2, raiseOnMismatch: false })).toBe(1);
  });

  it.each(['shadow', 'parallel', 'serial'] as const)('waits for the candidates in %s mode', async (mode) => {
    const laboratory = new Laboratory();
    const later = (value: number) => () => wait(3, value);
    await expect(laboratory.call({ ...raising, mode, control: later(1), candidate: later(2) })).rejects.toThrow(MismatchError);
    await expect(laboratory.call({ ...raising, mode, control: later(1), candidate: later(1) })).resolves.toBe(1);
    const emitting = laboratory.call({ ...raising, mode, control: () => of(1), candidate: () => of(2) });
    await expect(lastValueFrom(emitting as Observable<unknown>)).rejects.toThrow(MismatchError);
  });

  it('lets a match, and a difference that is ignored, pass', () => {
    const laboratory = new Laboratory();
    expect(laboratory.call({ ...raising, candidate: () => 1 })).toBe(1);
    expect(laboratory.call({ ...raising, ignore: () => true })).toBe(1);
  });

  it('reports the difference of an asynchronous candidate to a synchronous control, which cannot wait', async () => {
    const laboratory = new Laboratory();
    expect(laboratory.call({ ...raising, candidate: async () => 2 })).toBe(1);
    await laboratory.settled();
    await wait(1);
    expect(laboratory.failures).toMatchObject([{ operation: 'raiseOnMismatch', error: { code: 'MISMATCH' } }]);
  });

  it('raises what raiseWith makes', () => {
    const raiseWith: Given['raiseWith'] = ({ experiment }) => new RangeError(`${experiment} is off`);
    expect(() => new Laboratory().call({ ...raising, raiseWith })).toThrow(new RangeError('search is off'));
  });
});

describe('a MismatchError', () => {
  const failing = () => {
    throw new TypeError('of the candidate');
  };

  it('prints both observations cleaned, and the stack of one that threw', () => {
    const clean = () => 'cleaned';
    const { message } = thrownBy(() => new Laboratory().call({ ...raising, candidate: failing, clean })) as Error;
    expect(message).toContain('control returned "cleaned" in');
    expect(message).toContain('candidate threw {"name":"TypeError","message":"of the candidate"');
    expect(message).toMatch(/TypeError: of the candidate\n\s+at /);
  });

  it('can be serialised, and sent to another process', () => {
    const error = thrownBy(() => new Laboratory().call({ ...raising, control: () => 1n, candidate: () => () => 1 }));
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: 'MismatchError',
      code: 'MISMATCH',
      result: { experiment: 'search' },
    });
    expect(() => structuredClone(error)).not.toThrow();
  });
});
