import { describe, expect, it } from 'vitest';
import { Laboratory } from './harness.js';

class Dto {
  constructor(public tags: string[]) {}

  first() {
    return this.tags[0];
  }
}

describe('what one side does to data is not seen by the other', () => {
  it('the candidate gets the arguments as the call came with them, whatever the control does to them', async () => {
    const control = (dto: Dto) => {
      dto.tags.unshift('by the control');
      return dto.first();
    };
    const candidate = (dto: Dto) => [dto instanceof Dto, dto.first(), dto.tags.length];
    const result = await new Laboratory().resultOf({ control, candidate }, undefined, new Dto(['a']));
    expect(result.control).toMatchObject({ value: 'by the control' });
    expect(result.candidates[0]).toMatchObject({ value: [true, 'a', 1] });
  });

  it('the caller’s arguments are not changed by a candidate, in any mode', async () => {
    for (const mode of ['shadow', 'parallel', 'serial'] as const) {
      const dto = new Dto(['a']);
      const laboratory = new Laboratory();
      const candidate = (seen: Dto) => seen.tags.push('by the candidate');
      await laboratory.call({ mode, order: 'controlLast', control: (seen: Dto) => seen.tags.length, candidate }, undefined, dto);
      await laboratory.settled();
      expect(dto.tags).toEqual(['a']);
    }
  });

  it('several candidates do not see what each does to its arguments', async () => {
    const pushing = (list: number[]) => list.push(1);
    const result = await new Laboratory().resultOf({ control: pushing, candidates: { a: pushing, b: pushing } }, undefined, [0]);
    expect(result.matched).toBe(true);
  });

  it('what is compared and published is what the control gave, whatever its caller does to it next', async () => {
    const laboratory = new Laboratory();
    const given = {
      control: async () => ({ items: [1], at: new Map([['a', 1]]) }),
      candidate: () => ({ items: [1], at: new Map([['a', 1]]) }),
    };
    const value = (await laboratory.call(given)) as { items: number[]; at: Map<string, number> };
    value.items.push(2);
    value.at.clear();
    await laboratory.settled();
    expect(laboratory.results.map(({ matched }) => matched)).toEqual([true]);
    expect(laboratory.results[0]?.control).toMatchObject({ value: { items: [1] } });
  });

  it('the caller still gets the very object that the control gave', () => {
    const value = { a: 1 };
    expect(new Laboratory().call({ control: () => value, candidate: () => value })).toBe(value);
  });
});
