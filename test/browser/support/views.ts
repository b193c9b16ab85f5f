import type { Operator } from './operator.js';
import { aShop, type Shop } from './shop.js';
import { eventually } from './eventually.js';
import { expect } from 'vitest';

/** A view of the page, or a state that it can be in. */
export interface View {
  readonly title: string;
  /** What there is to be seen: an everyday shop, if it is not said. */
  readonly shop?: () => Promise<Shop>;
  /** Goes there, and waits until all is there. */
  readonly open: (operator: Operator, shop: Shop) => Promise<void>;
}

/** A shop in which calls have ended in every way, in each experiment. */
export async function anEverydayShop(): Promise<Shop> {
  const shop = await aShop({ studies: { admin: { public: true, actor: () => 'ada@example.org' } } });
  await shop.everyday();
  await shop.call('/prices', 5);
  await shop.call('/quotes', 5);
  await shop.administration.change('checkout', {
    percentEnabled: 25,
    startsAt: '2099-01-01T00:00:00.000Z',
    subjects: ['ada', 'grace'],
  });
  await shop.administration.change('fragile', { guardrails: { errorRate: 0.005 } });
  await shop.call('/fragile', 3);
  await eventually(async () => expect(await shop.administration.resource('fragile')).toMatchObject({ percentEnabled: 0 }));
  await shop.administration.change('catalogue', { percentEnabled: 50, ignorePaths: ['$.discount'] });
  return shop;
}

/** All views, and the states that look otherwise. */
export const VIEWS: readonly View[] = [
  {
    title: 'list',
    open: async (operator) => {
      await operator.openList();
      await operator.page
        .getByRole('img', { name: /runs in the last hour/ })
        .first()
        .waitFor();
    },
  },
  {
    title: 'list with nothing found',
    open: async (operator) => {
      await operator.openList('?q=nothing&state=off&last-from=2020-01-01');
      await operator.text('No experiment matches.').waitFor();
    },
  },
  {
    title: 'overview',
    open: async (operator) => {
      await operator.openExperiment('catalogue');
      await operator.page.getByRole('figure', { name: 'Durations' }).locator('canvas').waitFor();
      for (const summary of await operator.page.getByText(/^Figures as a table/).all()) await summary.click();
    },
  },
  {
    title: 'overview without results',
    open: async (operator) => {
      await operator.openExperiment('checkout');
      await operator.text('Nothing is recorded yet.').waitFor();
    },
  },
  {
    title: 'overview of a halted experiment',
    open: async (operator) => {
      await operator.openExperiment('fragile');
      await operator.page.getByRole('figure', { name: 'Outcomes over time' }).locator('.chart canvas').waitFor();
    },
  },
  {
    title: 'differences',
    open: async (operator) => {
      await operator.openExperiment('catalogue', 'differences');
      await operator.page.locator('.fields').first().waitFor();
    },
  },
  {
    title: 'samples',
    open: async (operator) => {
      await operator.openExperiment('catalogue', 'samples');
      await operator.page.locator('.sample').first().waitFor();
      for (const summary of await operator.page.getByText('Control and candidate', { exact: true }).all()) await summary.click();
      await operator.page.locator('.sample-detail').last().waitFor();
    },
  },
  {
    title: 'sample',
    open: async (operator) => {
      await operator.openExperiment('catalogue', 'samples');
      await operator.page.getByRole('combobox', { name: 'Outcome' }).selectOption('errored');
      await operator.page.locator('.outcome-errored').waitFor();
      await operator.page.getByRole('link', { name: 'Link to this sample' }).click();
      await operator.page.getByText('Stack', { exact: true }).click();
    },
  },
  {
    title: 'settings',
    open: async (operator) => {
      await operator.openExperiment('checkout', 'settings');
      await operator.region('Guardrails').waitFor();
    },
  },
  {
    title: 'deleting',
    open: async (operator) => {
      await operator.openExperiment('catalogue', 'settings');
      await operator.button('Delete experiment …').click();
      await operator.page.getByRole('dialog').getByRole('textbox').fill('catal');
    },
  },
  {
    title: 'history',
    open: async (operator) => {
      await operator.openExperiment('fragile', 'history');
      await operator.page.locator('.history > li').nth(1).waitFor();
    },
  },
  {
    title: 'conflict',
    open: async (operator, shop) => {
      await operator.openExperiment('catalogue');
      await operator.field('Percent').fill('7');
      await shop.administration.change('catalogue', { percentEnabled: 25 });
      await operator.button('Set to 7 %').click();
      await operator.heading('Somebody changed this meanwhile').waitFor();
    },
  },
  {
    title: 'unknown experiment',
    open: async (operator) => {
      await operator.open('#/experiments/none');
      await operator.text('Not found.').waitFor();
    },
  },
  {
    title: 'server away',
    open: async (operator, shop) => {
      await operator.openExperiment('catalogue');
      await operator.page.getByRole('figure', { name: 'Durations' }).locator('canvas').waitFor();
      await shop.app.close();
      await operator.text(/^The server has been unreachable since/).waitFor();
    },
  },
];
