/** Lifetime of an answer: at least so many ms, and at least so many times the time that it took to compute. */
const GOOD = { atLeast: 2_000, times: 10 } as const;

/** A question, identified by its key. */
interface Keyed {
  readonly key: string;
}

interface Kept<Answer> {
  readonly answer: Promise<Answer>;
  goodUntil: number;
}

/**
 * Cache for questions that many callers repeat. While an answer is computed, and for a moment after, it serves all who ask.
 * Answers are computed one after the other, and live longer the longer they took, so only a small share of the time goes into
 * them, however many callers ask.
 */
export class AnswerCache<Question extends Keyed, Answer> {
  private readonly kept = new Map<string, Kept<Answer>>();
  private making: Promise<unknown> = Promise.resolve();

  /**
   * @param make computes the answers to questions, in their order
   * @param clock a monotonic clock, in ms
   */
  constructor(
    private readonly make: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Returns the answers to questions, in their order. Failures are not kept. */
  async answers(questions: readonly Question[]): Promise<{ question: Question; answer: Answer }[]> {
    const now = this.clock();
    for (const [key, { goodUntil }] of this.kept) if (goodUntil < now) this.kept.delete(key);
    this.begin(questions.filter(({ key }) => !this.kept.has(key)));
    const found = questions.map(async (question) => {
      const answer = await (this.kept.get(question.key)?.answer as Promise<Answer>); // the line above has ensured it
      return { question, answer };
    });
    return Promise.all(found);
  }

  private begin(questions: readonly Question[]): void {
    if (questions.length === 0) return;
    const made = this.making.then(async () => {
      const start = this.clock();
      const answers = await this.make(questions);
      const now = this.clock();
      for (const kept of begun) kept.goodUntil = now + Math.max(GOOD.atLeast, GOOD.times * (now - start));
      return answers;
    });
    const begun = questions.map(({ key }, index) => {
      const answer = made.then((answers) => answers[index] as Answer); // one for each question
      const kept = { answer, goodUntil: Infinity };
      this.kept.set(key, kept);
      return kept;
    });
    this.making = made.catch(() => {
      for (const [index, { key }] of questions.entries()) if (this.kept.get(key) === begun[index]) this.kept.delete(key);
    });
  }
}
