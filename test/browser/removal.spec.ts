import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TypeOrmRecordedResultStorage } from '../../lib/recording/storage/typeorm/typeorm-recorded-result.storage.js';
import { deferred } from '../support/deferred.js';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import type { Operator } from './support/operator.js';
import { aShop, type Shop } from './support/shop.js';

async function runsOf(shop: Shop): Promise<number> {
  return ((await shop.administration.summary('catalogue')).body as { runs: number }).runs;
}

describe.each([
  ['purging the results', 'Purge results', 'purged'],
  ['deleting the experiment', 'Delete experiment', 'removed'],
] as const)('%s', (_, action, kind) => {
  it('does nothing until the name is typed, and nothing if it is called off', async () => {
    const shop = await aShop();
    await shop.browse('same', 3);
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'settings');
    const ask = operator.button(`${action} …`);
    const dialog = operator.page.getByRole('dialog', { name: action });
    const doIt = dialog.getByRole('button', { name: action });

    await ask.click();
    await dialog.waitFor();
    expect(await doIt.isDisabled()).toBe(true);
    for (const wrong of ['catalogu', 'Catalogue', ' catalogue', 'catalogue.', 'prices']) {
      await dialog.getByRole('textbox').fill(wrong);
      expect(await doIt.isDisabled()).toBe(true);
      await operator.page.keyboard.press('Enter');
    }
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByRole('textbox').fill('catalogue');
    expect(await doIt.isDisabled()).toBe(false);
    await operator.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await ask.click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });

    expect(await runsOf(shop)).toBe(3);
    expect((await shop.administration.history('catalogue')).body).toMatchObject({ items: [] });
  });

  it('is done once the name is typed', async () => {
    const shop = await aShop();
    await shop.browse('same', 3);
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'settings');

    await operator.button(`${action} …`).click();
    await operator.page.getByRole('dialog').getByRole('textbox').fill('catalogue');
    await operator.page.keyboard.press('Enter');

    await eventually(async () =>
      expect((await shop.administration.history('catalogue')).body).toMatchObject({ items: [expect.objectContaining({ kind })] }),
    );
  });
});

describe('what was purged', () => {
  it('is gone from the figures', async () => {
    const shop = await aShop();
    await shop.browse('same', 3);
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'settings');
    await operator.button('Purge results …').click();
    await operator.page.getByRole('dialog').getByRole('textbox').fill('catalogue');
    await operator.page.getByRole('dialog').getByRole('button', { name: 'Purge results' }).click();
    await eventually(async () => expect(await runsOf(shop)).toBe(0));

    await operator.page.getByRole('link', { name: 'Overview' }).click();
    await operator.text('Nothing is recorded yet.').waitFor();
    expect(await shop.administration.resource('catalogue')).toMatchObject({ percentEnabled: 100 });
  });
});

describe('what was deleted', () => {
  it('is gone from the list, to which one is taken', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'settings');
    await operator.button('Delete experiment …').click();
    await operator.page.getByRole('dialog').getByRole('textbox').fill('catalogue');
    await operator.page.keyboard.press('Enter');

    await operator.heading('Experiments').waitFor();
    await eventually(async () => expect(await operator.names()).toEqual(['checkout', 'fragile', 'prices', 'quotes']));
  });
});

describe('the progress of a purge', () => {
  it('is shown to all who look, with how much is left', async () => {
    const shop = await aShop({ studies: { samplesPerMinute: 1_000 } });
    await shop.browse('price', 230);
    const gates = [deferred(), deferred()];
    const { forgetSome } = TypeOrmRecordedResultStorage.prototype;
    let turn = 0;
    const held = vi.spyOn(TypeOrmRecordedResultStorage.prototype, 'forgetSome').mockImplementation(async function (
      this: TypeOrmRecordedResultStorage,
      ...asked
    ) {
      await gates[turn++]?.promise;
      return forgetSome.apply(this, asked);
    });
    onTestFinished(() => held.mockRestore());
    const [operator, other] = [await anOperator(shop.address), await anOperator(shop.address)];
    await other.openExperiment('catalogue', 'settings');
    await operator.openExperiment('catalogue', 'settings');
    await operator.button('Purge results …').click();
    await operator.page.getByRole('dialog').getByRole('textbox').fill('catalogue');
    await operator.page.keyboard.press('Enter');

    const left = async (reader: Operator) => Number((/(\d+) rows left/.exec(await reader.seen()) ?? [])[1]);
    await eventually(async () => expect(await left(operator)).toBeGreaterThanOrEqual(230));
    await eventually(async () => expect(await left(other)).toBeGreaterThanOrEqual(230));
    expect(await operator.button('Delete experiment …').getAttribute('aria-disabled')).toBe('true');
    gates[0]?.resolve();
    await eventually(async () => expect(await left(operator)).toBeLessThan(140));
    const progress = operator.page.getByRole('progressbar', { name: 'Removing results …' });
    const done = await progress.evaluate((bar) => (bar as HTMLProgressElement).position);
    expect([done > 0.3, done < 0.7]).toEqual([true, true]);
    gates[1]?.resolve();

    for (const reader of [operator, other]) await reader.text('Removing results').waitFor({ state: 'detached' });
    expect(await runsOf(shop)).toBe(0);
  });
});
