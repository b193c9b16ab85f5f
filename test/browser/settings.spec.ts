import { describe, expect, it } from 'vitest';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import { aShop } from './support/shop.js';

describe('the settings of an experiment', () => {
  it('bound it in time, in the zone of the reader', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'settings');
    const period = operator.region('Period');
    expect(await period.innerText()).toContain('Europe/Berlin');

    await period.getByLabel('Start').fill('2099-07-01T12:00');
    await period.getByLabel('End').fill('2099-07-01T11:00');
    await period.getByText('The end must be after the start.').waitFor();
    await period.getByLabel('End').fill('2099-07-02T12:30');
    await period.getByRole('button', { name: 'Save' }).click();

    await eventually(async () => expect(await operator.state()).toContain('Scheduled'));
    expect(await shop.administration.resource('catalogue')).toMatchObject({
      startsAt: '2099-07-01T10:00:00.000Z',
      endsAt: '2099-07-02T10:30:00.000Z',
    });
    await shop.browse('same', 5);
    expect(shop.ran.catalogue).toBe(0);

    await period.getByRole('button', { name: 'None for the start' }).click();
    await period.getByRole('button', { name: 'Save' }).click();
    await eventually(async () => expect(await operator.state()).toContain('Running'));
    await shop.browse('same', 5);
    expect(shop.ran.catalogue).toBe(5);
  });

  it('name the users who are always in', async () => {
    const shop = await aShop();
    await shop.administration.change('checkout', { percentEnabled: 0.01 });
    const operator = await anOperator(shop.address);
    await operator.openExperiment('checkout', 'settings');
    await shop.call('/checkout?user=ada');
    expect(shop.ran.checkout).toBe(0);

    await operator.field('Subjects').fill('ada\n  grace \n\nada');
    await operator.region('Always in').getByRole('button', { name: 'Save' }).click();
    await eventually(async () => expect((await shop.administration.resource('checkout')).subjects).toEqual(['ada', 'grace']));

    for (const user of ['ada', 'grace', 'eve']) await shop.call(`/checkout?user=${user}`);
    expect(shop.ran.checkout).toBe(2);
  });

  it('say what it takes to be ready', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'settings');
    const readiness = operator.region('Readiness');

    await readiness.getByLabel('May differ').fill('60');
    await readiness.getByText('“May differ” must be a number from 0.0001 to 50 %.').waitFor();
    await readiness.getByLabel('May differ').fill('10');
    await readiness.getByLabel('Confidence').fill('90');
    await readiness.getByLabel('Over').fill('9000');
    await readiness.getByText('“Over” must be a number from 0 to 8784 hours.').waitFor();
    await readiness.getByLabel('Over').fill('0');
    await readiness.getByRole('button', { name: 'Save' }).click();
    await eventually(async () =>
      expect(await shop.administration.resource('catalogue')).toMatchObject({ targetRate: 0.1, confidence: 0.9, minSpan: 0 }),
    );
    for (let page = 0; page < 40; page += 1) await shop.call(`/catalogue?course=same${page}`);
    await operator.openExperiment('catalogue');

    await operator
      .region('Readiness')
      .getByText(/with 90 % confidence fewer than 10 % of calls differ/)
      .waitFor();
    expect(await operator.region('Readiness').getByRole('heading').innerText()).toBe('Ready');
  });

  it('stop it by itself', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('fragile', 'settings');
    const guardrails = operator.region('Guardrails');

    await guardrails.getByLabel('Failing or timed out: limit').selectOption('value');
    await guardrails.getByLabel('Failing or timed out, in % of runs').fill('3');
    await guardrails.getByLabel('Blocking the event loop: limit').selectOption('none');
    await guardrails.getByRole('button', { name: 'Save' }).click();
    await eventually(async () =>
      expect((await shop.administration.resource('fragile')).guardrails).toEqual({
        errorRate: 0.03,
        blockedFor: null,
      }),
    );
    await shop.call('/fragile', 4);

    await eventually(async () => expect(await operator.state()).toMatch(/^Halted 0 % Candidate "candidate": 4 of 4 runs failed/));
    await operator.openExperiment('fragile', 'history');
    const [newest] = await operator.page.locator('.history li').allInnerTexts();
    expect(newest).toContain('A guardrail halted it');
    await operator.openExperiment('fragile');
    await operator.button('50 %').click();
    await eventually(async () => expect(await operator.state()).toBe('Running 50 %'));
  });
});

describe('the history', () => {
  it('tells who changed what, and when, the newest first', async () => {
    const shop = await aShop();
    const ada = await anOperator(shop.address, { extraHTTPHeaders: { 'X-User': 'Ada' } });
    const bob = await anOperator(shop.address, { extraHTTPHeaders: { 'X-User': 'Bob' } });
    await ada.openExperiment('catalogue');
    await ada.button('5 %').click();
    await eventually(async () => expect(await ada.state()).toBe('Running 5 %'));
    await bob.openExperiment('catalogue');
    await bob.button('Switch off').click();
    await eventually(async () => expect(await bob.state()).toBe('Off 0 %'));

    await ada.page.getByRole('link', { name: 'History' }).click();
    await eventually(async () => expect(await ada.page.locator('.history > li').count()).toBe(2));
    const [newest, oldest] = await ada.page.locator('.history > li').allInnerTexts();
    expect(newest).toMatch(/Bob changed\s+Calls 5 % → 0 %/);
    expect(oldest).toMatch(/Ada changed\s+Calls 100 % → 5 %/);
    const times = await ada.page.locator('.history time').evaluateAll((all) => all.map((time) => time.getAttribute('datetime')));
    const { body } = await shop.administration.history('catalogue');
    expect(times).toEqual((body as { items: { at: string }[] }).items.map(({ at }) => at));
  });

  it('is empty where nobody has changed anything', async () => {
    const shop = await aShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'history');

    await operator.text('Nobody has changed it yet.').waitFor();
  });
});
