import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import '../../support/app.js'; // its applications end after the browsers that look at them
import { chromiumPath } from './chromium.js';
import { Troubles } from './troubles.js';
import { Operator } from './operator.js';

let browser: Browser;
const looking = new Map<BrowserContext, Troubles>();

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
});

afterEach(async () => {
  const contexts = [...looking];
  looking.clear();
  for (const [context] of contexts) await context.close();
  for (const [, troubles] of contexts) expect(troubles.found).toEqual([]);
});

afterAll(() => browser.close());

/**
 * Somebody with a browser of their own, until the end of the test, which fails if anything goes wrong in it.
 *
 * @param address where the administration is
 */
export async function anOperator(address: string, options: BrowserContextOptions = {}): Promise<Operator> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'Europe/Berlin', ...options });
  const troubles = await Troubles.of(context);
  looking.set(context, troubles);
  return new Operator(address, await context.newPage(), troubles);
}
