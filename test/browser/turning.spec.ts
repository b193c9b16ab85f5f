import { describe, expect, it } from 'vitest';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import { aShop, type Shop } from './support/shop.js';

/** How many of so many calls of the catalogue run the candidate. */
async function drawn(shop: Shop, calls: number): Promise<number> {
  const before = shop.ran.catalogue;
  await shop.browse('same', calls);
  return shop.ran.catalogue - before;
}

/** Of which of 200 users the checkout runs the candidate. */
async function usersIn(shop: Shop): Promise<string[]> {
  const users: string[] = [];
  for (let index = 0; index < 200; index += 1) {
    const before = shop.ran.checkout;
    await shop.app.get(`/checkout?user=user${index}`);
    await shop.app.whenIdle();
    if (shop.ran.checkout > before) users.push(`user${index}`);
  }
  return users;
}

describe('the share of calls', () => {
  it('is set by one click, and the running application obeys', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');
    expect(await drawn(shop, 10)).toBe(10);

    await operator.button('0 %').click();
    await eventually(async () => expect(await operator.state()).toBe('Off 0 %'));
    expect(await drawn(shop, 10)).toBe(0);

    for (const percent of [1, 5, 25, 50]) {
      await operator.button(`${percent} %`).click();
      await eventually(async () => expect(await operator.state()).toBe(`Running ${percent} %`));
      expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(percent);
    }

    await operator.button('100 %').click();
    await eventually(async () => expect(await operator.state()).toBe('Running 100 %'));
    expect(await drawn(shop, 10)).toBe(10);
  });

  it('is set by a number, and is a share of the users where there are any', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('checkout');
    expect(await usersIn(shop)).toEqual([]);

    await operator.field('Percent').fill('12,5');
    await operator.button('Set to 12.5 %').click();
    await eventually(async () => expect(await operator.state()).toBe('Running 12.5 %'));
    const few = await usersIn(shop);
    await operator.field('Percent').fill('60');
    await operator.page.keyboard.press('Enter');
    await eventually(async () => expect(await operator.state()).toBe('Running 60 %'));
    const many = await usersIn(shop);

    expect([few.length > 10, few.length < 45]).toEqual([true, true]);
    expect([many.length > 90, many.length < 150]).toEqual([true, true]);
    expect(many).toEqual(expect.arrayContaining(few));
  });

  it('is set by the slider, from the keyboard', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');

    const slider = operator.page.getByRole('slider', { name: 'Share of calls' });
    await slider.press('Home');
    for (let step = 0; step < 20; step += 1) await slider.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).toBe('1 %');
    expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(100);
    await slider.press('Home');
    await slider.press('Enter');

    await eventually(async () => expect(await operator.state()).toBe('Off 0 %'));
    expect(await drawn(shop, 10)).toBe(0);
  });

  it('is set by dragging the slider, and not before it is said so', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');

    const slider = operator.page.getByRole('slider', { name: 'Share of calls' });
    const { x, y, width, height } = (await slider.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await operator.page.mouse.move(x + width - 10, y + height / 2);
    await operator.page.mouse.down();
    await operator.page.mouse.move(x + width * 0.8, y + height / 2, { steps: 5 });
    await operator.page.mouse.up();
    const percent = Number(await operator.field('Percent').inputValue());
    expect([percent > 40, percent < 60]).toEqual([true, true]);
    expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(100);
    await operator.button(`Set to ${percent} %`).click();

    await eventually(async () => expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(percent));
  });

  it('that is none is refused where it is typed', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');

    for (const wrong of ['101', '-1', '1.234', 'many', '']) {
      await operator.field('Percent').fill(wrong);
      await operator.page.keyboard.press('Enter');
      await operator.text('A number from 0 to 100 with at most two decimals.').waitFor();
    }
    await operator.button('Leave it at 100 %').click();

    expect(await operator.field('Percent').inputValue()).toBe('100');
    expect(await shop.administration.resource('catalogue')).toMatchObject({ percentEnabled: 100, version: 1 });
  });
});

