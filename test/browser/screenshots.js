/**
 * Makes the pictures of the page that the README shows, in docs/: runs the sample at 100 % for a minute, and looks at it in Chromium
 * (`CHROMIUM`, or the one on the PATH), in light and in dark.
 *
 *     npm run screenshots
 */
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const MINUTE = 60_000;
const EXPERIMENT = 'city-search';
const SIZE = { width: 1_120, height: 1_200 };

const pathOf = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const executablePath = process.env.CHROMIUM || execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();

mkdirSync(pathOf('docs'), { recursive: true });
const sample = fork(pathOf('sample/01-city-search/dist/main.js'), {
  env: { ...process.env, PORT: '0', DATABASE_URL: '' },
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const url = await addressOf(sample);
  await fetch(`${url}/experiments/${EXPERIMENT}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ percentEnabled: 100 }),
  });
  await pause(2 * MINUTE);
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: SIZE, colorScheme });
    await page.goto(`${url}#/experiments/${EXPERIMENT}`);
    await page.locator('canvas').first().waitFor();
    await pause(1_000);
    await page.screenshot({ path: pathOf(`docs/page-${colorScheme}.png`) });
  }
} finally {
  await browser.close();
  sample.kill('SIGTERM');
}

/** Where the sample's page is, as the sample says when it has started. */
async function addressOf({ stdout }) {
  let said = '';
  for await (const [part] of on(stdout)) {
    said += String(part);
    const found = /(http:\S+\/studies)\n/.exec(said);
    if (found !== null) return found[1];
  }
  throw new Error(`The sample has said nothing of its page: ${said}`);
}

async function* on(stream) {
  for (;;) yield await once(stream, 'data');
}
