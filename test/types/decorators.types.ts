/** Compiled, not run: what is marked must not compile, and everything else must. */
import { of, type Observable } from 'rxjs';
import { Candidate, Experiment, type ExperimentService } from '../../lib/index.js';

interface City {
  id: number;
  name: string;
}

export class Searches {
  @Experiment({ candidate: 'searchV2' })
  search(q: string, limit = 10): Promise<City[]> {
    return Promise.resolve([{ id: limit, name: q }]);
  }

  /** The same parameters. */
  searchV2(q: string): Promise<City[]> {
    return this.search(q);
  }

  @Experiment({ candidates: { index: 'sync', cache: 'searchV2' }, percentEnabled: 5, mode: 'parallel', order: 'controlFirst' })
  several(q: string): Promise<City[]> {
    return this.search(q);
  }

  /** At once where the control gives a promise. */
  sync(q: string): City[] {
    return [{ id: 1, name: q }];
  }

  @Experiment({ candidate: 'streamV2' })
  stream(): Observable<number> {
    return of(1);
  }

  streamV2(): Observable<number> {
    return of(2);
  }

  @Experiment({ name: 'elsewhere' })
  elsewhere(): number {
    return 1;
  }

  @Candidate({ experiment: 'elsewhere' })
  other(): number {
    return 2;
  }

  @Experiment({
    candidate: 'searchV2',
    subject: (q: string) => q,
    compare: (control: City[], candidate: City[]) => control.length === candidate.length,
    context: (q: string) => ({ q }),
  })
  withFunctions(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error there is no such method
  @Experiment({ candidate: 'searchV3' })
  missing(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error a private method can't be called as a candidate
  @Experiment({ candidate: 'hidden' })
  privately(q: string): Promise<City[]> {
    return this.hidden(q);
  }

  private hidden(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error it takes something else
  @Experiment({ candidate: 'byNumber' })
  otherParameters(q: string): Promise<City[]> {
    return this.search(q);
  }

  byNumber(id: number): Promise<City[]> {
    return this.search(String(id));
  }

  // @ts-expect-error it gives something else
  @Experiment({ candidate: 'count' })
  otherResult(q: string): Promise<City[]> {
    return this.search(q);
  }

  count(q: string): Promise<number> {
    return Promise.resolve(q.length);
  }

  // @ts-expect-error it wants more than the control gets
  @Experiment({ candidate: 'searchV2AndMore' })
  fewerParameters(q: string): Promise<City[]> {
    return this.search(q);
  }

  searchV2AndMore(q: string, more: string): Promise<City[]> {
    return this.search(q + more);
  }

  // @ts-expect-error one of them is missing
  @Experiment({ candidates: { a: 'searchV2', b: 'searchV3' } })
  oneMissing(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error a property is no method
  @Experiment({ candidate: 'title' })
  property(q: string): Promise<City[]> {
    return this.search(q);
  }

  title = 'searches';

  // @ts-expect-error what is compared are cities
  @Experiment({ candidate: 'searchV2', compare: (a: Date, b: Date) => a > b })
  wrongCompare(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error what is cleaned is a list of cities
  @Experiment({ candidate: 'searchV2', clean: (n: number) => n + 1 })
  wrongClean(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error the argument is a string
  @Experiment({ candidate: 'searchV2', context: (q: Map<string, string>) => ({ q }) })
  wrongContext(q: string): Promise<City[]> {
    return this.search(q);
  }

  @Experiment({
    candidate: 'searchV2',
    compare(this: Searches, control: City[], candidate: City[]) {
      return control.length === candidate.length && this.title !== '';
    },
    ignore: [(control, candidate) => control === candidate, () => false],
    contexts: { control: { strategy: 'scan' }, candidate: (q: string) => ({ q }) },
    afterRun: ({ matched }) => matched,
    runIf: ({ args: [q] }) => q !== '',
  })
  withThis(q: string): Promise<City[]> {
    return this.search(q);
  }

  @Experiment({
    candidate: 'searchV2',
    diff: (control, candidate) => [control, candidate],
    redact: ['password', 'headers.authorization'],
    ignorePaths: ['$[*].name'],
    recheck: true,
    noise: 10,
  })
  withPaths(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error what differs are lists of cities
  @Experiment({ candidate: 'searchV2', diff: (control: string, candidate: string) => control + candidate })
  wrongDiff(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error paths come in a list
  @Experiment({ candidate: 'searchV2', redact: 'password' })
  wrongRedact(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error there is no such option
  @Experiment({ candidate: 'searchV2', percentEnabeld: 5 })
  misspelt(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error there is no such mode
  @Experiment({ candidate: 'searchV2', mode: 'fast' })
  wrongMode(q: string): Promise<City[]> {
    return this.search(q);
  }

  // @ts-expect-error only methods can be controls
  @Experiment({ candidate: 'searchV2' })
  field = 1;
}

export async function running(experiments: ExperimentService): Promise<void> {
  const rate: number = experiments.run({ name: 'a', control: () => 1, candidate: () => 2 });
  const later: Promise<number> = experiments.run({ name: 'a', control: async () => 1, candidate: () => 2 });
  const named: number = experiments.run({ name: 'a', candidates: { one: () => 1, two: () => 2 }, run: 'one' });
  const sum: (a: number, b: number) => number = experiments.wrap({
    name: 'sum',
    control: (a: number, b: number) => a + b,
    candidate: (a, b) => b + a,
    compare: (control, candidate) => control.toFixed(1) === candidate.toFixed(1),
    diff: (control: unknown, candidate: unknown) => [control, candidate],
    afterRun: ({ candidates }) => candidates.map(({ outcome, drifted, diff }) => [outcome, drifted, diff]),
    subject: (a) => String(a),
  });
  sum(rate, named + (await later));

  // @ts-expect-error the candidate gives something else
  experiments.run({ name: 'a', control: () => 1, candidate: () => 'one' });
  // @ts-expect-error the candidate takes something else
  experiments.wrap({ name: 'a', control: (a: number) => a, candidate: (a: string) => a.length });
  // @ts-expect-error there is neither a control nor a name of one
  experiments.run({ name: 'a', candidates: { one: () => 1 } });
  // @ts-expect-error nothing has a name
  experiments.run({ control: () => 1, candidate: () => 2 });
}
