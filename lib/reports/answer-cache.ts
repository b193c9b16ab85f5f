/** How long an answer is good: so long in ms, and so many times as long as it took to make. */
const GOOD = { atLeast: 2_000, times: 10 } as const;

/** A question, as far as it tells whether an answer is one to it. */
interface Keyed {
  readonly key: string;
}

interface Kept<Answer> {
  readonly answer: Promise<Answer>;
  goodUntil: number;
}

/**
 * Answers to questions that many ask again and again: for a moment, and while it is being made, an answer is good for all who ask. Answers
 * are made one after the other, and are good the longer the longer they took, so that however many ask, no more than a small part of the
 * time goes into them.
 */
export class AnswerCache<Question extends Keyed, Answer> {
  private readonly kept = new Map<string, Kept<Answer>>();
  private making: Promise<unknown> = Promise.resolve();

  /**
   * @param make gives the answers to questions, in their order
   * @param clock a monotonic clock, in ms
   */
  constructor(
    private readonly make: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** The answers to questions, in the order of these. What fails is not kept. */
  async answers(questions: readonly Question[]): Promise<{ question: Question; answer: Answer }[]> {
    const now = this.clock();
    for (const [key, { goodUntil }] of this.kept) if (goodUntil < now) this.kept.delete(key);
    this.begin(questions.filter(({ key }) => !this.kept.has(key)));
    const found = questions.map(async (question) => {
      const answer = await (this.kept.get(question.key)?.answer as Promise<Answer>); // it is there, or has begun
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
      const answer = made.then((answers) => answers[index] as Answer); // there is one for each
      const kept = { answer, goodUntil: Infinity };
      this.kept.set(key, kept);
      return kept;
    });
    this.making = made.catch(() => {
      for (const [index, { key }] of questions.entries()) if (this.kept.get(key) === begun[index]) this.kept.delete(key);
    });
  }
}
