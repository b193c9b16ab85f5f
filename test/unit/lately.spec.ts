import { describe, expect, it } from 'vitest';
import { AnswerCache } from '../../lib/reports/answer-cache.js';

/** What makes answers, on a clock of its own. */
class Maker {
  now = 0;
  /** How long the next ones take to make, in ms. */
  takes = 0;
  failure: Error | undefined;
  /** The keys that were asked of it together. */
  readonly asked: string[][] = [];
  /** How many are being made, and were at the most. */
  private making = 0;
  most = 0;
  private count = 0;

  readonly lately = new AnswerCache(
    async (questions: readonly { key: string }[]) => {
      this.asked.push(questions.map(({ key }) => key));
      this.making += 1;
      this.most = Math.max(this.most, this.making);
      await new Promise(setImmediate);
      this.making -= 1;
      this.now += this.takes;
      if (this.failure !== undefined) throw this.failure;
      return questions.map(({ key }) => `${key}${(this.count += 1)}`);
    },
    () => this.now,
  );

  async ask(...keys: string[]): Promise<string[]> {
    return (await this.lately.answers(keys.map((key) => ({ key })))).map(({ answer }) => answer);
  }
}

describe('what was asked for lately', () => {
  it('is answered in the order of the questions, and with each the question', async () => {
    const { lately } = new Maker();
    const [one, other] = [{ key: 'b' }, { key: 'a' }];
    expect(await lately.answers([one, other])).toEqual([
      { question: one, answer: 'b1' },
      { question: other, answer: 'a2' },
    ]);
    expect(await lately.answers([])).toEqual([]);
  });

  it('is good for two seconds, and then made anew', async () => {
    const maker = new Maker();
    expect(await maker.ask('a')).toEqual(['a1']);
    maker.now = 2_000;
    expect(await maker.ask('a')).toEqual(['a1']);
    maker.now = 2_001;
    expect(await maker.ask('a')).toEqual(['a2']);
  });

  it('is good the longer, the longer it took', async () => {
    const maker = new Maker();
    maker.takes = 500;
    await maker.ask('a');
    maker.now += 5_000;
    expect(await maker.ask('a')).toEqual(['a1']);
    maker.now += 1;
    expect(await maker.ask('a')).toEqual(['a2']);
  });

  it('is made once for all who ask meanwhile, and only what is not there', async () => {
    const maker = new Maker();
    const all = await Promise.all([maker.ask('a', 'b'), maker.ask('b', 'c'), maker.ask('a')]);
    expect(all).toEqual([['a1', 'b2'], ['b2', 'c3'], ['a1']]);
    expect(maker.asked).toEqual([['a', 'b'], ['c']]);
  });

  it('is made one after the other, however many ask', async () => {
    const maker = new Maker();
    await Promise.all(Array.from({ length: 10 }, (_, index) => maker.ask(`key ${index}`)));
    expect([maker.asked.length, maker.most]).toEqual([10, 1]);
  });

  it('fails for those who ask, and is made anew for the next', async () => {
    const maker = new Maker();
    maker.failure = new Error('away');
    const both = await Promise.allSettled([maker.ask('a', 'b'), maker.ask('b')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    maker.failure = undefined;
    expect(await maker.ask('a', 'b')).toEqual(['a1', 'b2']);
  });
});
