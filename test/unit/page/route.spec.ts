import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf, routeOf, SECTIONS } from '../../../page/route/route.js';

const text = fc.string({ minLength: 1, unit: 'grapheme' });
const query = fc.dictionary(fc.constantFrom('q', 'sort', 'outcome'), text);

describe('The addresses of views', () => {
  it('are read as they were written, whatever is in a name', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...SECTIONS), query, (name, section, asked) => {
        const route = { view: 'experiment', name, section, query: { ...asked } } as const;
        expect(routeOf(hashOf(route))).toEqual(route);
      }),
    );
  });

  it('name a sample', () => {
    const route = { view: 'sample', name: 'a/b?c#d', id: '0mk3', query: {} } as const;
    expect(hashOf(route)).toBe('#/experiments/a%2Fb%3Fc%23d/samples/0mk3');
    expect(routeOf(hashOf(route))).toEqual(route);
  });

  it('lead to the list where they say nothing', () => {
    expect(routeOf('')).toEqual({ view: 'list', query: {} });
    expect(routeOf('#/?q=city&sort=-runs')).toEqual({ view: 'list', query: { q: 'city', sort: '-runs' } });
  });

  it.each(['#/other', '#/experiments', '#/experiments/a/b', '#/experiments/a/samples/1/2', '#/experiments/a/history/1'])(
    'lead nowhere as %s',
    (hash) => {
      expect(routeOf(hash).view).toBe('unknown');
    },
  );

  it('are read where they are not well encoded', () => {
    expect(routeOf('#/experiments/100%')).toMatchObject({ view: 'experiment', name: '100%' });
  });

  it('leave out what is empty', () => {
    expect(hashOf({ view: 'list', query: { q: '', sort: 'runs' } })).toBe('#/?sort=runs');
  });
});
