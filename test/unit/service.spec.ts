import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Experiment, ExperimentService, StudiesError, type CurrentCandidate, type RunOptions } from '../../lib/index.js';
import { RecordingPublisher, StudiesTestingModule, type StudiesTestingOptions } from '../../lib/testing/index.js';

let module: TestingModule;
let experiments: ExperimentService;
let published: RecordingPublisher;

async function start(options: StudiesTestingOptions = {}): Promise<void> {
  module = await Test.createTestingModule({ imports: [StudiesTestingModule.forRoot(options)] }).compile();
  await module.init();
  experiments = module.get(ExperimentService);
  published = module.get(RecordingPublisher);
}

beforeEach(() => start());
afterEach(() => module.close());

const rates = (more: Partial<RunOptions<() => number>> = {}): RunOptions<() => number> => ({
  name: 'rates',
  control: () => 1,
  candidate: () => 2,
  ...more,
});

it('what is run or wrapped without options is refused', () => {
  for (const none of [undefined, null, 5, 'rates'] as never[]) {
    const refused = (method: string) =>
      new StudiesError(
        'INVALID_OPTIONS',
        `The options of ExperimentService.${method}(): must be an object with a name and a control.`,
      );
    expect(() => experiments.run(none)).toThrow(refused('run'));
    expect(() => experiments.wrap(none)).toThrow(refused('wrap'));
  }
});

describe('run', () => {
  it('gives what the control gives, and runs the candidate beside it', async () => {
    expect(experiments.run(rates())).toBe(1);
    await experiments.whenIdle();
    expect(published.runs('rates')).toBe(1);
    expect(published.results('rates')[0]?.mismatched).toBe(true);
  });

  it('stays synchronous, gives promises for promises, and hands on what is thrown', async () => {
    const failure = new Error('control');
    expect(await experiments.run({ name: 'async', control: async () => 1, candidate: () => 1 })).toBe(1);
    const failing = {
      name: 'failing',
      control: () => {
        throw failure;
      },
      candidate: () => 1 as never,
    };
    expect(() => experiments.run(failing)).toThrow(failure);
    const reject = { name: 'rejecting', control: () => Promise.reject<number>(failure), candidate: () => 1 };
    await expect(experiments.run(reject)).rejects.toBe(failure);
  });

  it('without a control gives the value of the candidate that it names', async () => {
    expect(experiments.run({ name: 'ways', candidates: { 'first-way': () => 1, 'second-way': () => 2 }, run: 'first-way' })).toBe(
      1,
    );
    await experiments.whenIdle();
    expect(published.results('ways')[0]?.control.name).toBe('first-way');
  });

  it('with a control only is a straight pass-through', async () => {
    expect(experiments.run({ name: 'alone', control: () => 1 })).toBe(1);
    await experiments.whenIdle();
    expect(published.runs()).toBe(0);
  });

  it('refuses wrong options at the first call of a name, and stores nothing', async () => {
    const wrong: Record<string, unknown>[] = [
      { percentEnabled: 101 },
      { percentEnabled: -1 },
      { percentEnabled: NaN },
      { percentEnabled: '5' },
      { percentEnabled: 12.345 },
      { timeout: 0 },
      { maxConcurrent: 1.5 },
      { mode: 'fast' },
      { order: 'last' },
      { compare: 'deep' },
      { ignore: [1] },
      { unknown: true },
    ];
    for (const option of wrong) {
      const [field] = Object.keys(option);
      expect(() => experiments.run(rates(option))).toThrow(`"${field ?? ''}`);
    }
    expect((await experiments.findAll()).items).toEqual([]);
  });

  it.each(['', ' padded ', 'x'.repeat(101), 'line\nbreak', '\ud800', '..'])('refuses the name %j', (name) => {
    expect(() => experiments.run(rates({ name }))).toThrow(/"name"/);
  });
});

describe('wrap', () => {
  it('makes a function of the control’s signature, whose behaviours get its arguments and its `this`', async () => {
    const seen: unknown[] = [];
    function behaviour(this: unknown, a: number, b: number) {
      seen.push(this);
      return a + b;
    }
    const wrapped = experiments.wrap({ name: 'sum', control: behaviour, candidate: behaviour });
    const self = { wrapped };
    expect(self.wrapped(1, 2)).toBe(3);
    await experiments.whenIdle();
    expect(seen).toEqual([self, self]);
    expect(published.results('sum')[0]?.matched).toBe(true);
  });

  it('refuses wrong options at once', () => {
    expect(() => experiments.wrap(rates({ timeout: -1 }))).toThrow('"timeout"');
    expect(() => experiments.wrap({ name: 'none' } as never)).toThrow('has no "control" behaviour');
  });
});

