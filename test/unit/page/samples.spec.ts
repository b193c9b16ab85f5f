import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differingParts } from '../../../page/samples/differing.part.js';
import { foldsOf } from '../../../page/samples/folds.js';
import type { Json } from '../../../page/samples/json.js';
import { observationOf } from '../../../page/samples/observation.js';
import { linesOf, sideBySide, type Row } from '../../../page/samples/side.by.side.js';

/** Rows in lines: the mark, and what stands on either side. */
function drawn(rows: readonly Row[]): string[] {
  const text = (line: Row['control']) => (line === undefined ? '' : ' '.repeat(line.depth) + line.text);
  return rows.map(({ mark, control, candidate }) => `${mark}|${text(control)}|${text(candidate)}`);
}

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

describe('Two values side by side', () => {
  it('are the same in all lines where they are equal', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(sideBySide(value, structuredClone(value)).every(({ mark }) => mark === 'same')).toBe(true);
      }),
    );
  });

  it('have every line of both', () => {
    fc.assert(
      fc.property(json, json, (control, candidate) => {
        const rows = sideBySide(control, candidate);
        const texts = (side: 'control' | 'candidate') => rows.flatMap((row) => row[side]?.text ?? []).sort();
        const written = (value: Json) =>
          linesOf(value)
            .map(({ text }) => text)
            .sort();
        expect(texts('control')).toEqual(written(control));
        expect(texts('candidate')).toEqual(written(candidate));
      }),
    );
  });

  it('mark what is another, gone and new', () => {
    expect(drawn(sideBySide({ a: 1, b: [1, 2], gone: true }, { a: 2, b: [1, 2], 'new key': null }))).toEqual([
      'same|{|{',
      'changed| a: 1| a: 2',
      'same| b: [| b: [',
      'same|  1|  1',
      'same|  2|  2',
      'same| ]| ]',
      'missing| gone: true|',
      'extra|| "new key": null',
      'same|}|}',
    ]);
  });

  it('align lists by what both have', () => {
    expect(drawn(sideBySide(['a', 'b', 'c'], ['b', 'c', 'd']))).toEqual([
      'same|[|[',
      'missing| "a"|',
      'same| "b"| "b"',
      'same| "c"| "c"',
      'extra|| "d"',
      'same|]|]',
    ]);
  });

  it('tell an item that stands elsewhere from one that is gone', () => {
    const marks = sideBySide(['a', 'b', 'c'], ['b', 'c', 'a']).map(({ mark }) => mark);
    expect(marks).toEqual(['same', 'moved', 'same', 'same', 'moved', 'same']);
  });

  it('pair items of one id', () => {
    const rows = drawn(
      sideBySide(
        [
          { id: 1, n: 1 },
          { id: 2, n: 2 },
        ],
        [{ id: 2, n: 3 }],
      ),
    );
    expect(rows).toContain('changed|  n: 2|  n: 3');
    expect(rows).toContain('missing|  id: 1|');
  });

  it('stand beside each other where they have nothing in common', () => {
    expect(drawn(sideBySide(1, { a: 1 }))).toEqual(['changed|1|{', 'changed|| a: 1', 'changed||}']);
  });
});

describe('Equal lines', () => {
  it('are folded where many stand together, but for some around what differs', () => {
    const list = Array.from({ length: 20 }, (_, index) => index);
    const rows = sideBySide(list, list.with(10, -1));
    const folds = foldsOf(rows);
    expect(folds.map(({ isFolded, rows: { length } }) => [isFolded, length])).toEqual([
      [true, 9],
      [false, 5],
      [true, 8],
    ]);
    expect(folds.flatMap((fold) => fold.rows)).toEqual(rows);
  });
});

describe('The part in which two texts differ', () => {
  it('lies between what both begin and end with', () => {
    expect(differingParts('the quick fox', 'the slow fox')).toEqual([
      ['the ', 'quick', ' fox'],
      ['the ', 'slow', ' fox'],
    ]);
  });

  it('leaves nothing out, and cuts no character', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (control, candidate) => {
        const [here, there] = differingParts(control, candidate);
        expect([here.join(''), there.join('')]).toEqual([control, candidate]);
        expect([...here, ...there].every((part) => part.isWellFormed())).toBe(true);
      }),
    );
  });
});

describe('An observation', () => {
  it('is read as it was kept', () => {
    expect(observationOf({ kind: 'returned', value: null, duration: 2, cpuTime: 1 })).toEqual({
      gave: { kind: 'value', value: null },
      duration: 2,
      cpuTime: 1,
    });
    expect(observationOf({ kind: 'threw', error: { name: 'E' }, duration: 2 }).gave).toEqual({
      kind: 'error',
      error: { name: 'E' },
    });
    expect(observationOf({ kind: 'returned', duration: 2 }).gave).toEqual({ kind: 'unknown', what: 'value' });
    expect(observationOf({ kind: 'returned', value: { cut: true, beginning: '{"a' } }).gave).toEqual({
      kind: 'cut',
      what: 'value',
      beginning: '{"a',
    });
  });

  it('that is nothing of the kind says nothing', () => {
    expect(observationOf('?')).toEqual({ gave: { kind: 'unknown', what: 'value' }, duration: undefined, cpuTime: undefined });
  });
});
