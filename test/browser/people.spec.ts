import axe, { type AxeResults } from 'axe-core';
import { afterAll, describe, expect, it } from 'vitest';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import type { Operator } from './support/operator.js';
import { keep, SCREENSHOTS } from './support/screenshots.js';
import { anEverydayShop, VIEWS } from './support/views.js';

/** Everywhere where a view is looked at. */
const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) => [1280, 320].map((width) => ({ colorScheme, width })));

const IMPACTS = ['serious', 'critical'];

/** What axe finds that keeps people out. */
async function barriers({ page }: Operator): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run()); // just loaded
  return violations
    .filter(({ impact }) => IMPACTS.includes(impact ?? ''))
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary ?? ''}`),
    );
}

/** What is wider than the window. */
function sticksOut({ page }: Operator): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .map((element) => element.outerHTML.slice(0, 120));
  });
}

afterAll(() => {
  console.log(`Pictures of all views are in ${SCREENSHOTS}`);
});

describe.each(VIEWS)('the view "$title"', ({ title, open, shop = anEverydayShop }) => {
  it('keeps nobody out, light and dark, wide and narrow, and is never wider than the window', async () => {
    const there = await shop();
    const operator = await anOperator(there.address);
    await open(operator, there);

    for (const { colorScheme, width } of LOOKS) {
      await operator.page.setViewportSize({ width, height: 800 });
      await operator.page.emulateMedia({ colorScheme });
      await operator.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      await keep(operator.page, `${title} ${colorScheme} ${width}`);
      const at = `${colorScheme}, ${width} px`;
      expect([at, await sticksOut(operator)]).toEqual([at, []]);
      expect([at, await barriers(operator)]).toEqual([at, []]);
    }
  });
});

/** The element that has the focus, in words. */
function focused({ page }: Operator): Promise<string> {
  return page.evaluate(() => {
    const { activeElement } = document;
    return `${activeElement?.tagName.toLowerCase() ?? ''} ${activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? ''}`.trim();
  });
}

/** Presses Tab until something has the focus. */
async function tabTo(operator: Operator, wanted: string): Promise<void> {
  const passed: string[] = [];
  while ((await focused(operator)) !== wanted) {
    await operator.page.keyboard.press('Tab');
    passed.push(await focused(operator));
    if (passed.length > 60) throw new Error(`"${wanted}" was not reached by Tab, but ${passed.join(', ')}.`);
  }
}

describe('with the keyboard alone', () => {
  it('one gets from the list to an experiment, and switches it off', async () => {
    const shop = await anEverydayShop();
    const operator = await anOperator(shop.address);
    await operator.openList();
    await operator.row('catalogue').waitFor();

    await operator.page.keyboard.press('Tab');
    expect(await focused(operator)).toBe('a Skip to the content');
    await operator.page.keyboard.press('Enter');
    await tabTo(operator, 'a catalogue');
    await operator.page.keyboard.press('Enter');
    await operator.button('Switch off').waitFor();
    await eventually(async () => expect(await focused(operator)).toBe('h1 catalogue'));
    await tabTo(operator, 'button Switch off');
    await operator.page.keyboard.press('Enter');

    await eventually(async () => expect((await shop.administration.resource('catalogue')).percentEnabled).toBe(0));
    await operator.button('Is off').waitFor();
    expect(await focused(operator)).toBe('button Is off');
  });

  it('one is taken to what one has opened, and hears its title', async () => {
    const shop = await anEverydayShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue');
    for (const [link, heading] of [
      ['Differences', 'Differences by field'],
      ['Samples', 'Samples'],
      ['Settings', 'Settings'],
      ['History', 'History'],
    ] as const) {
      await operator.page
        .getByRole('navigation', { name: 'Parts of the experiment' })
        .getByRole('link', { name: link })
        .press('Enter');
      await eventually(async () => expect(await focused(operator)).toBe(`h2 ${heading}`));
      expect(await operator.page.title()).toBe(`catalogue: ${link.toLowerCase()} – Studies`);
    }
    await operator.page.goBack();
    await eventually(async () => expect(await focused(operator)).toBe('h2 Settings'));
  });

  it('one is kept within a dialog, and comes back to where one was', async () => {
    const shop = await anEverydayShop();
    const operator = await anOperator(shop.address);
    await operator.openExperiment('catalogue', 'settings');
    await operator.button('Purge results …').press('Enter');
    await operator.page.getByRole('dialog').waitFor();
    for (let press = 0; press < 8; press += 1) {
      await operator.page.keyboard.press('Tab');
      const isWithin = () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null;
      expect(await operator.page.evaluate(isWithin)).toBe(true);
    }
    await operator.page.keyboard.press('Escape');

    await eventually(async () => expect(await focused(operator)).toBe('button Purge results …'));
  });

  it.each(['light', 'dark'] as const)('one always sees where one is, in the %s', async (colorScheme) => {
    const shop = await anEverydayShop();
    const operator = await anOperator(shop.address, { colorScheme });
    for (const hash of [
      '#/',
      '#/experiments/catalogue',
      '#/experiments/catalogue/differences',
      '#/experiments/catalogue/settings',
    ]) {
      await operator.open(hash);
      await operator.page.locator('main a, main button').nth(6).waitFor();
      const seen = new Set<string>();
      for (let press = 0; press < 45; press += 1) {
        await operator.page.keyboard.press('Tab');
        const focus = await operator.page.evaluate(() => {
          const element = document.activeElement;
          if (element === null || element === document.body) return undefined;
          const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
          const { right, bottom, width } = element.getBoundingClientRect();
          return {
            html: element.outerHTML.slice(0, 100),
            isOutlined: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 && !outlineColor.endsWith(', 0)'),
            isInSight: right > 0 && bottom > 0 && width > 1,
          };
        });
        if (focus === undefined) continue;
        seen.add(focus.html);
        expect(focus).toEqual({ html: focus.html, isOutlined: true, isInSight: true });
      }
      expect(seen.size).toBeGreaterThan(10);
    }
  });
});

describe('for whom motion is too much', () => {
  it('nothing moves', async () => {
    const shop = await anEverydayShop();
    const operator = await anOperator(shop.address, { reducedMotion: 'reduce' });
    for (const section of ['overview', 'differences', 'samples', 'settings'] as const) {
      await operator.openExperiment('catalogue', section);
      const moving = await operator.page.evaluate(() => [
        ...document.getAnimations().map(({ id }) => id),
        ...[...document.querySelectorAll('*')]
          .filter((element) => {
            const { transitionDuration, animationName } = getComputedStyle(element);
            return animationName !== 'none' || transitionDuration.split(', ').some((time) => Number.parseFloat(time) > 0);
          })
          .map((element) => element.outerHTML.slice(0, 100)),
      ]);
      expect(moving).toEqual([]);
    }
  });
});

describe('times', () => {
  it('are in the zone of the reader, with the exact one on hover', async () => {
    const shop = await anEverydayShop();
    const { body } = await shop.administration.history('checkout');
    const at = (body as { items: { at: string }[] }).items[0]?.at ?? '';
    for (const timezoneId of ['Asia/Tokyo', 'America/New_York']) {
      const operator = await anOperator(shop.address, { timezoneId });
      await operator.openExperiment('checkout', 'history');
      const time = operator.page.locator('.history time').first();
      await time.waitFor();

      const clock = new Intl.DateTimeFormat('en-GB', { timeZone: timezoneId, timeStyle: 'medium' }).format(new Date(at));
      expect(await time.innerText()).toContain(clock);
      expect(await time.getAttribute('title')).toBe(at);
      expect(await time.getAttribute('datetime')).toBe(at);
    }
  });
});
