import { describe, expect, it } from 'vitest';
import { store } from '../support/administration.js';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import { aShop } from './support/shop.js';

describe('the list', () => {
  it('tells of each experiment what was recorded', async () => {
    const shop = await aShop();
    await shop.browse('same', 12);
    await shop.browse('price', 3);
    await shop.browse('error', 1);
    await shop.call('/prices', 4);
    const operator = await anOperator(shop.address);
    await operator.openList();

    await eventually(async () => expect(await operator.cell('catalogue', 'Runs').innerText()).toBe('16'));
    expect(await operator.cell('catalogue', 'State').innerText()).toMatch(/^Running/);
    expect(await operator.cell('catalogue', 'Calls').innerText()).toBe('100 %');
    expect(await operator.cell('catalogue', 'Match rate').innerText()).toBe('75 %');
    expect(await operator.cell('catalogue', 'Speed').innerText()).toMatch(/^[\d.,]+× faster$/);
    expect(await operator.cell('catalogue', 'Readiness').innerText()).toBe('Not ready');
    expect(await operator.cell('catalogue', 'Last run').innerText()).toMatch(/^(now|\d+ s ago|1 min ago)$/);
    const hour = operator.cell('catalogue', 'Last hour').getByRole('img');
    expect(await hour.getAttribute('aria-label')).toBe('16 runs in the last hour, 4 differed');
    const time = await operator.cell('catalogue', 'Last run').locator('time').getAttribute('title');
    expect(time).toBe((await shop.administration.resource('catalogue')).lastRunAt);
  });

  it('tells the worst of several candidates', async () => {
    const shop = await aShop();
    await shop.call('/prices', 4);
    const operator = await anOperator(shop.address);
    await operator.openList();

    await eventually(async () => expect(await operator.cell('prices', 'Match rate').innerText()).toBe('0 %'));
    expect(await operator.row('prices').innerText()).toContain('worst of 2 candidates');
  });

  it('tells the states apart: running, off, scheduled, ended, halted with the reason, and not seen', async () => {
    const shop = await aShop();
    const hour = 3_600_000;
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    await store(shop.app, [
      { name: 'of another service', percentEnabled: 50 },
      { name: 'of tomorrow', percentEnabled: 50, startsAt: at(24 * hour) },
      { name: 'of yesterday', percentEnabled: 50, startsAt: at(-48 * hour), endsAt: at(-24 * hour) },
    ]);
    await shop.administration.change('fragile', { guardrails: { errorRate: 0.005 } });
    await shop.call('/fragile', 3);
    const operator = await anOperator(shop.address);
    await operator.openList();

    const state = async (name: string) => (await operator.cell(name, 'State').innerText()).replace(/\s+/g, ' ').trim();
    await eventually(async () => expect(await state('fragile')).toMatch(/^Halted Candidate "candidate": 3 of 3 runs failed/));
    await eventually(async () => expect(await state('catalogue')).toBe('Running'));
    expect(await state('checkout')).toBe('Off');
    expect(await state('of tomorrow')).toMatch(/^Scheduled from \d+ \w+, \d\d:\d\d$/);
    expect(await state('of yesterday')).toMatch(/^Ended \d+ \w+, \d\d:\d\d$/);
    expect(await state('of another service')).toBe('Not seen in no running process');
  });

  it('is searched and filtered, and its address says how: it shows the same when it is loaded again', async () => {
    const shop = await aShop();
    await shop.browse('same');
    const operator = await anOperator(shop.address);
    await operator.openList();
    await operator.row('catalogue').waitFor();

    await operator.field('Search by name').pressSequentially('CH');
    await eventually(async () => expect(await operator.names()).toEqual(['checkout']));
    await operator.page.reload();
    await eventually(async () => expect(await operator.names()).toEqual(['checkout']));
    expect(await operator.field('Search by name').inputValue()).toBe('CH');
    expect(await operator.page.getByText('1 of 5').count()).toBe(1);

    await operator.openList('?state=off');
    await eventually(async () => expect(await operator.names()).toEqual(['checkout']));
    await operator.openList('?on=yes');
    await eventually(async () => expect(await operator.names()).toEqual(['catalogue', 'fragile', 'prices', 'quotes']));
    await operator.openList();
    await operator.page.getByText('More filters').click();
    await operator.field('Last run from').fill('2000-01-01');
    await eventually(async () => expect(await operator.names()).toEqual(['catalogue']));
    expect(operator.page.url()).toContain('last-from=2000-01-01');
    await operator.field('Last run until').fill('2000-01-02');
    await operator.text('No experiment matches.').waitFor();
    await operator.button('Clear search and filters').click();
    await eventually(async () => expect(await operator.names()).toHaveLength(5));
  });

  it('is sorted by any column, both ways, also when it is loaded again', async () => {
    const shop = await aShop();
    await shop.browse('same', 2);
    await shop.browse('price', 1);
    await shop.call('/prices', 5);
    await shop.call('/quotes', 4);
    const operator = await anOperator(shop.address);
    await operator.openList();
    await operator.row('catalogue').waitFor();
    const sortedBy = async (column: string, ...names: string[]) => {
      await operator.page.getByRole('columnheader', { name: column }).getByRole('button').click();
      await eventually(async () => expect((await operator.names()).slice(0, names.length)).toEqual(names));
    };

    await sortedBy('Runs', 'prices', 'quotes', 'catalogue');
    expect(await operator.page.getByRole('columnheader', { name: 'Runs' }).getAttribute('aria-sort')).toBe('descending');
    await sortedBy('Runs', 'checkout', 'fragile');
    await sortedBy('Runs', 'prices', 'quotes', 'catalogue');
    expect(operator.page.url()).toContain('sort=-runs');
    await operator.page.reload();
    await eventually(async () => expect((await operator.names()).slice(0, 3)).toEqual(['prices', 'quotes', 'catalogue']));

    await sortedBy('Match rate', 'prices', 'quotes', 'catalogue');
    await sortedBy('Calls', 'catalogue', 'fragile', 'prices', 'quotes', 'checkout');
    await sortedBy('Calls', 'checkout', 'catalogue');
    await sortedBy('Experiment', 'catalogue', 'checkout', 'fragile', 'prices', 'quotes');
    await sortedBy('Experiment', 'quotes', 'prices', 'fragile', 'checkout', 'catalogue');
  });

  it('says how an experiment comes into it where there is none', async () => {
    const shop = await aShop();
    for (const name of ['catalogue', 'prices', 'quotes', 'checkout', 'fragile']) await shop.administration.remove(name);
    const operator = await anOperator(shop.address);
    await operator.openList();

    await operator.text('No experiment has been seen yet.').waitFor();
  });
});

