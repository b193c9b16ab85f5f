import { Controller, Get, Query } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { run } from '../../lib/command/command.js';
import { Experiment } from '../../lib/index.js';
import { administered, PLACEMENTS } from '../support/administration.js';
import { anApp } from '../support/app.js';

const SCRIPT = '<script>alert(1)</script>';
const SQL = `'; DROP TABLE studies_sample; --`;
const TERMINAL = '\u001b[2J\u009b1m\r\n\u202egnp.exe\u2028';
const HALF = '\ud800';
const NUL = '\0';

/** Names that can be given; what no name can be is refused. */
const NAME = `${SCRIPT} ${SQL} __proto__ \u202ex`;
const CANDIDATE = `<img src=x onerror=alert(1)> \u2066`;

/** Keys and texts as an attacker can bring them into any value. */
const valueOf = (q: string, side: string) => ({
  ['__proto__']: { polluted: side },
  constructor: { prototype: side },
  [SCRIPT]: side,
  [SQL + TERMINAL + NUL]: side,
  half: `${HALF}${side}`,
  q: `${q}${side}`,
});

@Controller('search')
class SearchController {
  @Get()
  @Experiment({
    name: NAME,
    candidates: { [CANDIDATE]: 'searchV2' },
    percentEnabled: 100,
    context: (q: string) => ({ [q]: valueOf(q, '') }),
  })
  search(@Query('q') q: string): unknown {
    return valueOf(q, 'a');
  }

  searchV2(q: string): unknown {
    if (q === 'fail') throw Object.assign(new Error(SCRIPT + SQL + TERMINAL + HALF + NUL), valueOf(q, 'b'));
    return valueOf(q, 'b');
  }
}

/** Whatever could steer a terminal or deceive its reader. */
const DANGEROUS = /[^\P{Cc}\n]|[\u2028\u202a-\u202e\u2066-\u2069]|\p{Cs}/u;

describe.each(PLACEMENTS)('what an attacker brings in, on $title,', (placement) => {
  const Q = SCRIPT + TERMINAL + NUL;

  async function start() {
    const administration = await administered(
      anApp(placement.platform)
        .studies({ admin: { public: true } })
        .controllers(SearchController),
      placement,
    );
    for (const q of [Q, 'fail']) {
      expect((await administration.app.get(`${placement.routes}/search?q=${encodeURIComponent(q)}`)).status).toBe(200);
    }
    await administration.app.whenIdle();
    return administration;
  }

  it('is text in JSON, as it was, and nothing else happens', async () => {
    const administration = await start();
    // No database and no network holds half a character: it becomes one that says so.
    const kept = (side: string, q = Q) => ({ ...valueOf(q, side), half: `\ufffd${side}`, ['__proto__']: { polluted: side } });

    const answers = [
      await administration.results(NAME, { outcome: 'mismatched' }),
      await administration.results(NAME, { outcome: 'errored' }),
      await administration.summary(NAME),
      await administration.figures(NAME),
      await administration.timeline(NAME),
      await administration.durations(NAME),
    ];
    const [mismatched, errored, summary, ...drawn] = answers.map(({ body }) => JSON.stringify(body));

    for (const { status, headers } of answers) {
      expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([
        200,
        'application/json; charset=utf-8',
        'nosniff',
      ]);
    }
    expect(mismatched).toContain(JSON.stringify({ kind: 'returned', value: kept('a') }).slice(1, -1));
    expect(mismatched).toContain(JSON.stringify({ kind: 'returned', value: kept('b') }).slice(1, -1));
    expect(mismatched).toContain(JSON.stringify({ context: { [Q]: kept('') } }).slice(1, -1));
    expect(errored).toContain(JSON.stringify({ message: `${SCRIPT}${SQL}${TERMINAL}\ufffd${NUL}` }).slice(1, -1));
    expect(summary).toContain(JSON.stringify({ name: NAME }).slice(1, -1));
    expect(summary).toContain(JSON.stringify({ path: '$.__proto__.polluted' }).slice(1, -1));
    for (const text of drawn) {
      expect(text).toContain(JSON.stringify({ name: NAME }).slice(1, -1));
      expect(text).toContain(JSON.stringify({ name: CANDIDATE }).slice(1, -1));
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((await administration.summary(NAME)).body).toMatchObject({ runs: 2 });
  });

  it('is harmless text in the text of the summary', async () => {
    const administration = await start();

    const { status, headers, body } = await administration.summary(NAME, 'text/plain');

    expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'nosniff',
    ]);
    expect(body).toContain(`Experiment ${SCRIPT} ${SQL} __proto__ \\u202ex\n`);
    expect(body).toContain('$.__proto__.polluted');
    expect(body).not.toMatch(DANGEROUS);
  });

  it('is harmless text in what the command prints', async () => {
    const administration = await start();
    const execute = async (...argv: string[]) => {
      let said = '';
      const code = await run(
        [...argv, '--url', administration.url],
        {},
        (text) => (said += text),
        (text) => (said += text),
      );
      return { code, said };
    };

    for (const command of [['list'], ['summary', NAME], ['mismatches', NAME], ['errors', NAME], ['disable', NAME]]) {
      const { code, said } = await execute(...command);
      expect({ command, code }).toEqual({ command, code: 0 });
      expect(said).toContain(SCRIPT);
      expect(said).not.toMatch(DANGEROUS);
      expect((await execute(...command, '--json')).said).not.toMatch(DANGEROUS);
    }
    const unknown = await execute('summary', `none\u001b[2J\u202e`);
    expect(unknown).toMatchObject({ code: 1, said: expect.stringContaining('There is no experiment "none\\u001b[2J\\u202e"') });
    expect(unknown.said).not.toMatch(DANGEROUS);
  });
});