describe('switching off', () => {
  it('takes one click in any part of the view, scrolled wherever, and asks nothing', async () => {
    const shop = await aShop();
    await shop.everyday();
    const operator = await anOperator(shop.address, { viewport: { width: 1280, height: 500 } });

    for (const section of ['overview', 'differences', 'samples', 'settings', 'history'] as const) {
      await shop.administration.change('catalogue', { percentEnabled: 100 });
      await operator.openExperiment('catalogue', section);
      await eventually(async () => expect(await operator.state()).toBe('Running 100 %'));
      await operator.page.mouse.wheel(0, 5_000);
      const { y = -1 } = (await operator.button('Switch off').boundingBox()) ?? {};
      expect([y >= 0, y < 460]).toEqual([true, true]);

      await operator.button('Switch off').click();
      await eventually(async () => expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(0));
      expect(await drawn(shop, 5)).toBe(0);
      await operator.button('Is off').waitFor();
    }
  });

  it('is done also where somebody else has changed something meanwhile, and leaves that as it is', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');
    await operator.button('Switch off').waitFor();
    await operator.button('Pause').click();
    await shop.administration.change('catalogue', { percentEnabled: 50, targetRate: 0.02 });

    await operator.button('Switch off').click();
    await eventually(async () => expect(await operator.state()).toBe('Off 0 %'));

    expect(await shop.administration.resource('catalogue')).toMatchObject({ percentEnabled: 0, targetRate: 0.02 });
  });
});

describe('a change by somebody else', () => {
  it('is seen by itself', async () => {
    const shop = await aShop();
    const [one, other] = [await anOperator(shop.address), await anOperator(shop.address)];
    await one.openExperiment('catalogue');
    await other.openExperiment('catalogue');

    await other.button('25 %').click();

    await eventually(async () => expect(await one.state()).toBe('Running 25 %'));
  });

  it('from another page is shown, and not overwritten until one wants it to be', async () => {
    const shop = await aShop();
    const one = await anOperator(shop.address);
    const other = await anOperator(shop.address, { extraHTTPHeaders: { 'X-User': 'Ada' } });
    await one.openExperiment('catalogue');
    await one.field('Percent').fill('7');
    await other.openExperiment('catalogue');
    await other.button('25 %').click();
    await eventually(async () => expect(await other.state()).toBe('Running 25 %'));
    await eventually(async () => expect(await one.state()).toBe('Running 25 %'));

    expect(await one.field('Percent').inputValue()).toBe('7');
    await one.button('Set to 7 %').click();
    await one.heading('Somebody changed this meanwhile').waitFor();

    const notice = one.page.getByRole('group', { name: 'Somebody changed this meanwhile' });
    expect(await notice.innerText()).toContain('Ada');
    expect(await notice.getByRole('row', { name: 'Calls' }).getByRole('cell').allInnerTexts()).toEqual(['100 %', '25 %', '7 %']);
    expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(25);
    await one.button('Make my change now').click();
    await eventually(async () => expect(await one.state()).toBe('Running 7 %'));
    expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(7);
  });

  it('by a program is shown beside what was wanted, of any setting, and can be kept', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'settings');
    await operator.page.getByLabel('May differ').fill('5');
    await shop.administration.change('catalogue', { targetRate: 0.01, percentEnabled: 3 });

    await operator.region('Readiness').getByRole('button', { name: 'Save' }).click();
    await operator.heading('Somebody changed this meanwhile').waitFor();
    const notice = operator.page.getByRole('group', { name: 'Somebody changed this meanwhile' });
    expect(await notice.getByRole('row', { name: 'May differ' }).getByRole('cell').allInnerTexts()).toEqual([
      '0.1 %',
      '1 %',
      '5 %',
    ]);
    expect(await notice.getByRole('row', { name: 'Calls' }).getByRole('cell').allInnerTexts()).toEqual([
      '100 %',
      '3 %',
      'unchanged',
    ]);
    await operator.button('Keep the current settings').click();
    await notice.waitFor({ state: 'detached' });

    expect(await shop.administration.resource('catalogue')).toMatchObject({ targetRate: 0.01, percentEnabled: 3 });
    expect(await operator.state()).toBe('Running 3 %');
  });

  it('that removes it is told', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');
    await operator.button('Switch off').waitFor();

    await shop.administration.remove('catalogue');

    await operator.text('Not found.').first().waitFor();
  });
});
