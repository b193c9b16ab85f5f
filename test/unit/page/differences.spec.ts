import { describe, expect, it } from 'vitest';
import type { FieldDifference } from '../../../page/api/summary.js';
import { fieldTree, type FieldNode } from '../../../page/differences/field.tree.js';
import { coverOf } from '../../../page/differences/left.out.js';

function field(path: string, count: number, kind: FieldDifference['kind'] = 'value'): FieldDifference {
  return { path, kind, count, noise: 0, isNoise: false, example: null };
}

/** A tree in lines, indented. */
function drawn(nodes: readonly FieldNode[], indent = ''): string[] {
  return nodes.flatMap(({ step, most, children }) => [`${indent}${step} ${most}`, ...drawn(children, `${indent}  `)]);
}

describe('The tree of fields', () => {
  it('has the most frequent first, and ways without a fork as one step', () => {
    const tree = fieldTree([field('$.items[*].price', 5), field('$.items[*].name', 9), field("$.meta['a b'].id", 3)]);
    expect(drawn(tree)).toEqual(['.items[*] 9', '  .name 9', '  .price 5', ".meta['a b'].id 3"]);
  });

  it('has all ways in which a place differs at one node, also where others lie below', () => {
    const [node] = fieldTree([field('$.a', 2, 'order'), field('$.a', 1, 'missing'), field('$.a[*]', 1)]);
    expect(node).toMatchObject({ path: '$.a', fields: [{ kind: 'order' }, { kind: 'missing' }], children: [{ path: '$.a[*]' }] });
  });

  it('has paths that can be left out, and says why others can not be', () => {
    const tree = fieldTree([field('$', 4), field('$.long…', 3), field('…', 2), field('$.a', 1)]);
    expect(tree.map(({ path, kept }) => [path, kept === undefined])).toEqual([
      ['$', false],
      ['$.long…', false],
      ['…', false],
      ['$.a', true],
    ]);
  });

  it('names a property by which a page could be broken as it is', () => {
    const path = "$['<script>alert(1)</script>']['__proto__'].x";
    expect(fieldTree([field(path, 1)]).map((node) => node.path)).toEqual(["$['<script>alert(1)</script>'].__proto__.x"]);
  });
});

describe('What is left out', () => {
  it.each([
    ['$.a', '$.a'],
    ['$.a.b', '$.a'],
    ['$.a[*].b', '$.a[*]'],
    ['$.a[*].b', '$.*'],
    ['$.a[3]', '$.a[*]'],
    ["$.a['b']", '$.a.b'],
  ])('%s is covered by %s', (path, cover) => {
    expect(coverOf(path, ['$.other', cover])).toBe(cover);
  });

  it.each([
    ['$.a', '$.a.b'],
    ['$.ab', '$.a'],
    ['$.a[*]', '$.a[3]'],
    ['$', '$.a'],
    ['…', '$.a'],
  ])('%s is not covered by %s', (path, cover) => {
    expect(coverOf(path, [cover])).toBeUndefined();
  });
});
