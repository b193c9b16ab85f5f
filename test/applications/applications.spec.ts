import { describe, expect, inject, it } from 'vitest';
import { compatibilityPage } from './support/page.js';
import { differingSteps, mainReason, type Played, type Tally } from './support/transcript.js';

/** Controls whose candidates never run, and the reason that the library must give. */
const SKIPPED: Readonly<Record<string, string>> = {
  'catalog.product-added': 'notComparable',
  'catalog.seen-by': 'liveArguments',
  'chat.connected': 'liveArguments',
  'chat.whisper': 'liveArguments',
  'files.bytes': 'notComparable',
  'files.lines': 'notComparable',
  'grpc.sum': 'liveArguments',
  'handled-by-interceptor.intercept': 'liveArguments',
  'order-listeners.placing': 'callersTransaction',
  'order-sagas.rewards': 'liveArguments',
  'orders-service.check': 'callersTransaction',
  'orders-service.total': 'callersTransaction',
  'outbox-service.emit': 'liveArguments',
  'pictures.completed': 'liveArguments',
  'problem-filter.catch': 'liveArguments',
  'products.echo': 'liveArguments',
  'request-id-middleware.use': 'liveArguments',
  'roles-guard.can-activate': 'liveArguments',
};

const applications = inject('applications');
const whole = inject('whole');

describe.each(applications)('an application on $name', ({ transcripts: { absent, '0': off, '100': on } }) => {
  const integrations = absent.played.map((played, index) => ({
    name: played.name,
    absent: played,
    others: { '0 %': off.played[index], '100 %': on.played[index] } as Record<string, Played>,
  }));

  describe.each(integrations)('$name', ({ absent, others }) => {
    it.skipIf(absent.leftOut !== undefined)('is played to its end', () => {
      expect([absent, ...Object.values(others)].map(({ failed }) => failed)).toEqual([undefined, undefined, undefined]);
      expect(absent.steps.length).toBeGreaterThan(0);
    });

    it.skipIf(absent.leftOut !== undefined).each(['0 %', '100 %'])('gives the same bytes with experiments at %s', (percent) => {
      expect(differingSteps(absent.steps, others[percent]?.steps ?? [])).toEqual([]);
    });
  });

  it.each(['0', '100'] as const)('has stored the same rows with experiments at %s %', (percent) => {
    expect({ '0': off, '100': on }[percent].rows).toEqual(absent.rows);
  });

  it('writes the same log with experiments at 0 %, but for the clients that candidates can reach', () => {
    const others = off.log.filter((line) => !line.includes(': its candidates can reach '));
    expect(others).toEqual(absent.log);
  });

  it('ends by the signal that it gets, whatever candidates still hang', () => {
    expect([absent.end, off.end, on.end]).toEqual(['SIGTERM', 'SIGTERM', 'SIGTERM']);
  });

  it('has no experiments when they are absent, and runs none at 0 %', () => {
    expect(absent.experiments).toEqual([]);
    expect(off.experiments.map(({ name }) => name)).toEqual(on.experiments.map(({ name }) => name));
    expect(off.experiments.filter(({ runs, skipped }) => runs > 0 || Object.keys(skipped).length > 0)).toEqual([]);
  });

  it.skipIf(!whole)('says why the candidates of a control never run, and else runs all of them', () => {
    const idle = on.experiments.filter(({ runs }) => runs === 0);
    expect(Object.fromEntries(idle.map((tally) => [tally.name, mainReason(tally)]))).toEqual(SKIPPED);
  });

  it('has run all candidates of a run, of which one throws and one hangs each time', () => {
    const ran = on.experiments.filter(({ runs }) => runs > 0);
    expect(ran.length).toBeGreaterThan(40);
    expect(ran.filter((tally) => !isBad(tally))).toEqual([]);
  });
});

describe('the comparison of two plays', () => {
  const one = { step: 'one', value: { status: 200, body: 'a' } };
  const two = { step: 'two', value: ['b'] };

  it('names each step that gave another byte, is missing or came in addition', () => {
    const others = [
      { step: 'one', value: { status: 200, body: 'A' } },
      { step: 'three', value: ['c'] },
    ];
    expect(differingSteps([one, two], [one, two])).toEqual([]);
    expect(differingSteps([one, two], others).map(({ step }) => step)).toEqual(['one', 'two']);
    expect(differingSteps([one, two], [one]).map(({ step }) => step)).toEqual(['two']);
    expect(differingSteps([two], [two, one]).map(({ step }) => step)).toEqual(['one']);
  });
});

it.skipIf(!whole)('is the source of docs/compatibility.md; run with -u to write it anew', async () => {
  await expect(await compatibilityPage(applications)).toMatchFileSnapshot('../../docs/compatibility.md');
});

/** Whether the three candidates did what they are there for. The one that throws is not in error where its control throws as well. */
function isBad({ runs, candidates }: Tally): boolean {
  const counts = Object.fromEntries(candidates.map((candidate) => [candidate.name, candidate.counts]));
  const { mutates = {}, throws = {}, hangs = {} } = counts;
  const ran = Object.values(mutates).reduce((sum, count) => sum + count, 0);
  return ran === runs && hangs['timedOut'] === runs && (throws['errored'] ?? 0) + (throws['mismatched'] ?? 0) === runs;
}
