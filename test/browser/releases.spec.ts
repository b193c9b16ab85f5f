import { describe, expect, it } from 'vitest';
import { databaseFile } from '../support/files.js';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import type { Operator } from './support/operator.js';
import { aShop } from './support/shop.js';

const release = (operator: Operator) => operator.page.locator('.epoch');
const choice = (operator: Operator) => operator.page.getByRole('combobox', { name: 'Release' });

/** A figure of the overview, by what it is called. */
const figure = (operator: Operator, label: string) =>
  operator.page.locator('.key-figure', { has: operator.page.locator('dt', { hasText: label }) });

describe('the releases of an experiment', () => {
  it('are those that it has run in; the one that runs now is shown first, and earlier ones on request', async () => {
    const database = await databaseFile();
    const before = await aShop({ database, studies: { admin: { public: true }, release: '1.0' } });
    await before.browse('same', 3);
    await before.app.close();
    const shop = await aShop({ database, studies: { admin: { public: true }, release: '<b>2.0</b>' } });
    await shop.browse('same', 1);
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');
    await eventually(async () => expect(await release(operator).innerText()).toMatch(/^Release <b>2\.0<\/b>, since /));
    expect(await choice(operator).locator('option').allTextContents()).toEqual(['<b>2.0</b> (runs now)', '1.0']);
    expect(await figure(operator, 'Runs').locator('.key-value').innerText()).toBe('1');

    await choice(operator).selectOption('1.0');
    await operator.text('Other code runs now').waitFor();
    await eventually(async () => expect(await figure(operator, 'Runs').locator('.key-value').innerText()).toBe('3'));
    expect(await release(operator).innerText()).toMatch(/^Release 1\.0, since /);
    expect(operator.page.url()).toMatch(/epoch=\d+/);

    // The address shows the same to somebody else, and without it the release that runs now.
    const other = await anOperator(shop.address);
    await other.page.goto(operator.page.url());
    await other.text('Other code runs now').waitFor();
    await choice(operator).selectOption('<b>2.0</b> (runs now)');
    await eventually(async () => expect(operator.page.url()).not.toContain('epoch='));
    await eventually(async () => expect(await figure(operator, 'Runs').locator('.key-value').innerText()).toBe('1'));
  });

  it('are no choice where there is one alone', async () => {
    const shop = await aShop({ studies: { admin: { public: true }, release: '1.0' } });
    await shop.browse('same', 1);
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');
    await eventually(async () => expect(await release(operator).innerText()).toMatch(/^Release 1\.0, since /));
    expect(await choice(operator).count()).toBe(0);
  });
});

describe('runs that are not compared', () => {
  it('are counted beside the others, with the reason', async () => {
    const shop = await aShop();
    await shop.browse('same', 2);
    await shop.browse('ignored', 1);
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');
    await eventually(async () => expect(await figure(operator, 'Not compared').innerText()).toContain('ignored by the code 1'));
  });
});
