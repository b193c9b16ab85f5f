import { describe, expect, it } from 'vitest';
import { databaseFile } from '../support/files.js';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import type { Operator } from './support/operator.js';
import { aShop } from './support/shop.js';

/** Has a page believe that nobody, or somebody, sees it. */
async function turnAway({ page }: Operator, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
}

/** The addresses below the administration that are asked for from now on. */
function requestsOf({ page }: Operator): string[] {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  return asked;
}

const runs = ({ page }: Operator) => page.locator('.key-figure').filter({ hasText: 'Runs' }).locator('.key-value');

describe('the figures', () => {
  it('change by themselves, in the list and in an experiment’s view', async () => {
    const shop = await aShop();
    await shop.browse('same', 2);
    const [list, view] = [await anOperator(shop.address), await anOperator(shop.address)];
    await list.openList();
    await view.openExperiment('catalogue');
    await eventually(async () => expect(await list.cell('catalogue', 'Runs').innerText()).toBe('2'));
    await eventually(async () => expect(await runs(view).innerText()).toBe('2'));

    await shop.browse('price', 3);

    await eventually(async () => expect(await list.cell('catalogue', 'Runs').innerText()).toBe('5'));
    expect(await list.cell('catalogue', 'Match rate').innerText()).toBe('40 %');
    await eventually(async () => expect(await runs(view).innerText()).toBe('5'));
  });

  it('leave what one does alone', async () => {
    const shop = await aShop();
    await shop.browse('price');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');
    await operator.page
      .getByText(/^Figures as a table/)
      .first()
      .click();
    await operator.field('Percent').fill('33');
    const asked = requestsOf(operator);
    await shop.browse('price', 2);
    await eventually(async () => expect(await runs(operator).innerText()).toBe('3'));
    await eventually(() => expect(asked.filter((path) => path.endsWith('/summary')).length).toBeGreaterThanOrEqual(2));

    expect(await operator.field('Percent').inputValue()).toBe('33');
    expect(await operator.field('Percent').evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await operator.page.locator('details[open]').count()).toBe(1);
  });

  it('are asked for no longer where nobody sees them, and at once when somebody does', async () => {
    const shop = await aShop();
    await shop.browse('same', 2);
    const operator = await anOperator(shop.address);
    await operator.page.clock.install();
    await operator.openExperiment('catalogue');
    await eventually(async () => expect(await runs(operator).innerText()).toBe('2'));
    await operator.page.waitForLoadState('networkidle');
    const asked = requestsOf(operator);
    await operator.page.clock.runFor(10_000);
    await eventually(() => expect(asked.filter((path) => path.endsWith('/summary')).length).toBeGreaterThanOrEqual(1));

    await turnAway(operator, true);
    await operator.page.waitForLoadState('networkidle');
    await shop.browse('same', 3);
    asked.length = 0;
    await operator.page.clock.runFor(300_000);
    expect(asked).toEqual([]);
    expect(await runs(operator).innerText()).toBe('2');

    await turnAway(operator, false);
    await eventually(async () => expect(await runs(operator).innerText()).toBe('5'));
  });

  it('stop where one wants them to, and go on', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.page.clock.install();
    await operator.openList();
    await operator.row('catalogue').waitFor();
    await operator.button('Pause').click();
    await operator.page.waitForLoadState('networkidle');
    const asked = requestsOf(operator);
    await operator.page.clock.runFor(60_000);
    expect(asked).toEqual([]);

    await operator.button('Resume').click();
    await eventually(() => expect(asked.length).toBeGreaterThan(0));
    await operator.button('Pause').waitFor();
  });
});

describe('a server that is away', () => {
  it('is said to be, and since when; the last figures stay, and all goes on when it is back', async () => {
    const database = await databaseFile();
    const before = await aShop({ database });
    await before.browse('same', 2);
    await before.administration.change('catalogue', { percentEnabled: 50 });
    const port = Number(new URL(before.address).port);
    const [list, view] = [await anOperator(before.address), await anOperator(before.address)];
    await list.openList();
    await eventually(async () => expect(await list.cell('catalogue', 'Runs').innerText()).toBe('2'));
    await view.openExperiment('catalogue');
    await eventually(async () => expect(await runs(view).innerText()).toBe('2'));

    await before.app.close();
    for (const reader of [list, view]) {
      await reader.text(/^The server has been unreachable since \d\d:\d\d:\d\d\.$/).waitFor();
      expect(await reader.seen()).toMatch(/The figures are from \d\d:\d\d:\d\d\./);
      expect(await reader.seen()).toContain('Unreachable');
    }
    expect(await list.cell('catalogue', 'Runs').innerText()).toBe('2');
    expect(await runs(view).innerText()).toBe('2');
    await view.button('Switch off').click();
    await view.text('Not done: switched off.').waitFor();

    const after = await aShop({ database, configure: (builder) => builder.port(port) });
    expect(await after.administration.resource('catalogue')).toMatchObject({ percentEnabled: 50 });
    await after.administration.change('catalogue', { percentEnabled: 100 });
    await after.browse('same', 3);

    for (const reader of [list, view]) await reader.text(/^The server has been unreachable since/).waitFor({ state: 'detached' });
    await eventually(async () => expect(await list.cell('catalogue', 'Runs').innerText()).toBe('5'));
    await eventually(async () => expect(await runs(view).innerText()).toBe('5'));
    await view.button('Switch off').click();
    await eventually(async () => expect((await after.administration.resource('catalogue')).percentEnabled).toBe(0));
  });
});
