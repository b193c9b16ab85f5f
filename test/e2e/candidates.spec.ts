import { Controller, Get, Inject, Injectable, Module, Query, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { Candidate, Experiment, ExperimentService } from '../../lib/index.js';
import { anApp, PLATFORMS } from '../support/app.js';

@Injectable()
class Index {
  find(q: string) {
    return `indexed ${q}`;
  }
}

@Controller('search')
class SearchController {
  @Get()
  @Experiment({ name: 'search', percentEnabled: 100 })
  search(@Query('q') q: string) {
    return { found: `indexed ${q}` };
  }
}

@Injectable()
class IndexedSearch {
  readonly asked: unknown[][] = [];

  constructor(@Inject(Index) private readonly index: Index) {}

  @Candidate({ experiment: 'search', context: { by: 'index' } })
  search(...args: string[]) {
    this.asked.push(args);
    return { found: this.index.find(args[0] ?? '') };
  }
}

@Injectable()
class SlowSearch {
  @Candidate({ experiment: 'search', name: 'slow' })
  async search(q: string) {
    return Promise.resolve({ found: `slow ${q}` });
  }
}

const outcomes = (candidates: readonly { name: string; outcome: string }[] = []) =>
  candidates.map(({ name, outcome }) => [name, outcome]);

describe.each(PLATFORMS)('a candidate in another class, on %s', (platform) => {
  it('gets the arguments of the control, its own `this`, and what is injected there', async () => {
    const app = await anApp(platform).testing().controllers(SearchController).providers(IndexedSearch, Index).start();

    const { body } = await app.get('/search?q=ada');
    await app.whenIdle();

    expect(body).toEqual({ found: 'indexed ada' });
    expect(app.provider(IndexedSearch).asked).toEqual([['ada']]);
    expect(outcomes(app.results.results('search')[0]?.candidates)).toEqual([['candidate', 'matched']]);
  });

  it('runs beside others of the same experiment, each compared with the control', async () => {
    const app = await anApp(platform).testing().controllers(SearchController).providers(IndexedSearch, Index, SlowSearch).start();

    const { body } = await app.get('/search?q=ada');
    await app.whenIdle();

    expect(body).toEqual({ found: 'indexed ada' });
    expect(outcomes(app.results.results('search')[0]?.candidates)).toEqual([
      ['candidate', 'matched'],
      ['slow', 'mismatched'],
    ]);
  });
});

describe('a candidate in another class', () => {
  it('has its own context over that of the experiment', async () => {
    const app = await anApp()
      .testing({ context: { by: 'all', release: 7 } })
      .controllers(SearchController)
      .providers(IndexedSearch, Index)
      .start();

    await app.get('/search?q=ada');
    await app.whenIdle();

    const [result] = app.results.results('search');
    expect(result?.context).toEqual({ by: 'all', release: 7 });
    expect(result?.control.context).toEqual({ by: 'all', release: 7 });
    expect(result?.candidates[0]?.context).toEqual({ by: 'index', release: 7 });
  });

  it('may live in a module that the one of the control does not import', async () => {
    @Module({ providers: [IndexedSearch, Index] })
    class IndexModule {}
    const app = await anApp().testing().controllers(SearchController).imports(IndexModule).start();

    await app.get('/search?q=ada');
    await app.whenIdle();

    expect(app.provider(IndexedSearch).asked).toEqual([['ada']]);
  });

  it.each([
    ['a factory', { provide: 'search', useFactory: () => new IndexedSearch(new Index()) }],
    ['a value', { provide: 'search', useValue: new IndexedSearch(new Index()) }],
    ['a class under another token', { provide: 'search', useClass: class extends IndexedSearch {} }],
  ])('may come from %s', async (_, provider) => {
    const app = await anApp().testing().controllers(SearchController).providers(provider, Index).start();

    await app.get('/search?q=ada');
    await app.whenIdle();

    expect(app.provider<IndexedSearch>('search').asked).toEqual([['ada']]);
  });

  it('counts once, however many aliases its provider has', async () => {
    const app = await anApp()
      .testing()
      .controllers(SearchController)
      .providers(IndexedSearch, Index, { provide: 'alias', useExisting: IndexedSearch })
      .start();

    await app.get('/search?q=ada');
    await app.whenIdle();

    expect(app.provider(IndexedSearch).asked).toEqual([['ada']]);
    expect(outcomes(app.results.results('search')[0]?.candidates)).toEqual([['candidate', 'matched']]);
  });

  it('runs as a subclass overrides it', async () => {
    @Injectable()
    class OtherSearch extends IndexedSearch {
      override search(q: string) {
        return { found: `overridden ${q}` };
      }
    }
    const app = await anApp().testing().controllers(SearchController).providers(OtherSearch, Index).start();

    await app.get('/search?q=ada');
    await app.whenIdle();

    expect(app.results.results('search')[0]?.candidates[0]).toMatchObject({ value: { found: 'overridden ada' } });
  });

  it('serves a control of a request-scoped class', async () => {
    @Controller('search')
    class ScopedController {
      constructor(@Inject(REQUEST) private readonly request: { headers: Record<string, string> }) {}

      @Get()
      @Experiment({ name: 'search', percentEnabled: 100 })
      search(@Query('q') _q: string) {
        return { found: `indexed ${this.request.headers['x-user'] ?? ''}` };
      }
    }
    const app = await anApp().testing().controllers(ScopedController).providers(IndexedSearch, Index).start();

    await app.get('/search?q=ada', { 'x-user': 'ada' });
    await app.get('/search?q=bob', { 'x-user': 'ada' });
    await app.whenIdle();

    expect(app.results.results('search').map(({ matched }) => matched)).toEqual([true, false]);
  });

  it('is a method like any other when it is called', async () => {
    const app = await anApp().testing().controllers(SearchController).providers(IndexedSearch, Index).start();

    expect(app.provider(IndexedSearch).search('bob')).toEqual({ found: 'indexed bob' });
    await app.whenIdle();

    expect(app.results.runs()).toBe(0);
  });

  it('may be the control of another experiment, which is not run within it', async () => {
    @Injectable()
    class Both {
      @Experiment({ name: 'inner', candidate: 'other', percentEnabled: 100 })
      @Candidate({ experiment: 'search' })
      find(q: string) {
        return { found: `indexed ${q}` };
      }

      other(q: string) {
        return { found: q };
      }
    }
    const app = await anApp().testing().controllers(SearchController).providers(Both).start();

    await app.get('/search?q=ada');
    await app.whenIdle();
    app.provider(Both).find('bob');
    await app.whenIdle();

    expect(app.results.results().map(({ experiment, matched }) => `${experiment} ${String(matched)}`)).toEqual([
      'search true',
      'inner false',
    ]);
  });

  it('can ask where it is running, through whatever it calls', async () => {
    @Injectable()
    class Mailer {
      readonly sent: string[] = [];
      readonly silent: unknown[] = [];

      constructor(@Inject(ExperimentService) private readonly experiments: ExperimentService) {}

      async send(mail: string) {
        await Promise.resolve();
        const current = this.experiments.current();
        if (current === undefined) this.sent.push(mail);
        else this.silent.push({ experiment: current.experiment, candidate: current.candidate });
      }
    }

    @Injectable()
    class Mailing {
      constructor(@Inject(Mailer) private readonly mailer: Mailer) {}

      @Experiment({ name: 'mailing', candidate: 'mailV2', percentEnabled: 100 })
      async mail(to: string) {
        await this.mailer.send(`control to ${to}`);
      }

      async mailV2(to: string) {
        await this.mailer.send(`candidate to ${to}`);
      }
    }
    const app = await anApp().testing().providers(Mailing, Mailer).start();

    await app.provider(Mailing).mail('ada');
    await app.whenIdle();

    expect(app.provider(Mailer).sent).toEqual(['control to ada']);
    expect(app.provider(Mailer).silent).toEqual([{ experiment: 'mailing', candidate: 'candidate' }]);
  });

  it('of a singleton may serve a transient control', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class TransientSearch {
      @Experiment({ name: 'search', percentEnabled: 100 })
      search(q: string) {
        return { found: `indexed ${q}` };
      }
    }

    @Injectable()
    class Consumer {
      constructor(@Inject(TransientSearch) readonly search: TransientSearch) {}
    }
    const app = await anApp().testing().providers(TransientSearch, Consumer, IndexedSearch, Index).start();

    app.provider(Consumer).search.search('ada');
    await app.whenIdle();

    expect(app.results.results('search').map(({ matched }) => matched)).toEqual([true]);
  });
});
