import { Controller, Get, Param } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Experiment } from '../../lib/index.js';
import { Administration } from '../support/administration.js';
import { anApp } from '../support/app.js';
import { seen } from '../../page/text/visible.js';
import { anOperator } from './support/browser.js';
import { eventually } from './support/eventually.js';
import type { Operator } from './support/operator.js';

/** What an attacker can write where text is shown. Whatever of it is run sets the canary. */
const PAYLOADS: Readonly<Record<string, string>> = {
  script: '<script>window.canary=1</script>',
  image: '"><img src=x onerror="window.canary=1">',
  svg: "'><svg onload=window.canary=1><animate onbegin=window.canary=1 attributeName=x dur=1s>",
  template: '<template><script>window.canary=1</script></template><iframe srcdoc="<script>parent.canary=1</script>"></iframe>',
  form: '<form action=javascript:window.canary=1><button autofocus onfocus=window.canary=1>ok</button></form>',
  address: 'javascript:window.canary=1',
  link: '<a href="javascript:window.canary=1">link</a><base href="//evil.example/"><meta http-equiv=refresh content=0;url=//evil.example>',
  style: '</style><style>*{display:none!important;background:url(//evil.example)}</style>',
  expression: '${window.canary=1}{{constructor.constructor("window.canary=1")()}}#{1}%3Cscript%3E&lt;b&gt;',
  controls: 'a\u0007b\u001b[2Jc\r\nd\u2028e',
  bidi: 'safe\u202egnp.exe\u2066 \u200f\u2069',
  invisible: 'ad\u00admin\u200b\ufeff\u{e0041}',
  half: 'half \ud83d of it',
  proto: '__proto__',
  route: '../../experiments/x?y=1#/z%2F%00',
};

/** All, and one that is longer than what is shown at once. */
const ALL: Readonly<Record<string, string>> = { ...PAYLOADS, long: 'long<b>'.repeat(2_000) };

/** What of a payload can be the name of an experiment: no control characters but these, no half ones, and no more than 100. */
const NAMES = Object.entries(PAYLOADS)
  .filter(([kind]) => kind !== 'controls' && kind !== 'half')
  .map(([, payload]) => payload.slice(0, 100));

const payloadOf = (kind: string) => ALL[kind] ?? '';

/** What no payload may become: whatever runs, loads or leads elsewhere. */
const MARKUP =
  'script:not([src]), img, iframe, object, embed, base, meta[http-equiv], style, template, form[action], animate, b, main svg[onload]';

function valueOf(payload: string, side: string): unknown {
  return {
    [payload]: side,
    list: [payload, `${payload}${side}`],
    ['__proto__']: { polluted: payload },
    deep: { constructor: { prototype: payload + side } },
  };
}

@Controller()
class HostileController {
  @Get('hostile/:kind')
  @Experiment({
    name: 'values',
    candidates: { [payloadOf('image')]: 'other' },
    percentEnabled: 100,
    context: (kind: string) => ({ [payloadOf(kind)]: payloadOf(kind), kind }),
  })
  hostile(@Param('kind') kind: string): unknown {
    return valueOf(payloadOf(kind), 'control');
  }

  other(kind: string): unknown {
    return valueOf(payloadOf(kind), 'candidate');
  }

  @Get('failing/:kind')
  @Experiment({ name: 'errors', candidate: 'failed', percentEnabled: 100 })
  failing(@Param('kind') kind: string): string {
    return kind;
  }

  failed(kind: string): string {
    const payload = payloadOf(kind);
    const error = new Error(payload);
    error.name = payload.slice(0, 50);
    error.stack = `${payload}
    at ${payload} (${payload}:1:1)`;
    throw Object.assign(error, { [payload]: payload });
  }
}

async function aHostileApp() {
  const app = await anApp()
    .studies({
      admin: { public: true, actor: () => payloadOf('image') },
      maxValueBytes: 50_000,
      samplesPerMinute: 100,
    })
    .controllers(HostileController)
    .start();
  for (const kind of Object.keys(ALL)) {
    for (const route of ['hostile', 'failing']) expect((await app.get(`/${route}/${kind}`)).status).toBe(200);
  }
  for (const name of NAMES) {
    app.experiments.run({ name, control: () => 1, candidates: { [name]: () => 2 } });
    await eventually(async () => expect(await app.experiments.find(name)).toBeDefined());
    await app.experiments.enable(name, 100, { actor: payloadOf('image') });
    app.experiments.run({ name, control: () => 1, candidates: { [name]: () => 2 } });
  }
  await app.whenIdle();
  return new Administration(app);
}

/** Opens all that can be opened. */
async function unfold(operator: Operator): Promise<void> {
  const folded = operator.page.locator('details:not([open]) > summary');
  while ((await folded.count()) > 0) await folded.first().click();
  const more = operator.page.getByRole('button', { name: /^Show (all|[\d,]+ (more|equal) line)/ });
  while ((await more.count()) > 0) await more.first().click();
}