describe('a list of hundreds', () => {
  const NAMES = Array.from({ length: 300 }, (_, index) => `experiment ${String(index).padStart(3, '0')}`);

  it('shows the figures of what is on screen, and is searched while one types', async () => {
    const shop = await aShop();
    await store(
      shop.app,
      NAMES.map((name, index) => ({ name, percentEnabled: index % 2 })),
    );
    await shop.browse('same', 3);
    const operator = await anOperator(shop.address);
    let asked = 0;
    operator.page.on('request', (request) => (asked += Number(request.url().includes('/figures?'))));
    await operator.openList();

    await eventually(async () => expect(await operator.cell('catalogue', 'Runs').innerText()).toBe('3'));
    expect(await operator.text('305 in all').count()).toBe(1);
    expect(asked).toBeLessThanOrEqual(4);

    await operator.row('experiment 080').scrollIntoViewIfNeeded();
    await eventually(async () => expect(await operator.cell('experiment 080', 'Runs').innerText()).toBe('0'));

    await operator.field('Search by name').pressSequentially('experiment 299');
    await eventually(async () => expect(await operator.names()).toEqual(['experiment 299']));
  });

  it('is drawn in parts, and sorted as a whole', async () => {
    const shop = await aShop();
    await store(
      shop.app,
      NAMES.map((name) => ({ name })),
    );
    await shop.call('/prices', 2);
    const operator = await anOperator(shop.address);
    await operator.openList('?sort=-name');

    await eventually(async () =>
      expect((await operator.names()).slice(0, 4)).toEqual(['quotes', 'prices', 'fragile', 'experiment 299']),
    );
    expect((await operator.names()).length).toBeLessThan(305);
    const more = operator.button(/^Show \d+ more of 305$/);
    while ((await more.count()) > 0) await more.click();
    await eventually(async () => expect(await operator.names()).toHaveLength(305));

    await operator.openList('?sort=-runs');
    await eventually(async () => expect((await operator.names())[0]).toBe('prices'));
  });
});
