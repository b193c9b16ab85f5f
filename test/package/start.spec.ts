import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from './support/tarball.js';

// It builds the repository. Here nothing else needs the build once the package is packed.
describe('npm start', () => {
  let npm: ChildProcess;
  let lines: AsyncIterableIterator<string>;

  /** Reads what it prints, up to a line with that text. */
  async function printed(text: string): Promise<string> {
    for (;;) {
      const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
      if (done === true) throw new Error(`It ended without printing ${text}.`);
      if (value.includes(text)) return value;
    }
  }

  beforeAll(() => {
    const env = { ...process.env, PORT: '0' };
    npm = spawn('npm', ['start'], { cwd: REPOSITORY, env, stdio: ['ignore', 'pipe', 'inherit'] });
    lines = createInterface({ input: npm.stdout ?? raise() })[Symbol.asyncIterator]();
  });

  afterAll(async () => {
    npm.kill('SIGKILL');
    await rm(join(REPOSITORY, 'sample/01-city-search/city-search.sqlite'), { force: true });
  });

  it('says at once what it builds, runs the sample, and ends as a whole when it is told to', async () => {
    const begun = performance.now();
    await printed('Building the library');
    expect(performance.now() - begun).toBeLessThan(5_000);

    const url = (await printed('The search answers at')).replace(/.* at /, '');
    expect((await fetch(url)).status).toBe(200);

    npm.kill('SIGTERM');
    await printed('Stopped.');
    await once(npm, 'close');
    await expect(fetch(url)).rejects.toThrow();
  });
});

function raise(): never {
  throw new Error('It has no output.');
}
