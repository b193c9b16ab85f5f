import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Comparing } from '../../lib/comparing/comparing.js';
import { compared } from '../support/compared.js';

/** Values of a kind, by size: each has about as many parts as its size says. */
const KINDS: Record<string, (size: number, salt: number) => unknown> = {
  'a deep list': (size, salt) => {
    let list: unknown = salt;
    for (let at = 0; at < size; at += 1) list = { next: list };
    return list;
  },
  'deep arrays, sets and maps': (size, salt) => {
    let inner: unknown = salt;
    for (let at = 0; at < size; at += 3) inner = [new Set([{ in: new Map<unknown, unknown>([['a', inner]]) }])];
    return inner;
  },
  'deep errors': (size, salt) => {
    let error = new Error(String(salt));
    for (let at = 0; at < size; at += 1) error = new Error('a', { cause: error });
    return error;
  },
  'two references to the same, all the way down': (size, salt) => {
    let inner: unknown = { salt };
    for (let at = 0; at < size; at += 1) inner = { a: inner, b: inner };
    return inner;
  },
  'two references from lists, sets and maps to the same': (size, salt) => {
    let inner: unknown = { salt };
    for (let at = 0; at < size; at += 3)
      inner = [
        inner,
        new Map([
          [1, inner],
          [2, inner],
        ]),
        { set: new Set([[inner], { inner }]) },
      ];
    return inner;
  },
  'sets whose members share a set': (size, salt) => {
    let inner: unknown = { salt };
    for (let at = 0; at < size; at += 1) inner = new Set([{ inner }, { inner }, [inner], { inner, at }]);
    return inner;
  },
  'maps whose keys share a map': (size, salt) => {
    let inner: unknown = { salt };
    for (let at = 0; at < size; at += 1)
      inner = new Map([
        [{ inner }, inner],
        [{ inner }, inner],
        [[at], inner],
      ]);
    return inner;
  },
  'objects that list each other': (size, salt) => {
    const all = Array.from({ length: Math.ceil(Math.sqrt(size)) }, (_, id) => ({ id, salt: 0, all: [] as unknown[] }));
    for (const one of all) one.all = [...all];
    (all.at(-1) as { salt: number }).salt = salt;
    return all;
  },
  'objects with sets of each other': (size, salt) => {
    const all = Array.from({ length: Math.ceil(Math.sqrt(size)) }, (_, id) => ({ id, salt: 0, all: new Set<unknown>() }));
    for (const one of all) one.all = new Set(all);
    (all.at(-1) as { salt: number }).salt = salt;
    return all;
  },
  'a ring, and a longer one': (size, salt) => {
    const ring = Array.from({ length: size + salt }, (): { next: unknown } => ({ next: undefined }));
    ring.forEach((one, index) => (one.next = ring[(index + 1) % ring.length]));
    return [ring[0], salt];
  },
  'rows that refer to a graph': (size, salt) => {
    const company = { name: 'a', people: [] as unknown[], address: { city: { country: { name: 'b' } } } };
    company.people = Array.from({ length: 50 }, (_, id) => ({ id, company }));
    return [...Array.from({ length: size }, (_, id) => ({ id, company, tags: [{ company }] })), salt];
  },
  'a set of objects in another order': (size, salt) => {
    const members = Array.from({ length: size }, (_, id) => ({ kind: salt === 1 && id === 9 ? 'b' : 'a', deep: { id: { id } } }));
    return new Set([...members.slice(salt * 99), ...members.slice(0, salt * 99)]);
  },
  'a set of objects that are the same': (size, salt) =>
    new Set(Array.from({ length: size }, (_, id) => ({ a: { b: id === 0 ? salt : 0 } }))),
  'a set of objects that differ deep inside': (size, salt) =>
    new Set(Array.from({ length: size / 10 }, (_, id) => ({ a: { b: { c: { d: { e: { id: id + salt } } } } } }))),
  'a set of errors': (size, salt) => new Set(Array.from({ length: size }, (_, id) => new Error(String(id + salt)))),
  'a map with objects for keys': (size, salt) =>
    new Map(Array.from({ length: size }, (_, id) => [{ id: (id * 7) % size }, { value: (id * 7) % size, salt }])),
  'a map of lists': (size, salt) =>
    new Map(Array.from({ length: size / 10 }, (_, id) => [id, Array.from({ length: 10 }, () => ({ id, salt }))])),
  'a list': (size, salt) => [...Array.from({ length: size }, (_, id) => ({ id, a: 'a', b: [id] })), salt],
  'a record': (size, salt) =>
    Object.fromEntries<object>([...Array.from({ length: size }, (_, id) => [`key ${id}`, { id }] as const), ['salt', { salt }]]),
  'a list with many references to a large one': (size, salt) => {
    const large = Array.from({ length: Math.sqrt(size) }, (_, id) => ({ id, salt }));
    return Array.from({ length: Math.sqrt(size) }, () => ({ large }));
  },
  'a list with many references to a large record': (size, salt) => {
    const large: object = Object.fromEntries(Array.from({ length: Math.sqrt(size) }, (_, id) => [id, salt]));
    return Array.from({ length: Math.sqrt(size) }, () => large);
  },
};

describe('the work of comparing', () => {
  const SIZE = 4_000;

  it.each(Object.entries(KINDS))('grows with the size of %s, equal or not', (_, make) => {
    for (const [one, other] of [
      [0, 0],
      [0, 1],
    ] as const) {
      const [small, large] = [SIZE / 4, SIZE].map((size) => compared(make(size, one), make(size, other)));
      expect(large?.equality).toBe(one === other ? 'equal' : 'different');
      // Four times as large, and something for what small ones are spared.
      expect(large?.steps).toBeLessThan(8 * (small?.steps ?? 0) + 20_000);
      expect(large?.steps).toBeLessThan(1_000 * SIZE);
    }
  });

  it('grows with the size of any graph', () => {
    const shapes = fc.record({
      size: fc.integer({ min: 1, max: 60 }),
      links: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('list', 'set', 'map', 'property')), { maxLength: 400 }),
    });
    const built = ({ size, links }: { size: number; links: [number, number, string][] }) => {
      const all = Array.from({ length: size }, (_, id) => ({
        id: id % 3,
        list: [] as unknown[],
        set: new Set<unknown>(),
        map: new Map<unknown, unknown>(),
        more: [] as unknown[],
      }));
      for (const [from, to, kind] of links) {
        const [one, other] = [all[from % size], all[to % size]];
        if (one === undefined) continue;
        if (kind === 'list') one.list.push(other);
        else if (kind === 'set') one.set.add(other);
        else if (kind === 'map') one.map.set(one.map.size, other);
        else one.more.push({ other });
      }
      return all;
    };
    fc.assert(
      fc.property(shapes, (shape) => {
        const { equality, steps } = compared(built(shape), built(shape), { most: 2_000_000 });
        expect(equality).toBe('equal');
        expect(steps).toBeLessThan(20_000 + 400 * (shape.size + shape.links.length));
      }),
      { numRuns: 200 },
    );
  });

  it('is put off in pieces: none takes many more steps than it is given', () => {
    for (const make of Object.values(KINDS)) {
      const comparing = new Comparing(make(2_000, 0), make(2_000, 0));
      let before = 0;
      while (comparing.advance(100) === undefined) {
        // A record lists its keys in one piece, and a digest looks at some thousands of parts.
        expect(comparing.steps - before).toBeLessThan(10_000);
        before = comparing.steps;
      }
    }
  });
});