it('a decorated method that is called without an instance has no `this`, as without the decorator', () => {
  class Detached {
    @Experiment({ name: 'detached', candidate: 'other' })
    method(this: unknown, ..._args: unknown[]): unknown {
      return this;
    }

    other(): unknown {
      return 1;
    }
  }
  const { method } = new Detached();
  const call: (...args: unknown[]) => unknown = method;
  expect(call()).toBeUndefined();
  expect(call.call(7, 1, 2, 3, 4)).toBe(7);
});

describe('an operator', () => {
  it('turns an experiment on and off by name, in this process at once', async () => {
    await module.close();
    await start({ percentEnabled: 0 });
    experiments.run(rates());
    const runs = async () => {
      published.clear();
      experiments.run(rates());
      await experiments.whenIdle();
      return published.runs();
    };
    expect(await runs()).toBe(0);
    expect(await experiments.enable('rates')).toMatchObject({ percentEnabled: 100, version: 2 });
    expect(await runs()).toBe(1);
    expect(await experiments.disable('rates')).toMatchObject({ percentEnabled: 0, version: 3 });
    expect(await runs()).toBe(0);
    expect(await experiments.setPercentEnabled('rates', 12.5)).toMatchObject({ percentEnabled: 12.5 });
    expect(await experiments.enable('rates', 3)).toMatchObject({ percentEnabled: 3 });
  });

  it('cannot set a percentage outside of 0 to 100, and nothing changes', async () => {
    experiments.run(rates());
    const before = await experiments.find('rates');
    for (const percent of [-1, 101, NaN, 1.234, '5' as unknown as number]) {
      await expect(experiments.setPercentEnabled('rates', percent)).rejects.toMatchObject({ code: 'INVALID_CHANGE' });
    }
    expect(await experiments.find('rates')).toEqual(before);
  });

  it('is told when there is no such experiment', async () => {
    expect(await experiments.find('nowhere')).toBeUndefined();
    await expect(experiments.enable('nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(experiments.remove('nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lists experiments: searched, filtered, sorted, and by pages that lose and double nothing', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `Experiment ${String(index).padStart(2, '0')}`);
    for (const name of names) experiments.run(rates({ name }));
    // Of many new ones, those after the first are stored together, a moment later.
    await vi.waitFor(async () => expect((await experiments.findAll({ limit: 100 })).items).toHaveLength(25));
    await experiments.disable('Experiment 03');
    expect((await experiments.findAll({ enabled: false })).items.map(({ name }) => name)).toEqual(['Experiment 03']);
    expect((await experiments.findAll({ search: 'MENT 1' })).items.length).toBe(10);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await experiments.findAll({ sort: '-name', limit: 7, ...(cursor !== null && { cursor }) });
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
      experiments.run(rates({ name: `Later ${seen.length}` }));
    } while (cursor !== null);
    expect(seen).toEqual([...names].reverse());
    await expect(experiments.findAll({ sort: 'name', cursor: 'x' })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(experiments.findAll({ limit: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

describe('current', () => {
  it('says inside a candidate which one it is, and nothing elsewhere', async () => {
    const seen: (CurrentCandidate | undefined)[] = [];
    const noting = async () => {
      seen.push(experiments.current());
      await Promise.resolve();
      seen.push(experiments.current());
      return 1;
    };
    await experiments.run({ name: 'mailing', control: noting, candidates: { fast: noting } });
    await experiments.whenIdle();
    expect(seen.map((current) => current && [current.experiment, current.candidate])).toEqual([
      undefined,
      undefined,
      ['mailing', 'fast'],
      ['mailing', 'fast'],
    ]);
    expect(seen[2]?.signal.aborted).toBe(false);
  });
});

describe('in tests', () => {
  it('every experiment runs at each call, without a database, and can be counted', async () => {
    for (let call = 0; call < 5; call += 1) experiments.run(rates({ percentEnabled: 0 }));
    await experiments.whenIdle();
    expect([published.runs('rates'), published.runs('other'), published.runs()]).toEqual([5, 0, 5]);
    published.clear();
    expect(published.runs()).toBe(0);
  });

  it('mismatches can be made to throw', async () => {
    await module.close();
    await start({ raiseOnMismatch: true });
    expect(() => experiments.run(rates())).toThrow('Experiment "rates" has observations that differ');
  });

  it('durations can be given', async () => {
    await module.close();
    await start({ durations: { control: 100, candidate: 10 } });
    experiments.run(rates());
    await experiments.whenIdle();
    const [result] = published.results();
    expect([result?.control.duration, result?.candidates[0]?.duration]).toEqual([100, 10]);
  });
});
