import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { intervalOf } from '../../lib/reports/statistics/interval.js';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import type { Operator } from './support/operator.js';
import { aShop, type Shop } from './support/shop.js';

type Title = 'Outcomes over time' | 'Match rate' | 'Durations' | 'Speed by percentile';

/** In the order of the columns. */
const COURSES = { same: 6, ignored: 1, price: 3, error: 2, late: 1 } as const;

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

interface Durations {
  readonly candidates: readonly { readonly control: Percentiles; readonly candidate: Percentiles }[];
}

interface Summary {
  readonly candidates: readonly { readonly speedup: readonly { readonly percentile: number; readonly factor: number }[] }[];
}

describe('the pictures', () => {
  it('are drawn in the colours of what is there', async () => {
    const { operator } = await aVisit();
    const expected: readonly (readonly [Title, readonly string[]])[] = [
      ['Outcomes over time', ['--matched', '--ignored', '--mismatched', '--errored', '--timed-out']],
      ['Match rate', ['--accent']],
      ['Durations', ['--control', '--accent']],
      ['Speed by percentile', ['--mismatched']], // one timed out, so some were slower
    ];
    for (const [title, colours] of expected) {
      await eventually(async () => expect(await missingIn(picture(operator, title), colours)).toEqual([]));
    }
  });

  it('of outcomes have a table that says what was counted, in the last hour and in 90 days', async () => {
    const { operator } = await aVisit();
    const totals = async () => {
      const rows = await tableOf(operator, 'Outcomes over time');
      return COLUMNS.map((_, column) => rows.reduce((sum, row) => sum + Number(row[column + 1]), 0));
    };
    await eventually(async () => expect(await totals()).toEqual(Object.values(COURSES)));

    await operator.page.getByRole('radio', { name: '90 days' }).check();
    await eventually(async () => expect(await tableOf(operator, 'Outcomes over time')).toHaveLength(1));
    expect(await totals()).toEqual(Object.values(COURSES));
    expect(await operator.page.getByRole('columnheader').allInnerTexts()).toEqual(expect.arrayContaining(['From', ...COLUMNS]));
  });

  it('of outcomes say what the pointer is at, and can leave out what matched', async () => {
    const { operator } = await aVisit();
    const shown = picture(operator, 'Outcomes over time');
    await operator.page.getByRole('radio', { name: '90 days' }).check();
    await eventually(async () => {
      const { x, y, width, height } = (await shown.locator('.u-over').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
      await operator.page.mouse.move(x + width - 2, y + height / 2);
      expect(await shown.locator('.readout').innerText()).toMatch(
        /: Matched 6, Ignored 1, Mismatched 3, Errored 2, Timed out 1$/,
      );
    });

    await shown.getByRole('checkbox', { name: 'Only differences' }).check();
    const legend = (await shown.locator('.legend').innerText()).replaceAll(/\s+/g, ' ');
    expect(legend).toBe('Mismatched 3 Errored 2 Timed out 1 Only differences');
  });

  it('of the match rate have a table with the band in which it lies', async () => {
    const { operator } = await aVisit();
    await operator.page.getByRole('radio', { name: '90 days' }).check();
    await eventually(async () => expect(await tableOf(operator, 'Match rate')).toHaveLength(1));

    const [[, rate, low, high] = []] = await tableOf(operator, 'Match rate');
    const { low: least = 0, high: most = 0 } = intervalOf(7, 13) ?? {};
    expect([rate, low, high].map((text) => Number.parseFloat(text ?? ''))).toEqual([
      expect.closeTo((100 * 7) / 13, 1),
      expect.closeTo(100 * least, 1),
      expect.closeTo(100 * most, 1),
    ]);
  });

  it('of durations have a table with the percentiles of both', async () => {
    const { shop, operator } = await aVisit();
    const [found] = ((await shop.administration.durations('catalogue')).body as Durations).candidates;
    await eventually(async () => expect((await tableOf(operator, 'Durations')).length).toBeGreaterThan(3));

    const rows = (await tableOf(operator, 'Durations')).slice(0, 3);
    expect(rows.map(([title]) => title)).toEqual(['50 % at most', '95 % at most', '99 % at most']);
    for (const [index, percentile] of (['p50', 'p95', 'p99'] as const).entries()) {
      const [, control, candidate] = rows[index] ?? [];
      expect(millisecondsOf(control) / (found?.control[percentile] ?? NaN)).toBeCloseTo(1, 1);
      expect(millisecondsOf(candidate) / (found?.candidate[percentile] ?? NaN)).toBeCloseTo(1, 1);
    }
  });

  it('of the speed have a table with a row for each percentile that the summary has', async () => {
    const { shop, operator } = await aVisit();
    const [candidate] = ((await shop.administration.summary('catalogue')).body as Summary).candidates;
    const rows = await tableOf(operator, 'Speed by percentile');

    expect(rows.map(([percentile]) => percentile)).toEqual(candidate?.speedup.map(({ percentile }) => `${percentile} %`));
    const directions = candidate?.speedup.map(({ factor }) => (factor > 0 ? /faster|as fast/ : /slower|as fast/)) ?? [];
    expect(directions.length).toBeGreaterThan(0);
    for (const [index, direction] of directions.entries()) expect(rows[index]?.[1]).toMatch(direction);
  });

  it('say that there is nothing yet', async () => {
    const operator = await anOperator((await aShop()).address);
    await operator.openExperiment('checkout');
    await operator.text('Nothing is recorded yet.').waitFor();
    expect(await operator.page.locator('canvas').count()).toBe(0);
  });
});

const COLUMNS = ['Matched', 'Ignored', 'Mismatched', 'Errored', 'Timed out'];

/** Somebody who looks at an experiment that had runs of every kind. */
async function aVisit(): Promise<{ shop: Shop; operator: Operator }> {
  const shop = await aShop();
  for (const [course, times] of Object.entries(COURSES)) await shop.browse(course as keyof typeof COURSES, times);
  const operator = await anOperator(shop.address);
  await operator.openExperiment('catalogue');
  return { shop, operator };
}

function picture({ page }: Operator, title: Title): Locator {
  return page.getByRole('figure', { name: title, exact: true });
}

/** The rows of a picture's table, cell by cell. */
async function tableOf(operator: Operator, title: Title): Promise<string[][]> {
  const shown = picture(operator, title);
  const table = shown.getByRole('table');
  if (!(await table.isVisible())) await shown.getByText(/^Figures as a table/).click();
  await table.waitFor();
  const rows = await table.locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allInnerTexts()));
}

/** Which colours of the styles no point of a picture has. */
async function missingIn(shown: Locator, colours: readonly string[]): Promise<string[]> {
  return shown.locator('.uplot canvas').evaluate((element, names) => {
    const picture = element as HTMLCanvasElement;
    const pointsOf = (context: CanvasRenderingContext2D | null, width: number, height: number) =>
      new Uint32Array(context?.getImageData(0, 0, width, height).data.buffer ?? new ArrayBuffer(0));
    const found = new Set(pointsOf(picture.getContext('2d'), picture.width, picture.height));
    const context = document.createElement('canvas').getContext('2d');
    return names.filter((name) => {
      if (context !== null) context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
      context?.fillRect(0, 0, 1, 1);
      return !found.has(pointsOf(context, 1, 1)[0] ?? 0);
    });
  }, colours);
}

function millisecondsOf(text: string | undefined): number {
  const [, number, unit] = /^([\d.,]+) (\S+)$/.exec(text ?? '') ?? [];
  const milliseconds = { ns: 1e-6, µs: 1e-3, ms: 1, s: 1_000 }[unit ?? ''];
  return Number(number?.replaceAll(',', '')) * (milliseconds ?? NaN);
}
