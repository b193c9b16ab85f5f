import { describe, expect, it, vi } from 'vitest';
import { administered, PLACEMENTS, store } from '../support/administration.js';
import { anApp } from '../support/app.js';

/** Names that addresses, databases and servers could take for something else. */
const NAMES = [
  'a/b',
  '/',
  '//',
  'a/',
  '/a',
  'a/../b',
  '...',
  '..a',
  'v1.2',
  'openapi.json',
  'experiments',
  'two words',
  'a  b',
  `it's`,
  '"quoted"',
  '`',
  '🧪',
  '👩‍🔬',
  '🧪'.repeat(50),
  '100%',
  '%',
  '%zz',
  '%2F',
  '%25',
  '%2e%2e',
  'a+b',
  '+',
  'a#b',
  '#',
  'a?b=c',
  '?',
  'a&b=c',
  'a;b',
  'a,b',
  'a:b',
  ':name',
  '*',
  '(x)',
  '[x]',
  '{x}',
  '<b>x</b>',
  'a\\b',
  'a|b',
  '$1',
  '@x',
  '~',
  '^',
  'zürich',
  'Zürich'.normalize('NFD'),
  '日本語',
  'مدينة',
  '__proto__',
  'constructor',
  'null',
  `'; DROP TABLE studies_experiment; --`,
  'x'.repeat(100),
  'ü'.repeat(100),
  '/'.repeat(100),
];

describe.each(PLACEMENTS)('names on $title', (placement) => {
  it('work whatever they are: in the list, to read, to change, to summarise, to draw, to purge and to delete', async () => {
    const administration = await administered(
      anApp(placement.platform).studies({ admin: { public: true }, refreshInterval: 20 }),
      placement,
    );
    const { app } = administration;
    for (const name of NAMES) app.experiments.run({ name, control: () => 1, candidate: () => 1, percentEnabled: 7 });
    await vi.waitFor(async () => expect((await administration.names()).sort()).toEqual([...NAMES].sort()));

    expect(await administration.names({ search: '🧪' })).toEqual(['🧪', '🧪'.repeat(50)]);
    expect(await administration.names({ search: '%2' })).toEqual(['%25', '%2F', '%2e%2e']);
    const done: [string, ...unknown[]][] = [];
    for (const name of NAMES) {
      const read = await administration.read(name);
      const changed = await administration.change(name, { percentEnabled: 5 }, '"1"');
      const summary = await administration.summary(name);
      const results = await administration.results(name);
      const figures = await administration.figures('none', name);
      const timeline = await administration.timeline(name);
      const durations = await administration.durations(name);
      const purging = await administration.purging(name);
      const purged = await administration.purge(name);
      const removed = await administration.remove(name, '"2"');
      const gone = await administration.read(name);
      done.push([
        name,
        read.status,
        (read.body as { name: unknown }).name, // an experiment, or an error without it
        changed.status,
        summary.status,
        (summary.body as { name: unknown }).name, // a summary, or an error without it
        results.status,
        (figures.body as { items: { name: string }[] }).items.map((item) => item.name).join(), // so it is documented
        (timeline.body as { name: unknown }).name,
        (durations.body as { name: unknown }).name,
        purging.body,
        purged.status,
        removed.status,
        gone.status,
      ]);
    }

    expect(done).toEqual(
      NAMES.map((name) => [name, 200, name, 200, 200, name, 200, name, name, name, { left: 0 }, 204, 204, 404]),
    );
    expect(await administration.names()).toEqual([]);
  });

  it('are told apart by case, by accents, and by how these are written', async () => {
    const administration = await administered(anApp(placement.platform).studies({ admin: { public: true } }), placement);
    const names = ['Zürich'.normalize('NFC'), 'Zürich'.normalize('NFD'), 'zürich', 'zurich', 'ZURICH'];
    await store(
      administration.app,
      names.map((name, index) => ({ name, percentEnabled: index })),
    );

    await administration.change('zurich', { percentEnabled: 100 });

    const percentages = await Promise.all(names.map(async (name) => (await administration.resource(name)).percentEnabled));
    expect(percentages).toEqual([0, 1, 2, 100, 4]);
  });

  it('of more than 100 characters are unknown', async () => {
    const administration = await administered(anApp(placement.platform).studies({ admin: { public: true } }), placement);

    // Fastify takes no parameter of more than 100 characters, and says so itself.
    const status = placement.platform === 'fastify' ? 414 : 404;
    expect((await administration.read('x'.repeat(101))).status).toBe(status);
    expect((await administration.change('x'.repeat(101), { percentEnabled: 5 })).status).toBe(status);
    expect((await administration.remove('x'.repeat(101))).status).toBe(status);
  });
});
