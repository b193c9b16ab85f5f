import { describe, expect, it } from 'vitest';
import { finish } from '../../lib/base/steps.js';
import { resolveOptions } from '../../lib/experiment/definition.js';
import { makeObservation } from '../../lib/experiment/observation.js';
import type { ExperimentOptions } from '../../lib/experiment/experiment.options.js';
import { examineDifferences } from '../../lib/recording/differences/examine-differences.js';

/** The paths in which two values are told to differ. */
function pathsOf(
  control: unknown,
  candidate: unknown,
  given: ExperimentOptions = { noise: 10 },
  ignored: string[] = [],
): string[] {
  const options = resolveOptions(given);
  const clean = options.clean ?? ((value: unknown) => value);
  const observed = (value: unknown) =>
    makeObservation(
      { name: 'one', context: {}, outcome: 'mismatched', redaction: options.redaction },
      { kind: 'returned', value, duration: 1 },
      clean,
    );
  return finish(
    examineDifferences(observed(control), observed(candidate), options, [...options.ignorePaths, ...ignored]),
  ).fields.map(({ path }) => path);
}

class Price {
  constructor(readonly amount: number) {}
}

const deep = (levels: number, value: unknown): unknown => (levels === 0 ? value : { in: deep(levels - 1, value) });
const items = (changed: number) => Array.from({ length: 150 }, (_, id) => ({ id, price: id === changed ? -1 : 1 }));

describe('what differs where the control is compared with itself', () => {
  it('is the fields that are told, where nothing else differs', () => {
    expect(pathsOf({ at: 1, v: 1 }, { at: 2, v: 1 })).toEqual(['$.at']);
    expect(pathsOf({ list: [{ at: 1 }, { at: 2 }] }, { list: [{ at: 3 }, { at: 4 }] })).toEqual(['$.list[*].at']);
    expect(pathsOf([1, 2, 3], [3, 1, 2])).toEqual(['$']);
    expect(pathsOf({ ids: [1, 2] }, { ids: [2, 1] })).toEqual(['$.ids']);
    expect(pathsOf(1, 2)).toEqual(['$']);
  });

  it.each<[string, unknown, unknown, ExperimentOptions]>([
    ['redacted', { secret: 1 }, { secret: 2 }, { redact: ['secret'] }],
    ['cleaned away', { secret: 1 }, { secret: 2 }, { clean: ({ at }: { at: number }) => ({ at }) }],
    ['too deep to be told', { deep: deep(10, 1) }, { deep: deep(10, 2) }, {}],
    ['at the end of a long text', { text: `${'x'.repeat(5_000)}1` }, { text: `${'x'.repeat(5_000)}2` }, {}],
    ['in binary data', { data: Buffer.from('1') }, { data: Buffer.from('2') }, {}],
    ['the class', { price: new Price(1) }, { price: { amount: 1 } }, {}],
    ['late in a list', { items: items(140) }, { items: items(141) }, {}],
  ])('is more than these where something differs that is %s', (_, control, candidate, options) => {
    const paths = pathsOf({ at: 1, ...(control as object) }, { at: 2, ...(candidate as object) }, { noise: 10, ...options });
    expect(paths).toContain('$.at');
    // The field is named, or counts among all others.
    expect(paths.length).toBeGreaterThan(1);
    expect(pathsOf({ at: 1, ...(control as object) }, { at: 2, ...(candidate as object) }, options)).toContain('$.at');
  });

  it('is not told of a list in another order that was not looked at to its end', () => {
    const list = items(140);
    expect(pathsOf(list, items(141).reverse())).toContain('…');
  });
});

describe('a difference', () => {
  it('is not told in fields that are left out of the comparison', () => {
    const [one, other] = [
      { score: 1, list: [{ at: 1 }], v: 1 },
      { score: 2, list: [{ at: 2 }], v: 2 },
    ];
    expect(pathsOf(one, other, { ignorePaths: ['$.score'] }, ['$.list[*]'])).toEqual(['$.v']);
    expect(pathsOf({ scores: 1 }, { scores: 2 }, { ignorePaths: ['$.score'] })).toEqual(['$.scores']);
  });

  it('names no property of what is redacted, and nothing of what is cleaned away', () => {
    expect(pathsOf({ tokens: { 'sk-1': 1 } }, { tokens: { 'sk-2': 1 } }, { redact: ['tokens'] })).toEqual(['$.tokens']);
    expect(pathsOf({ 'ann@example.com': 1 }, { 'ann@example.com': 2 }, { clean: () => 'cleaned' })).toEqual(['…']);
  });
});
