import { describe, expect, it } from 'vitest';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import type { Operator } from './support/operator.js';
import { aShop } from './support/shop.js';

/** A result, as far as the tests look at it. */
interface Result {
  readonly id: string;
  readonly outcome: string;
}

async function choose(operator: Operator, outcome: string, count: number): Promise<void> {
  await operator.page.getByRole('combobox', { name: 'Outcome' }).selectOption({ label: outcome });
  await eventually(async () =>
    expect(await operator.page.locator('.sample-head .outcome').allInnerTexts()).toEqual(Array(count).fill(outcome)),
  );
}

const card = (operator: Operator) => operator.page.locator('.sample').first();

describe('the samples', () => {
  it('are there by outcome, the newest first', async () => {
    const shop = await aShop();
    await shop.everyday();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'samples');

    const items = async (outcome: string) =>
      ((await shop.administration.results('catalogue', { outcome })).body as { items: Result[] }).items;
    await choose(operator, 'Errored', 1);
    await choose(operator, 'Timed out', 1);
    await choose(operator, 'Ignored', (await items('ignored')).length);
    await choose(operator, 'Matched', (await items('matched')).length);
    await choose(operator, 'Mismatched', 8);
    expect(operator.page.url()).toContain('outcome=mismatched');
    const ids = (await items('mismatched')).map(({ id }) => id);
    const links = await operator.page
      .locator('.sample-head a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links).toEqual(ids.map((id) => `#/experiments/catalogue/samples/${id}`));
    await operator.page.reload();
    await eventually(async () => expect(await operator.page.locator('.sample').count()).toBe(8));
  });

  it('show both values side by side with what differs marked, the context, and how long both took', async () => {
    const shop = await aShop();
    await shop.browse('price');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'samples');
    await card(operator).getByText('Control and candidate').click();

    const table = card(operator).getByRole('table');
    await table.waitFor();
    const rows = await table.locator('.row-changed').getByRole('cell').allInnerTexts();
    expect(rows.map((text) => text.replace(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^− ?differs: price: 40$/),
      expect.stringMatching(/^\+ ?differs: price: 39\.9$/),
    ]);
    expect(await table.locator('mark').allInnerTexts()).toEqual(['40', '39.9']);
    const text = await card(operator).innerText();
    for (const part of ['$.articles[*].price', 'another value', 'course: "price"', 'Context']) expect(text).toContain(part);
    expect(text).toMatch(/Control [\d.]+ m?µ?s, candidate [\d.]+ (ms|µs): [\d.]+× faster/);
  });

  it('of a list in another order show what has moved', async () => {
    const shop = await aShop();
    await shop.browse('order');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'samples');
    await card(operator).getByText('Control and candidate').click();

    await card(operator).locator('.row-moved').first().waitFor();
    expect(await card(operator).innerText()).toContain('another order');
  });

  it('of errors show the message, the stack, and what else the error carries', async () => {
    const shop = await aShop();
    await shop.browse('error');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'samples');
    await card(operator).getByText('Control and candidate').click();
    await card(operator).getByText('Stack').click();

    await eventually(async () =>
      expect(await card(operator).locator('pre').innerText()).toMatch(/^TypeError: There is no such article\.\n\s+at /),
    );
    const text = await card(operator).innerText();
    for (const part of ['THE CANDIDATE THREW', 'TypeError: There is no such article.', 'article: 7', 'currency: "EUR"']) {
      expect(text.toUpperCase()).toContain(part.toUpperCase());
    }
  });

  it('have addresses of their own, which can be shared and loaded again', async () => {
    const shop = await aShop();
    await shop.browse('price');
    await shop.browse('more');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'samples');
    await operator.page.getByRole('link', { name: 'Link to this sample' }).last().click();
    await operator.heading('A sample of catalogue').waitFor();

    const other = await anOperator(operator.page.url());
    await other.open('');
    for (const reader of [operator, other]) {
      await reader.page.reload();
      await reader.page.locator('.row-changed').waitFor();
      expect(await reader.page.locator('mark').allInnerTexts()).toEqual(['40', '39.9']);
    }
    await operator.page.getByRole('link', { name: 'Samples' }).click();
    await eventually(async () => expect(await operator.page.locator('.sample').count()).toBe(2));
  });

  it('that are there no longer are said to be gone', async () => {
    const shop = await aShop();
    await shop.browse('price');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'samples');
    await operator.page.getByRole('link', { name: 'Link to this sample' }).click();
    await operator.heading('A sample of catalogue').waitFor();
    await shop.administration.purge('catalogue');
    await operator.page.reload();

    await operator.text('Not found.').waitFor();
    await operator.text('Only the newest samples of each kind are kept').waitFor();
  });

  it('are copied as JSON, as the API has them', async () => {
    const shop = await aShop();
    await shop.browse('price');
    const operator = await anOperator(shop.address, { permissions: ['clipboard-read', 'clipboard-write'] });
    await operator.openExperiment('catalogue', 'samples');
    await card(operator).getByText('Control and candidate').click();
    await operator.button('Copy as JSON').click();
    await operator.text('Copied.').waitFor();

    const copied = JSON.parse(await operator.page.evaluate(() => navigator.clipboard.readText())) as Result;
    expect(copied).toEqual((await shop.administration.result('catalogue', copied.id)).body);
  });

  it('can be copied by hand where there is no clipboard', async () => {
    const shop = await aShop();
    await shop.browse('price');
    const operator = await anOperator(shop.address);
    await operator.page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await operator.openExperiment('catalogue', 'samples');
    await card(operator).getByText('Control and candidate').click();
    await operator.button('Copy as JSON').click();

    const text = await operator.field('Copy from here:').inputValue();
    expect((JSON.parse(text) as Result).outcome).toBe('mismatched');
  });

  it('of large values fold what is equal, and open it on demand', async () => {
    const shop = await aShop();
    await shop.browse('large');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'samples');
    await card(operator).getByText('Control and candidate').click();

    await card(operator).locator('mark').first().waitFor();
    expect(await card(operator).getByRole('row').count()).toBeLessThan(30);
    expect(await card(operator).locator('mark').last().innerText()).toContain('another line');
    await card(operator)
      .getByRole('button', { name: /^Show \d+ equal lines$/ })
      .first()
      .click();
    await eventually(async () => expect(await card(operator).getByRole('row').count()).toBeGreaterThan(60));
  });

  it('of values that were too large to be kept whole show how they begin', async () => {
    const shop = await aShop();
    await shop.browse('huge');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'samples');
    await card(operator).getByText('Control and candidate').click();

    await eventually(async () =>
      expect(await card(operator).getByText('too large to be kept whole. Beginning of its JSON:').count()).toBe(2),
    );
    const shown = (await card(operator).innerText()).length;
    expect(shown).toBeLessThan(3_000);
    await card(operator)
      .getByRole('button', { name: /^Show all/ })
      .first()
      .click();
    await eventually(async () => expect((await card(operator).innerText()).length).toBeGreaterThan(shown + 500));
  });

  it('that are newer are announced, and shown when one wants to see them', async () => {
    const shop = await aShop();
    await shop.browse('price');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'samples');
    await card(operator).waitFor();
    await shop.browse('more', 2);

    await operator.button('Show 2 newer samples').click();
    await eventually(async () => expect(await operator.page.locator('.sample').count()).toBe(3));
    expect(await card(operator).innerText()).toContain('$.discount');
  });
});
