import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where pictures of the views are kept to be looked at: `SCREENSHOTS`, or a folder among the temporary ones. */
export const SCREENSHOTS = process.env['SCREENSHOTS'] || join(tmpdir(), 'nestjs-studies-screenshots');

mkdirSync(SCREENSHOTS, { recursive: true });

/** Keeps a picture of all of a page. */
export async function keep(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `${name.replaceAll(/[^\w.]+/g, '-')}.png`), fullPage: true });
}
