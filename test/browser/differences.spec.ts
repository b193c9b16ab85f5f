import { describe, expect, it } from 'vitest';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import { aShop } from './support/shop.js';

/** What the summary says of differences by field, as far as the tests look at it. */
interface Summary {
  readonly candidates: readonly {
    readonly differences: readonly { readonly path: string; readonly count: number; readonly isNoise: boolean }[];
  }[];
}

describe('the differences', () => {
  it('are a tree of fields, with how often each differs and an example', async () => {
    const shop = await aShop();
    await shop.browse('same', 4);
    await shop.browse('price', 3);
    await shop.browse('order', 2);
    await shop.browse('more');
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'differences');
    await operator.page.locator('.fields').first().waitFor();

    const { body } = await shop.administration.summary('catalogue');
    const [candidate] = (body as Summary).candidates;
    expect(candidate?.differences.map(({ path, count }) => [path, count])).toEqual([
      ['$.articles[*].price', 3],
      ['$.articles[*].tags', 2],
      ['$.discount', 1],
    ]);
    const tree = operator.page.locator('.fields').first();
    expect(await tree.getByRole('listitem').count()).toBe(4);
    const text = (await tree.innerText()).replace(/\s+/g, ' ');
    for (const part of [
      '.price Leave out $.articles[*].price 3 another value, in 30 % of runs control 40 candidate 39.9',
      '.articles[*]',
      '.tags',
      '2 another order, in 20 % of runs',
      '.discount',
      '1 only in the candidate, in 10 % of runs',
      '39.9',
    ]) {
      expect(text).toContain(part);
    }
    expect(await operator.seen()).toContain('6 of 10 runs returned another value');
  });

  it('that are noise are marked, with how often the control differs from itself', async () => {
    const shop = await aShop();
    const field = async () => {
      const { candidates } = (await shop.administration.summary('quotes')).body as Summary;
      return candidates[0]?.differences[0];
    };
    // How many differences are looked into depends on how much time there is.
    await eventually(async () => {
      await shop.call('/quotes', 40);
      expect(await field()).toMatchObject({ path: '$.at', isNoise: true });
    });
    const operator = await anOperator(shop.address);
    await operator.openExperiment('quotes', 'differences');

    const told = operator.page.locator('.field-difference');
    await told.waitFor();
    expect(await told.innerText()).toMatch(/another value, in [\d.]+ % of runs; the control itself in [\d.]+ % Noise/);
    expect(await told.locator('.field-count').innerText()).toBe(String((await field())?.count));
    expect(await operator.seen()).toMatch(/The control was compared with itself \d+ times, and differed in 100 %\./);
  });

  it('of one field are left out of the comparison by one click, and taken back by one: the history tells who did it', async () => {
    const shop = await aShop();
    await shop.browse('price', 3);
    const operator = await anOperator(shop.address, { extraHTTPHeaders: { 'X-User': 'Ada' } });
    await operator.openExperiment('catalogue', 'differences');
    await operator.button('Leave out $.articles[*].price').click();
    await operator.text('Left out from now on').waitFor();
    expect((await shop.administration.resource('catalogue')).ignorePaths).toEqual(['$.articles[*].price']);

    const results = async () =>
      ((await shop.administration.results('catalogue', { limit: '1' })).body as { items: { outcome: string }[] }).items;
    await shop.administration.purge('catalogue');
    await shop.browse('price');
    expect((await results()).map(({ outcome }) => outcome)).toEqual(['matched']);

    await operator
      .region('Left out of the comparison')
      .getByRole('button', { name: 'Compare again $.articles[*].price' })
      .click();
    await operator.text('None, apart from those in the code.').waitFor();
    expect((await shop.administration.resource('catalogue')).ignorePaths).toEqual([]);
    await shop.browse('price');
    expect((await results()).map(({ outcome }) => outcome)).toEqual(['mismatched']);

    await operator.page.getByRole('link', { name: 'history', exact: true }).click();
    await eventually(async () => expect(await operator.page.locator('.history > li').count()).toBe(3));
    const [back, purged, out] = await operator.page.locator('.history > li').allInnerTexts();
    expect(back).toMatch(/Ada changed\s+Left out \$\.articles\[\*\]\.price → nothing/);
    expect(purged).toMatch(/purged the results/);
    expect(out).toMatch(/Ada changed\s+Left out nothing → \$\.articles\[\*\]\.price/);
  });

  it('of a field that is typed are left out; what is no path is refused', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'differences');
    const leftOut = operator.region('Left out of the comparison');

    await leftOut.getByLabel('Another field').fill('price');
    await leftOut.getByRole('button', { name: 'Leave out' }).click();
    await eventually(async () => expect(await leftOut.getByRole('status').innerText()).toMatch(/^It must/));
    await leftOut.getByLabel('Another field').fill('$.articles');
    await leftOut.getByRole('button', { name: 'Leave out' }).click();
    await leftOut.getByRole('button', { name: 'Compare again $.articles' }).waitFor();

    expect((await shop.administration.resource('catalogue')).ignorePaths).toEqual(['$.articles']);
    expect(await leftOut.getByLabel('Another field').inputValue()).toBe('');
  });

  it('are those of the candidate that is chosen, and the choice is in the address', async () => {
    const shop = await aShop();
    await shop.call('/prices', 3);
    const operator = await anOperator(shop.address);
    await operator.openExperiment('prices', 'differences');

    await operator.page.getByRole('radio', { name: 'cached' }).check();
    await operator.text('No field differs.').waitFor();
    await operator.page.getByRole('radio', { name: 'exact' }).check();
    await operator.button('Leave out $[*]').or(operator.button('Leave out $[0]')).waitFor();
    expect(operator.page.url()).toContain('candidate=exact');
    await operator.page.reload();
    await operator.page.getByRole('radio', { name: 'exact' }).waitFor();
    expect(await operator.page.getByRole('radio', { name: 'exact' }).isChecked()).toBe(true);
  });
});
