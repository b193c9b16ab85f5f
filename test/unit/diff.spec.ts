import { describe, expect, it, vi } from 'vitest';
import { Laboratory, type Given } from './harness.js';

const given: Given = { control: () => 1, candidate: () => 3 };
const observed = async (more: Given, laboratory = new Laboratory()) =>
  (await laboratory.resultOf({ ...given, ...more })).candidates[0];

describe('diff', () => {
  it('is made once, when it is first asked for, and by the instance', async () => {
    const self = { unit: 'm' };
    const diff = vi.fn(function (this: typeof self, control: unknown, candidate: unknown) {
      return { by: Number(candidate) - Number(control), unit: this.unit };
    });
    const { candidates, control } = await new Laboratory().resultOf({ ...given, diff }, self);
    expect(diff).not.toHaveBeenCalled();
    expect(candidates[0]?.diff).toEqual({ by: 2, unit: 'm' });
    expect(candidates[0]?.diff).toBe(candidates[0]?.diff);
    expect(JSON.parse(JSON.stringify(candidates[0]))).toMatchObject({ value: 3, diff: { by: 2, unit: 'm' } });
    expect(diff.mock.calls).toEqual([[1, 3]]);
    expect(control.diff).toBeUndefined();
  });

  it.each<[string, Given]>([
    ['a match', { candidate: () => 1 }],
    ['a difference that is ignored', { ignore: () => true }],
    [
      'a candidate that threw',
      {
        candidate: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'a control that threw',
      {
        control: () => {
          throw new Error('no');
        },
      },
    ],
    ['an experiment without one', { diff: undefined as never }],
  ])('there is none for %s', async (_, more) => {
    const diff = vi.fn(() => 'different');
    const candidate = await observed({ diff, ...more });
    expect(candidate?.diff).toBeUndefined();
    expect(candidate?.toJSON()).not.toHaveProperty('diff');
    expect(diff).not.toHaveBeenCalled();
  });

  it('is none where the function fails, which is reported once', async () => {
    const laboratory = new Laboratory();
    const failure = new Error('diff');
    const diff = () => {
      throw failure;
    };
    const candidate = await observed({ diff }, laboratory);
    expect([candidate?.diff, candidate?.diff]).toEqual([undefined, undefined]);
    expect(candidate?.toJSON()).not.toHaveProperty('diff');
    expect(laboratory.failures).toMatchObject([{ operation: 'diff', error: failure }]);
  });

  it('is made of what is published of both sides', async () => {
    const given: Given = {
      control: () => ({ user: { id: 1, password: 'hunter2' } }),
      candidate: () => ({ user: { id: 1, password: 'hunter3' } }),
      clean: ({ user }: { user: object }) => user,
      diff: (control, candidate) => `${JSON.stringify(control)} -> ${JSON.stringify(candidate)}`,
    };
    const told = '{"id":1,"password":"[Redacted]"}';
    expect((await observed({ ...given, redact: ['password'] }))?.diff).toBe(`${told} -> ${told}`);
    expect((await observed({ ...given, redactDefaults: false }))?.diff).toContain('hunter3');
  });

  it('tells nothing that is redacted', async () => {
    const candidate = await observed({ redact: ['password'], diff: () => ({ password: ['a', 'b'], id: 1 }) });
    expect(candidate?.diff).toEqual({ password: '[Redacted]', id: 1 });
    expect(candidate?.toJSON()).toMatchObject({ diff: { password: '[Redacted]', id: 1 } });
  });

  it('can be anything', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    expect(JSON.parse(JSON.stringify(await observed({ diff: () => cyclic })))).toMatchObject({ diff: { self: '[Circular]' } });
    expect(JSON.parse(JSON.stringify(await observed({ diff: () => null })))).toMatchObject({ diff: null });
  });
});