async function expectHarmless(operator: Operator): Promise<void> {
  const { canary, markup, links, handlers } = await operator.page.evaluate((selector) => {
    const all = [...document.querySelectorAll('*')];
    return {
      canary: window.canary,
      markup: [...document.querySelectorAll(selector)].map(({ outerHTML }) => outerHTML.slice(0, 200)),
      links: all.flatMap((element) =>
        ['href', 'src', 'action', 'formaction', 'xlink:href'].flatMap((name) => element.getAttribute(name) ?? []),
      ),
      handlers: all.flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith('on'))),
    };
  }, MARKUP);
  expect({ canary, markup, handlers }).toEqual({ canary: undefined, markup: [], handlers: [] });
  for (const link of links)
    expect(link).toMatch(/^(#\/|#main$|studies\/page\/page-[\w-]+\.(js|css)$|studies\/page\/[\w-]+\.svg$)/);
  expect([...operator.troubles.hosts]).toEqual([new URL(operator.address).host]);
}

/** All text that is in the document, as an attacker would have it read. */
function textOf(operator: Operator): Promise<string> {
  return operator.page.evaluate(() => document.body.innerText);
}

/** Without a policy it is the page alone that keeps what is shown from being run. */
describe.each([
  ['as it is served', false],
  ['without its policy', true],
])('what an attacker brings in, on the page %s,', (_, bypassCSP) => {
  const DANGEROUS = /[^\P{Cc}\n\t]|[\u00ad\u200b\u200e\u200f\u2028\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u;

  it('is text in the list and in each part of each experiment’s view', async () => {
    const administration = await aHostileApp();
    const operator = await anOperator(administration.url, { bypassCSP });
    await operator.openList();
    await eventually(async () => expect(await operator.names()).toEqual(expect.arrayContaining(NAMES.map(seen))));
    await expectHarmless(operator);
    expect(await textOf(operator)).not.toMatch(DANGEROUS);

    for (const name of NAMES) {
      await operator.openList();
      await operator.page
        .getByRole('rowheader')
        .getByRole('link', { name: seen(name), exact: true })
        .click();
      await eventually(async () => expect(await operator.page.locator('h1').innerText()).toBe(seen(name)));
      await eventually(async () => expect(await operator.state()).toMatch(/^Running 100 %/));
      for (const part of ['Differences', 'Samples', 'Settings', 'History']) {
        await operator.page.getByRole('link', { name: part, exact: true }).click();
        await eventually(async () => expect(await operator.page.locator('h2.section-title').count()).toBe(1));
      }
      await operator.text('changed').first().waitFor();
      expect(await textOf(operator)).toContain(payloadOf('image'));
      await expectHarmless(operator);
      expect(await textOf(operator)).not.toMatch(DANGEROUS);
    }
  });

  it('is text in values, keys, paths and contexts', async () => {
    const administration = await aHostileApp();
    const operator = await anOperator(administration.url, { bypassCSP });
    await operator.openExperiment('values', 'differences');
    await operator.page.locator('.fields').first().waitFor();
    for (const kind of ['script', 'image', 'svg']) expect(await textOf(operator)).toContain(payloadOf(kind));
    await expectHarmless(operator);
    expect(await textOf(operator)).not.toMatch(DANGEROUS);

    await operator.openExperiment('values', 'samples');
    await eventually(async () => expect(await operator.page.locator('.sample').count()).toBe(Object.keys(ALL).length));
    await unfold(operator);
    await eventually(async () => expect(await operator.page.locator('.sample-detail').count()).toBe(Object.keys(ALL).length));
    await unfold(operator);
    const text = await textOf(operator);
    for (const kind of ['script', 'template', 'style', 'proto']) {
      expect(text).toContain(JSON.stringify(payloadOf(kind)).slice(1, -1));
    }
    expect(text).toContain('polluted');
    expect(text).not.toMatch(DANGEROUS);
    await expectHarmless(operator);
    expect(await operator.page.evaluate(() => Reflect.get({}, 'polluted') as unknown)).toBeUndefined();
  });

  it('is text in messages and stacks of errors', async () => {
    const administration = await aHostileApp();
    const operator = await anOperator(administration.url, { bypassCSP });
    await operator.openExperiment('errors', 'samples');
    await eventually(async () => expect(await operator.page.locator('.sample').count()).toBe(Object.keys(ALL).length));
    await unfold(operator);
    await eventually(async () => expect(await operator.page.locator('.sample-detail').count()).toBe(Object.keys(ALL).length));
    await unfold(operator);

    const text = await textOf(operator);
    for (const kind of ['script', 'template', 'style', 'address', 'link']) expect(text).toContain(`at ${payloadOf(kind)} (`);
    expect(text).toContain(payloadOf('long').slice(0, 500));
    expect(text).not.toMatch(DANGEROUS);
    await expectHarmless(operator);
  });

  it('is text where it is typed, asked for again, and stands in the address', async () => {
    const administration = await aHostileApp();
    const operator = await anOperator(administration.url, { bypassCSP });
    for (const payload of Object.values(PAYLOADS)) {
      await operator.open(
        `#/?q=${encodeURIComponent(payload.toWellFormed())}&sort=${encodeURIComponent(payload.toWellFormed())}`,
      );
      await operator.heading('Experiments').waitFor();
      await operator.open(
        `#/experiments/${encodeURIComponent(payload.toWellFormed())}/samples/${encodeURIComponent(payload.toWellFormed())}`,
      );
      await operator.page.locator('h1').waitFor();
      await expectHarmless(operator);
    }

    const name = payloadOf('image');
    await operator.openExperiment(name, 'settings');
    await operator.field('Subjects').fill(Object.values(PAYLOADS).slice(0, 9).join('\n'));
    await operator.region('Always in').getByRole('button', { name: 'Save' }).click();
    await eventually(async () => expect((await administration.resource(name)).subjects).toHaveLength(9));
    await operator.openExperiment(name, 'differences');
    await operator.field('Another field').fill(`$['${payloadOf('script')}']`);
    await operator.region('Left out of the comparison').getByRole('button', { name: 'Leave out', exact: true }).click();
    await eventually(async () => expect((await administration.resource(name)).ignorePaths).toHaveLength(1));
    await operator.openExperiment(name, 'history');
    await eventually(async () => expect(await textOf(operator)).toContain(payloadOf('svg')));
    await expectHarmless(operator);
  });
});
