import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Query } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../lib/command/command.js';
import { Experiment, ExperimentService } from '../../lib/index.js';
import { receiptSchema } from '../../lib/reports/receipt/receipt.schemas.js';
import { administered, PLACEMENTS, type Administration } from '../support/administration.js';
import { anApp } from '../support/app.js';
import { ROOT } from '../support/documents.js';

const NAME = '-a/b 🧪';

@Controller('search')
class SearchController {
  constructor(private readonly experiments: ExperimentService) {}

  @Get()
  @Experiment({ name: NAME, candidate: 'searchV2', percentEnabled: 100, ignorePaths: ['$.at'] })
  search(@Query('q') q: string) {
    return { q, at: Math.random() };
  }

  searchV2(q: string) {
    return { q: q === 'lose' ? 'lost' : q, at: Math.random() };
  }

  @Get('rates')
  rates() {
    return this.experiments.run({
      name: 'rates',
      ignorePaths: ['$.time'],
      percentEnabled: 100,
      control: () => 1,
      candidate: () => 1,
    });
  }
}

const [placement] = PLACEMENTS;

describe('a receipt', () => {
  let administration: Administration;
  let folder: string;

  beforeEach(async () => {
    if (placement === undefined) throw new Error('There is no placement.');
    folder = await mkdtemp(join(tmpdir(), 'receipts-'));
    administration = await administered(
      anApp(placement.platform)
        .studies({ admin: { public: true } })
        .controllers(SearchController),
      placement,
    );
    await call('find', 'again');
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function call(...questions: string[]) {
    for (const q of questions) await administration.app.get(`/search?q=${q}`);
    await administration.app.whenIdle();
  }

  const file = (name: string) => join(folder, name);
  const execute = async (...argv: string[]) => {
    const said = { out: '', err: '' };
    const code = await run(
      argv,
      { NESTJS_STUDIES_URL: administration.url },
      (text) => (said.out += text),
      (text) => (said.err += text),
    );
    return { code, ...said };
  };

  it('is what the service gives, over HTTP, with the sentence of the summary', async () => {
    const service = administration.app.experiments;
    const { status, body } = await administration.app.get(`${administration.addressOf(NAME)}/receipt`);
    expect(status).toBe(200);
    const receipt = receiptSchema.parse(body);
    expect({ ...receipt, madeAt: '' }).toEqual({ ...(await service.receipt(NAME)), madeAt: '' });
    const [candidate] = (await service.summary(NAME)).candidates;
    expect(receipt).toMatchObject({
      experiment: NAME,
      verdict: 'collecting',
      libraryVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
      runs: 2,
      settings: { percentEnabled: 100, ignoredByCode: ['$.at'], ignoredByOperators: [] },
      candidates: [{ name: 'candidate', reason: candidate?.readiness.reason, evidence: { runs: 2, inputs: { distinct: 2 } } }],
    });
  });

  it('is of an experiment that exists', async () => {
    expect(await administration.app.get(`${administration.addressOf('unknown')}/receipt`)).toMatchObject({ status: 404 });
    expect(await execute('receipt', 'unknown')).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no experiment'),
    });
  });

  it('knows which fields the code leaves out, also of code in the middle of other code', async () => {
    const service = administration.app.experiments;
    await administration.app.get('/search/rates');
    await administration.app.get('/search/rates');
    await administration.app.whenIdle();
    expect((await service.receipt('rates')).settings.ignoredByCode).toEqual(['$.time']);
  });

  it('names what an operator leaves out in the sentence of a candidate that is ready', async () => {
    await administration.change(NAME, { targetRate: 0.5, confidence: 0.5, minSpan: 0, ignorePaths: ['$.id'] });
    await administration.app.experiments.purge(NAME);
    await call('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const summary = await administration.summary(NAME, 'text/plain');
    const sentence =
      /Ready for release \d+\.\d+\.\d+: with 50 % confidence fewer than 50 % of calls differ\. .*; left out: \$\.at, \$\.id/;
    expect(String(summary.body).replaceAll(/\n\s+/g, ' ')).toMatch(sentence);
    const { code, out } = await execute('ready', '--', NAME);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(sentence) });
    const [figures] = ((await administration.figures(NAME)).body as { items: { candidates: { readiness: unknown }[] }[] }).items;
    expect(figures?.candidates[0]?.readiness).toMatchObject({ reason: expect.stringMatching(sentence) });
    expect((await execute('receipt', '--', NAME)).out.replaceAll('\\', '')).toMatch(sentence);
  });

  it('is printed as Markdown or as JSON, and written to a file', async () => {
    const printed = await execute('receipt', '--', NAME);
    expect(printed).toMatchObject({ code: 0, err: '' });
    expect(printed.out).toMatch(/^# Receipt of -a\/b 🧪\n/);
    const json = await execute('receipt', '--json', '--', NAME);
    expect(receiptSchema.parse(JSON.parse(json.out))).toMatchObject({ experiment: NAME });

    expect(await execute('receipt', '--out', file('x.json'), '--', NAME)).toEqual({
      code: 0,
      out: `Wrote ${file('x.json')}: collecting.\n`,
      err: '',
    });
    expect(receiptSchema.parse(JSON.parse(await readFile(file('x.json'), 'utf8')))).toMatchObject({ experiment: NAME });
    await execute('receipt', '--out', file('x.md'), '--', NAME);
    expect(await readFile(file('x.md'), 'utf8')).toMatch(/^# Receipt of/);
    expect(await execute('receipt', '--out', join(folder, 'no', 'x.json'), '--', NAME)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Can't write .*ENOENT.*Name a file/),
    });
  });

  it('says against an earlier one what has changed, also with its exit code', async () => {
    const earlier = file('x.json');
    await execute('receipt', '--out', earlier, '--', NAME);
    expect(await execute('receipt', '--against', earlier, '--', NAME)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The same: .*; nothing has changed\n$/),
    });

    await administration.change(NAME, { minSpan: 0, targetRate: 0.001 });
    await call(...Array.from({ length: 10 }, () => 'lose'));
    const worse = await execute('receipt', '--against', earlier, '--out', earlier, '--', NAME);
    expect(worse).toMatchObject({
      code: 6,
      out: expect.stringMatching(/^Worse: .*\n- candidate: verdict: collecting → not ready\n/),
    });
    expect(worse.out).toContain('minSpan: 24 → 0 (laxer');

    // It was written after it had been read.
    await administration.app.experiments.purge(NAME);
    await call('find');
    const better = await execute('receipt', '--json', '--against', earlier, '--', NAME);
    expect(better.code).toBe(5);
    expect(JSON.parse(better.out)).toMatchObject({ direction: 'better', experiment: NAME });
  });

  it('is not compared with anything else', async () => {
    const against = async (text: string) => {
      await writeFile(file('other.json'), text);
      const { code, out, err } = await execute('receipt', '--against', file('other.json'), '--', NAME);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      return err.replaceAll(file('other.json'), 'F');
    };
    const remedy = 'Write one with "receipt <name> --out receipt.json".\n';
    expect(await against('# Receipt')).toBe(`nestjs-studies: F is not JSON. ${remedy}`);
    expect(await against('{"name":"search"}')).toBe(`nestjs-studies: F is no receipt of nestjs-studies. ${remedy}`);
    const receipt = await administration.app.experiments.receipt(NAME);
    expect(await against(JSON.stringify({ ...receipt, candidates: 3 }))).toMatch(
      /F is a damaged receipt: candidates: .*Write one/,
    );
    expect(await against(JSON.stringify({ ...receipt, schemaVersion: 7 }))).toContain('F is a receipt of schema 7');
    expect(await against(JSON.stringify({ ...receipt, experiment: 'other' }))).toBe(
      `nestjs-studies: F is a receipt of "other", and not of "${NAME}". Name a receipt of this experiment.\n`,
    );
    expect(await execute('receipt', '--against', file('none.json'), '--', NAME)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Can't read .*none\.json: ENOENT: no such file or directory\. Write one/),
    });
  });

  describe('as a gate', { timeout: 120_000 }, () => {
    /** Runs the script of the GitHub Action as a runner does. */
    async function gate(inputs: Record<string, string> = {}) {
      const [summary, output] = [file('summary'), file('output')];
      await Promise.all([summary, output].map((one) => writeFile(one, '')));
      const env = {
        PATH: process.env['PATH'],
        RUNNER_TEMP: folder,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_OUTPUT: output,
        NESTJS_STUDIES_URL: administration.url,
        NESTJS_STUDIES_TOKEN: '',
        EXPERIMENT: NAME,
        TARGET: 'ready',
        AGAINST: '',
        WAIT: '0',
        STUDIES: `node ${join(ROOT, 'dist/command/main.js')}`,
        ...inputs,
      };
      const script = join(ROOT, '.github/actions/nestjs-studies-ready/gate.sh');
      const { code, out } = await new Promise<{ code: number; out: string }>((resolve) => {
        const child = execFile('bash', [script], { env }, (_error, stdout) =>
          resolve({ code: child.exitCode ?? -1, out: stdout }),
        );
      });
      return { code, out, summary: await readFile(summary, 'utf8'), output: await readFile(output, 'utf8') };
    }

    it('stops a job while the experiment is not ready, and keeps the receipt', async () => {
      const stopped = await gate();
      expect(stopped).toMatchObject({
        code: 2,
        out: expect.stringContaining('::error::The experiment is not ready: collecting.'),
        summary: expect.stringMatching(/^# Receipt of -a\/b 🧪\n/),
        output: `verdict=collecting\nchange=\nreceipt=${file('nestjs-studies-receipt.json')}\n`,
      });
      expect(receiptSchema.parse(JSON.parse(await readFile(file('nestjs-studies-receipt.json'), 'utf8')))).toMatchObject({
        runs: 2,
      });
    });

    it('lets a job go on that is ready, and one that is not worse if that is enough', async () => {
      await gate();
      const receipt = file('nestjs-studies-receipt.json');
      const same = await gate({ TARGET: 'not-worse', AGAINST: receipt });
      expect(same).toMatchObject({ code: 0, output: expect.stringContaining('change=same\n') });
      expect(same.summary).toMatch(/^## The same: [^\n]*\n\n# Receipt of /);

      await administration.change(NAME, { targetRate: 0.5, confidence: 0.5, minSpan: 0 });
      await call('a', 'b', 'c', 'd', 'e', 'f', 'g');
      expect(await gate()).toMatchObject({ code: 0, output: expect.stringContaining('verdict=ready\n') });

      await administration.change(NAME, { targetRate: 0.001, confidence: 0.95 });
      await call(...Array.from({ length: 10 }, () => 'lose'));
      expect(await gate({ TARGET: 'not-worse', AGAINST: receipt })).toMatchObject({
        code: 6,
        out: expect.stringContaining('::error::The experiment is worse than before.'),
        output: expect.stringContaining('verdict=notReady\nchange=worse\n'),
      });
    });

    it('stops a job that it can tell nothing of', async () => {
      expect(await gate({ TARGET: 'good' })).toMatchObject({ code: 64 });
      expect(await gate({ TARGET: 'not-worse' })).toMatchObject({ code: 64 });
      expect(await gate({ AGAINST: file('none.json') })).toMatchObject({ code: 1 });
      expect(await gate({ EXPERIMENT: '"; touch oops; $(touch oops)' })).toMatchObject({ code: 1, summary: '' });
    });
  });
});
