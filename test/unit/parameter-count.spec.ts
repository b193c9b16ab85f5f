import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countParameters } from '../../lib/experiment/run/parameter-count.js';

/** Makes a function of a source, as it is. */
const make = (source: string) => eval(`(${source})`) as (...args: never) => unknown;

/** Makes a method of the source of one. */
const makeMethod = (source: string) => Object.values(eval(`({ ${source} })`) as object)[0] as () => unknown;

const PARAMETERS = [
  'a',
  '{ b, c }',
  '{ d = { e: [1, 2] }, ...f }',
  '[g, [h] = []]',
  'i = (1, [2, 3])',
  'j = k => k',
  '{ l: { m } = {} }',
];

describe('the count of a function’s parameters', () => {
  it('is that of the list, whatever stands in it', () => {
    const lists = fc.subarray(PARAMETERS);
    fc.assert(
      fc.property(lists, fc.boolean(), fc.boolean(), (parameters, isAsync, trailing) => {
        const list = parameters.join(', ') + (trailing && parameters.length > 0 ? ' , ' : '');
        const prefix = isAsync ? 'async ' : '';
        const functions = [
          make(`${prefix}function (${list}) {}`),
          make(`${prefix}function* named (${list}) {}`),
          make(`${prefix}(${list}) => (1, 2)`),
          makeMethod(`${prefix}method(${list}) { return (3, 4, 5); }`),
          makeMethod(`${prefix}*$m_1 (${list}) {}`),
        ];
        expect(functions.map(countParameters)).toEqual(functions.map(() => parameters.length));
      }),
    );
  });

  it.each(['one => one + two(1, 2)', 'async one => one'])('is 1 for %s', (source) => {
    expect(countParameters(make(source))).toBe(1);
  });

  it.each([
    '(a, ...rest) => rest',
    'function (a) { return arguments[1]; }',
    '(a) => eval("a")',
    '(a, b = ")") => b',
    '(a, b = /\\)/) => b',
    '(a /* , b */) => a',
    'class { constructor(a) {} }',
    'Math.max',
    '(function (a) {}).bind(null)',
  ])('is unknown for %s, which may read more, or does not tell plainly', (source) => {
    expect(countParameters(make(source))).toBeUndefined();
  });

  it('is unknown for a computed name, which may hold anything', () => {
    expect(countParameters(makeMethod('["a(b, c)"](d) {}'))).toBeUndefined();
  });
});
